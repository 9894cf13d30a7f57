// What a preset leaves open, as inputs: each path of the manifest has the input that fits it.
import { useState } from "preact/hooks";
import type { Shown } from "../api.ts";
import { t, type Key } from "../words.ts";

type Change = (value: unknown) => void;
interface Field { id: string; value: unknown; change: Change; disabled: boolean }
type Choice = [value: unknown, name: Key];

const NUMBER = /(picks\.(min|max)|small_class_minimum|drain_ms|max_spoiled)$/;
const BILINGUAL = /(title|area)$/;
const WORD = /(\.share|percent|\.id)$/;
const CHOICES: [RegExp, Choice[]][] = [
  [/voting_again$/, [[false, "choice.no"], [true, "choice.yes"]]],
  [/share\.base$/, [["marks", "choice.marks"], ["voters", "choice.voters"]]],
  [/share\.empty$/, [["spread", "choice.spread"], ["refuse", "choice.refuseEmpty"]]],
  [/\.small$/, [["withhold", "choice.withhold"], ["refuse", "choice.refuseSmall"]]],
  [/\.admission$/, [["everyone", "choice.everyone"], ["roll", "choice.roll"]]],
  [/\.bound$/, [["at_most", "choice.atMost"], ["at_least", "choice.atLeast"]]],
  [/\.ties$/, [
    [["cost_asc", "earlier_proposal"], "choice.cheaperFirst"], [["cost_desc", "earlier_proposal"], "choice.dearerFirst"],
    [["earlier_proposal"], "choice.earlierFirst"],
  ]],
];

/** A path as people read it: the family's name and where it is. */
export function label(path: string): string {
  const families: [RegExp, Key][] = [
    [/picks\.min$/, "path.picksMin"], [/picks\.max$/, "path.picksMax"], [/small_class_minimum$/, "path.smallMinimum"],
    [/drain_ms$/, "path.drain"], [/max_spoiled$/, "path.spoiled"], [/voting_again$/, "path.again"], [/share\.base$/, "path.base"],
    [/share\.empty$/, "path.empty"], [/\.small$/, "path.small"], [/\.ties$/, "path.ties"], [/\.selection$/, "path.selection"],
    [/cost_caps$/, "path.caps"], [/eligibility\.area$/, "path.area"], [/eligibility\.claims$/, "path.claims"],
    [/^contests\[0\]\.title$/, "path.contest"], [/witnesses$/, "path.witnesses"], [/weighting$/, "path.weighting"], [/^classes$/, "path.classes"],
    [/percent$/, "path.percent"], [/\.bound$/, "path.bound"], [/\.share$/, "path.share"], [/\.admission$/, "path.admission"], [/title$/, "path.part"],
  ];
  const family = families.find(([pattern]) => pattern.test(path));
  const name = family ? t(family[1]) : path;
  const place = path.match(/(?:lists|fields|classes|shares)\[(\d+)\]/);
  return place ? `${name} (${t("path.place", { n: Number(place[1]) + 1 })})` : name;
}

export function Answers({ shown, answers, change, disabled }: {
  shown: Shown; answers: Record<string, unknown>; change: (path: string, value: unknown) => void; disabled: boolean;
}) {
  const wrong = (path: string) => shown.misfits.filter((m) => m.path === path || m.path.startsWith(`${path}.`) || m.path.startsWith(`${path}[`));
  return (
    <>{shown.open.map((path) => {
      const id = `answer-${path.replace(/[^\w]/g, "-")}`;
      const field = { id, value: answers[path], change: (value: unknown) => change(path, value), disabled };
      return (
        <div key={path} class="stack">
          <Input path={path} field={field} />
          {wrong(path).map((m, i) => <p class="wrong" key={i}>{m.message}</p>)}
        </div>
      );
    })}</>
  );
}

function Input({ path, field }: { path: string; field: Field }) {
  const { id, value, change, disabled } = field;
  const named = <label for={id}>{label(path)}</label>;
  const choices = CHOICES.find(([pattern]) => pattern.test(path))?.[1];
  if (choices) return <>{named}<Select field={field} choices={choices} /></>;
  if (NUMBER.test(path)) {
    return <>{named}<input id={id} inputMode="numeric" disabled={disabled} value={value === undefined ? "" : String(value)}
      onInput={(e) => change(whole(e.currentTarget.value))} /></>;
  }
  if (/rule\.selection$/.test(path)) return <Selection path={path} field={field} />;
  if (/cost_caps$/.test(path)) return <Caps path={path} field={field} />;
  if (/claims$/.test(path)) return <Claims path={path} field={field} />;
  if (BILINGUAL.test(path)) return <Bilingual path={path} field={field} />;
  if (WORD.test(path)) {
    return <>{named}<input id={id} disabled={disabled} value={typeof value === "string" ? value : ""}
      onInput={(e) => change(e.currentTarget.value || undefined)} /></>;
  }
  return <>{named}<Json field={field} /></>;
}

/** A whole number; what is none is kept as text, so that the check says so. */
const whole = (text: string): unknown => (text.trim() === "" ? undefined : /^\d{1,15}$/.test(text.trim()) ? Number(text) : text);

function Select({ field: { id, value, change, disabled }, choices }: { field: Field; choices: Choice[] }) {
  const chosen = choices.findIndex(([known]) => JSON.stringify(known) === JSON.stringify(value));
  return (
    <select id={id} disabled={disabled} value={String(chosen)} onChange={(e) => change(choices[Number(e.currentTarget.value)]?.[0])}>
      <option value="-1">{t("choice.open")}</option>
      {choices.map(([, name], i) => <option key={name} value={String(i)}>{t(name)}</option>)}
    </select>
  );
}

function Bilingual({ path, field: { id, value, change, disabled } }: { path: string; field: Field }) {
  const both = (value ?? { ko: "", en: "" }) as { ko: string; en: string };
  const set = (part: Partial<typeof both>) => {
    const next = { ...both, ...part };
    change(next.ko || next.en ? next : undefined);
  };
  return (
    <div class="fields">
      <div><label for={id}>{label(path)} ({t("draft.ko")})</label><input id={id} disabled={disabled} value={both.ko} onInput={(e) => set({ ko: e.currentTarget.value })} /></div>
      <div><label for={`${id}-en`}>{label(path)} ({t("draft.en")})</label><input id={`${id}-en`} disabled={disabled} value={both.en} onInput={(e) => set({ en: e.currentTarget.value })} /></div>
    </div>
  );
}

function Claims({ path, field: { id, value, change, disabled } }: { path: string; field: Field }) {
  const claims = (Array.isArray(value) ? value : []) as string[];
  const all = ["residence", "work", "study", "business"] as const;
  const toggle = (claim: string) => change(all.filter((c) => (c === claim) !== claims.includes(c)));
  return (
    <fieldset><legend>{label(path)}</legend>
      {all.map((claim) => (
        <label class="check" key={claim}><input type="checkbox" id={`${id}-${claim}`} disabled={disabled} checked={claims.includes(claim)} onChange={() => toggle(claim)} />{t(`claim.${claim}`)}</label>
      ))}
      {value === undefined && <button type="button" class="small" disabled={disabled} onClick={() => change([])}>{t("claim.none")}</button>}
      {Array.isArray(value) && value.length === 0 && <p class="soft">{t("claim.noneSet")}</p>}
    </fieldset>
  );
}

function Caps({ path, field: { id, value, change, disabled } }: { path: string; field: Field }) {
  const caps = (value ?? {}) as Record<string, unknown>;
  const set = (member: string, text: string) => {
    const next = { ...caps, [member]: whole(text) };
    if (next[member] === undefined) delete next[member];
    change(next);
  };
  return (
    <fieldset><legend>{label(path)}</legend>
      <div class="fields">{(["general_below", "event_below"] as const).map((member) => (
        <div key={member}><label for={`${id}-${member}`}>{t(`caps.${member}`)}</label>
          <input id={`${id}-${member}`} inputMode="numeric" disabled={disabled} value={caps[member] === undefined ? "" : String(caps[member])} onInput={(e) => set(member, e.currentTarget.value)} /></div>
      ))}</div>
    </fieldset>
  );
}

/** How the ranking becomes what is chosen: the three usual ways; any other as JSON. */
function Selection({ path, field }: { path: string; field: Field }) {
  const { id, value, change, disabled } = field;
  const rule = value as any;
  const kind = rule?.fill?.scope?.overall ? "fill" : rule?.bottom_cut?.scope === "overall" ? "cut" : rule?.top_n?.scope === "overall" ? "top" : value === undefined ? "" : "other";
  const begin: Record<string, unknown> = {
    "": undefined, fill: { fill: { policy: "stop", scope: { overall: { budget: 0 } } } },
    cut: { bottom_cut: { percent: "20", bound: "at_most", scope: "overall" } }, top: { top_n: { places: 1, scope: "overall" } }, other: { fill: {} },
  };
  return (
    <div class="stack">
      <label for={id}>{label(path)}</label>
      <select id={id} disabled={disabled} value={kind} onChange={(e) => change(begin[e.currentTarget.value])}>
        <option value="">{t("choice.open")}</option><option value="fill">{t("selection.fill")}</option><option value="cut">{t("selection.cut")}</option>
        <option value="top">{t("selection.top")}</option><option value="other">{t("selection.other")}</option>
      </select>
      {kind === "fill" && (
        <div class="fields">
          <div><label for={`${id}-budget`}>{t("selection.budget")}</label>
            <input id={`${id}-budget`} inputMode="numeric" disabled={disabled} value={String(rule.fill.scope.overall.budget)} onInput={(e) => change({ fill: { ...rule.fill, scope: { overall: { budget: whole(e.currentTarget.value) ?? 0 } } } })} /></div>
          <div><label for={`${id}-policy`}>{t("selection.policy")}</label>
            <select id={`${id}-policy`} disabled={disabled} value={String(rule.fill.policy)} onChange={(e) => change({ fill: { ...rule.fill, policy: e.currentTarget.value } })}>
              <option value="stop">{t("selection.stop")}</option><option value="skip">{t("selection.skip")}</option>
            </select></div>
        </div>
      )}
      {kind === "cut" && (
        <div class="fields">
          <div><label for={`${id}-percent`}>{t("path.percent")}</label>
            <input id={`${id}-percent`} disabled={disabled} value={rule.bottom_cut.percent} onInput={(e) => change({ bottom_cut: { ...rule.bottom_cut, percent: e.currentTarget.value } })} /></div>
          <div><label for={`${id}-bound`}>{t("path.bound")}</label>
            <select id={`${id}-bound`} disabled={disabled} value={rule.bottom_cut.bound} onChange={(e) => change({ bottom_cut: { ...rule.bottom_cut, bound: e.currentTarget.value } })}>
              <option value="at_most">{t("choice.atMost")}</option><option value="at_least">{t("choice.atLeast")}</option>
            </select></div>
        </div>
      )}
      {kind === "top" && (
        <div><label for={`${id}-places`}>{t("selection.places")}</label>
          <input id={`${id}-places`} inputMode="numeric" disabled={disabled} value={String(rule.top_n.places)} onInput={(e) => change({ top_n: { ...rule.top_n, places: whole(e.currentTarget.value) ?? 0 } })} /></div>
      )}
      {kind === "other" && <><label for={`${id}-json`}>{t("selection.json")}</label><Json field={{ ...field, id: `${id}-json` }} /></>}
    </div>
  );
}

/** Anything else, as docs/PROTOCOL.md writes it. */
function Json({ field: { id, value, change, disabled } }: { field: Field }) {
  const [typed, setTyped] = useState(value === undefined ? "" : JSON.stringify(value, null, 1));
  const [bad, setBad] = useState(false);
  const read = (text: string) => {
    setTyped(text);
    try { change(text.trim() === "" ? undefined : JSON.parse(text)); setBad(false); } catch { setBad(true); }
  };
  return <><textarea id={id} class="mono" spellcheck={false} disabled={disabled} value={typed} aria-invalid={bad} onInput={(e) => read(e.currentTarget.value)} />
    {bad && <p class="wrong">{t("draft.noJson")}</p>}</>;
}
