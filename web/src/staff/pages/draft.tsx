// One draft: projects, titles, hours, rule, people and keys, until it is a manifest that can be signed.
import { useEffect, useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { Failure, Sheet, go, useWork } from "../app.tsx";
import { get, post, put, upload, type Draft, type Hour, type Me, type Member, type Preset, type Shown } from "../api.ts";
import { text } from "../../i18n.ts";
import { fromInput, t, toInput } from "../words.ts";
import { Answers, label } from "./answers.tsx";
import { Projects } from "./projects.tsx";
import { Simulation } from "./simulation.tsx";

const HOURS: Hour[] = ["opens_at", "closes_at", "extension_limit", "objections_until"];

export function DraftPage({ id, me }: { id: number; me: Me }) {
  const [shown, setShown] = useState<Shown>();
  const [content, setContent] = useState<Draft>();
  const [members, setMembers] = useState<Member[]>([]);
  const [presets, setPresets] = useState<Preset[]>([]);
  const [saved, setSaved] = useState(false);
  const { busy, error, run } = useWork();
  const take = (next: Shown) => { setShown(next); setContent(next.content); };
  useEffect(() => {
    void run(async () => {
      const [draft, all, offered] = await Promise.all([get<Shown>(`/drafts/${id}`), get<Member[]>("/members"), get<Preset[]>("/presets")]);
      take(draft);
      setMembers(all);
      setPresets(offered);
    });
  }, []);
  if (!shown || !content) return <Sheet title={t("draft.title")}>{error !== undefined ? <Failure error={error} /> : <p role="status">{t("app.loading")}</p>}</Sheet>;
  const fixed = me.role !== "manager" || shown.founding !== null;
  const change = (part: Partial<Draft>) => { setContent({ ...content, ...part }); setSaved(false); };
  const save = async () => { take(await put<Shown>(`/drafts/${id}`, { revision: shown.revision, content })); setSaved(true); };
  const send = (event: Event) => { event.preventDefault(); void run(save); };
  const importFile = (file: File) => void run(async () => {
    // What is typed and not saved yet is not lost by the answer.
    const next = await upload<Shown>("PUT", `/drafts/${id}/projects?revision=${shown.revision}`, file);
    setShown(next);
    setContent({ ...content, projects: next.content.projects });
  });
  const found = () => void run(async () => {
    go(`proposals/${(await post<{ id: number }>(`/drafts/${id}/founding`, { revision: shown.revision })).id}`);
  });
  const unsaved = JSON.stringify(content) !== JSON.stringify(shown.content);
  const preset = presets.find((p) => p.name === content.preset);
  const parts = { shown, content, change, fixed };
  return (
    <Sheet title={content.title ? text(content.title) : t("draft.title")}>
      {preset && <p class="soft">{text(preset.title)}: {text(preset.note)}</p>}
      {shown.founding !== null && (
        <div class="notice care stack"><p><strong>{t("draft.fixed")}</strong></p><p>{t("draft.fixedWhat")}</p>
          <p><a href={`#/proposals/${shown.founding}`}>{t("draft.toFounding")}</a></p></div>
      )}
      <Projects shown={shown} disabled={busy || fixed} take={importFile} />
      <form class="form" onSubmit={send}>
        <Names {...parts} />
        <Hours {...parts} />
        <Part title={t("draft.rule")} what={t("draft.ruleWhat")}>
          <Answers shown={shown} answers={content.answers} disabled={fixed} change={(path, value) => {
            const answers = { ...content.answers };
            if (value === undefined) delete answers[path]; else answers[path] = value;
            change({ answers });
          }} />
          {preset && preset.questions.length > 0 && (
            <fieldset><legend>{t("draft.confirm")}</legend>
              {preset.questions.map((question, i) => (
                <label class="check" key={i}><input type="checkbox" disabled={fixed} checked={content.confirmed.includes(i)} onChange={(e) => change({
                  confirmed: e.currentTarget.checked ? [...content.confirmed, i].sort((a, b) => a - b) : content.confirmed.filter((n) => n !== i),
                })} />{text(question)}</label>
              ))}
            </fieldset>
          )}
        </Part>
        <People {...parts} members={members} />
        {error !== undefined && <Failure error={error} />}
        <Lacking shown={shown} />
        {!fixed && <div class="buttons"><button class="primary" type="submit" disabled={busy}>{t("draft.save")}</button></div>}
        <p role="status">{saved && !unsaved ? t("draft.saved") : unsaved ? t("draft.unsaved") : ""}</p>
      </form>
      <Simulation id={id} ready={content.projects.projects.length > 0} stale={unsaved} />
      {shown.manifest && (
        <section class="sheet">
          <h2>{t("draft.ready")}</h2>
          <p>{t("draft.hash")}</p><p class="mono" data-testid="election">{shown.election}</p>
          <details><summary>{t("draft.canonical")}</summary><pre class="tall" tabIndex={0}>{shown.manifest}</pre></details>
          {!fixed && <div class="buttons"><button class="primary" disabled={busy || unsaved} onClick={found}>{t("draft.found")}</button></div>}
        </section>
      )}
    </Sheet>
  );
}

interface Parts { shown: Shown; content: Draft; change: (part: Partial<Draft>) => void; fixed: boolean }

function Part({ title, what, children }: { title: string; what?: string; children: ComponentChildren }) {
  return <section><h2>{title}</h2>{what && <p class="soft">{what}</p>}{children}</section>;
}

/** What does not fit at a path or below it, beside the field. */
function Wrong({ shown, path }: { shown: Shown; path: string }) {
  const found = shown.misfits.filter((m) => m.path === path || m.path.startsWith(`${path}.`) || m.path.startsWith(`${path}[`));
  return <>{found.map((m, i) => <p class="wrong" key={i}>{m.path}: {m.message}</p>)}</>;
}

function Names({ shown, content, change, fixed }: Parts) {
  const title = content.title ?? { ko: "", en: "" };
  const set = (part: Partial<typeof title>) => { const next = { ...title, ...part }; change({ title: next.ko || next.en ? next : null }); };
  return (
    <Part title={t("draft.names")}>
      <div class="fields">
        <div><label for="title-ko">{t("draft.electionTitle")} ({t("draft.ko")})</label><input id="title-ko" disabled={fixed} value={title.ko} maxLength={200} onInput={(e) => set({ ko: e.currentTarget.value })} /></div>
        <div><label for="title-en">{t("draft.electionTitle")} ({t("draft.en")})</label><input id="title-en" disabled={fixed} value={title.en} maxLength={200} onInput={(e) => set({ en: e.currentTarget.value })} /></div>
      </div>
      <Wrong shown={shown} path="title" />
      <div><label for="origin">{t("draft.origin")}</label>
        <input id="origin" disabled={fixed} value={content.origin} placeholder="vote.example.go.kr/2027" autocomplete="off" spellcheck={false} onInput={(e) => change({ origin: e.currentTarget.value })} />
        <Wrong shown={shown} path="origin" /></div>
      <label class="check"><input type="checkbox" disabled={fixed} checked={content.demonstration} onChange={(e) => change({ demonstration: e.currentTarget.checked })} />{t("draft.demonstration")}</label>
    </Part>
  );
}

function Hours({ shown, content, change, fixed }: Parts) {
  return (
    <Part title={t("draft.hours")} what={t("draft.hoursWhat")}>
      <div class="fields">{HOURS.map((hour) => (
        <div key={hour}><label for={hour}>{t(`hours.${hour}`)}</label>
          <input id={hour} type="datetime-local" step="1" disabled={fixed} value={toInput(content.hours[hour])}
            onInput={(e) => change({ hours: { ...content.hours, [hour]: fromInput(e.currentTarget.value) } })} />
          <Wrong shown={shown} path={`schedule.${hour}`} /></div>
      ))}</div>
    </Part>
  );
}

function People({ shown, content, change, fixed, members }: Parts & { members: Member[] }) {
  const [bad, setBad] = useState("");
  const read = async (files: FileList | null): Promise<any[]> => {
    const all = [];
    for (const file of files ?? []) {
      try { all.push(JSON.parse(await file.slice(0, 100_000).text())); } catch { setBad(file.name); return []; }
    }
    setBad("");
    return all;
  };
  const trustees = content.trustees ?? { threshold: 2, members: [] };
  const able = members.filter((member) => member.key && !member.ended && member.role === "manager");
  return (
    <Part title={t("draft.people")}>
      <fieldset><legend>{t("draft.staff")}</legend>
        {able.map((member) => (
          <label class="check" key={member.id}><input type="checkbox" disabled={fixed} checked={content.staff.includes(member.id)} onChange={(e) => change({
            staff: e.currentTarget.checked ? [...content.staff, member.id].sort((a, b) => a - b) : content.staff.filter((n) => n !== member.id),
          })} />{member.name}</label>
        ))}
        {able.length < 2 && <p class="wrong">{t("draft.staffFew")}</p>}
        <Wrong shown={shown} path="staff" />
      </fieldset>
      <div><label for="trustees">{t("draft.trustees")}</label>
        <input id="trustees" type="file" multiple accept=".json,application/json" disabled={fixed}
          onChange={async (e) => { const added = await read(e.currentTarget.files); if (added.length) change({ trustees: { threshold: Math.min(trustees.threshold, added.length), members: added } }); }} />
        {trustees.members.length > 0 && <p>{trustees.members.map((m) => m.name).join(", ")}</p>}
        <Wrong shown={shown} path="trustees" /></div>
      <div><label for="threshold">{t("draft.threshold")}</label>
        <input id="threshold" inputMode="numeric" disabled={fixed || trustees.members.length === 0} value={String(trustees.threshold)}
          onInput={(e) => change({ trustees: { ...trustees, threshold: Number(e.currentTarget.value.replace(/\D/g, "").slice(0, 4)) } })} /></div>
      <div><label for="keys">{t("draft.keys")}</label>
        <input id="keys" type="file" accept=".json,application/json" disabled={fixed} onChange={async (e) => { const [keys] = await read(e.currentTarget.files); if (keys) change({ keys }); }} />
        {content.keys && <p class="mono">log {String(content.keys.log)}</p>}
        <Wrong shown={shown} path="keys" /></div>
      {bad && <p class="wrong">{t("draft.noJsonFile", { file: bad })}</p>}
    </Part>
  );
}

function Lacking({ shown }: { shown: Shown }) {
  const own: Record<string, () => string> = {
    origin: () => t("draft.origin"), title: () => t("draft.electionTitle"), trustees: () => t("draft.trustees"), staff: () => t("draft.staff"), keys: () => t("draft.keys"),
    "contests[0].projects": () => t("projects.title"), "contests[0].fields": () => t("projects.fields"), "contests[0].lists": () => t("projects.lists"),
  };
  const name = (path: string) => {
    const hour = HOURS.find((h) => path === `schedule.${h}`);
    return own[path]?.() ?? (hour ? t(`hours.${hour}`) : path.startsWith("confirm[") ? t("draft.confirm") : label(path));
  };
  if (shown.missing.length === 0 && shown.misfits.length === 0) return null;
  return (
    <div class="notice care stack" data-testid="lacking">
      {shown.missing.length > 0 && <><p><strong>{t("draft.missing", { n: shown.missing.length })}</strong></p>
        <p>{[...new Set(shown.missing.map(name))].join(", ")}</p></>}
      {shown.misfits.length > 0 && <><p><strong>{t("draft.misfits", { n: shown.misfits.length })}</strong></p>
        <ul>{shown.misfits.map((m, i) => <li key={i}><span class="mono">{m.path}</span> {m.message}</li>)}</ul></>}
    </div>
  );
}
