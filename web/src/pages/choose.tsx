// Choosing: search, filters, order, details, comparison, and the tray with what is left.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { Sheet } from "../app.tsx";
import { fullLimit, missing, picked, shuffled, type Ballot, type Option } from "../ballot.ts";
import { language, t, text, won } from "../i18n.ts";
import { Steps, type Way } from "./voting.tsx";

type Order = "random" | "name" | "costAsc" | "costDesc";
const ORDERS: Order[] = ["random", "name", "costAsc", "costDesc"];
const MOST_COMPARED = 3;

interface Filter { words: string; field: string; list: string; district: string; order: Order }
const NONE: Filter = { words: "", field: "", list: "", district: "", order: "random" };

const CITYWIDE = "-";
const district = (o: Option): string => o.district?.ko ?? CITYWIDE;

function visible(options: Option[], filter: Filter, seed: number): Option[] {
  const words = filter.words.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const fits = (o: Option) => {
    const all = [o.title, o.summary, o.place].map((x) => (x ? `${x.ko} ${x.en}` : "")).join(" ").toLocaleLowerCase();
    return words.every((word) => all.includes(word))
      && (!filter.field || o.field === filter.field)
      && (!filter.list || o.list === filter.list)
      && (!filter.district || district(o) === filter.district);
  };
  const found = shuffled(options, seed).filter(fits);
  const cost = (a: Option, b: Option) => Number(BigInt(a.cost) - BigInt(b.cost));
  switch (filter.order) {
    case "name": return found.sort((a, b) => text(a.title).localeCompare(text(b.title), language));
    case "costAsc": return found.sort(cost);
    case "costDesc": return found.sort((a, b) => cost(b, a));
    default: return found;
  }
}

export function Choose({ way }: { way: Way }) {
  const { election: { ballot, status }, vote } = way;
  const [filter, setFilter] = useState(NONE);
  const [detail, setDetail] = useState<Option>();
  const [compared, setCompared] = useState<number[]>([]);
  const [comparing, setComparing] = useState(false);
  const [why, setWhy] = useState<{ position: number; text: string }>();
  const shown = useMemo(() => visible(ballot.options, filter, vote.orderSeed), [ballot, filter, vote.orderSeed, language]);
  const withdrawn = new Map(status.withdrawn.map((w) => [w.project, text(w.reason)]));
  const toggle = (o: Option) => {
    const on = vote.picks.includes(o.position);
    const full = on ? undefined : fullLimit(ballot, vote.picks, o.position);
    setWhy(full && { position: o.position, text: t("limit.full", { title: text(full.title), max: full.max }) });
    if (full) return;
    void way.change((v) => {
      v.picks = v.picks.includes(o.position) ? v.picks.filter((p) => p !== o.position) : [...v.picks, o.position];
    });
  };
  const compare = (o: Option) => setCompared((list) =>
    list.includes(o.position) ? list.filter((p) => p !== o.position) : [...list, o.position].slice(-MOST_COMPARED));
  return (
    <>
      <Sheet title={t("choose.title")} tray>
        <Steps now={1} />
        <Filters ballot={ballot} filter={filter} set={setFilter} />
        <p class="soft" role="status">
          {t("choose.count", { n: shown.length })} {filter.order === "random" && t("choose.sortNote")}
        </p>
        {shown.length === 0 && (
          <div class="stack"><p>{t("choose.none")}</p><div><button onClick={() => setFilter(NONE)}>{t("choose.clear")}</button></div></div>
        )}
        <ul class="projects">
          {shown.map((o) => (
            <Card
              key={o.position} option={o} on={vote.picks.includes(o.position)} full={fullLimit(ballot, vote.picks, o.position) !== undefined}
              why={why?.position === o.position ? why.text : undefined} withdrawn={withdrawn.get(o.position)}
              compared={compared.includes(o.position)} toggle={toggle} compare={compare} details={setDetail}
            />
          ))}
        </ul>
      </Sheet>
      <Tray way={way} compared={compared.length} compare={() => setComparing(true)} why={why?.text} />
      {detail && <Dialog label={text(detail.title)} close={() => setDetail(undefined)}><Details option={detail} heading /></Dialog>}
      {comparing && (
        <Dialog label={t("choose.compare")} close={() => setComparing(false)}>
          <h2>{t("choose.compare")}</h2>
          <div class="compare">
            {compared.map((position) => <Details key={position} option={ballot.options[position]!} />)}
          </div>
        </Dialog>
      )}
    </>
  );
}

function Filters({ ballot, filter, set }: { ballot: Ballot; filter: Filter; set: (filter: Filter) => void }) {
  const distinct = (value: (o: Option) => string | undefined, name: (o: Option) => string) =>
    [...new Map(ballot.options.filter((o) => value(o)).map((o) => [value(o)!, name(o)]))];
  const selects = [
    ["field", t("choose.field"), distinct((o) => o.field, (o) => text(o.fieldTitle!))],
    ["list", t("choose.list"), distinct((o) => o.list, (o) => text(o.listTitle!))],
    ["district", t("choose.district"), distinct(district, (o) => (o.district ? text(o.district) : t("choose.citywide")))],
  ] as const;
  const change = (name: keyof Filter) => (event: Event) =>
    set({ ...filter, [name]: (event.currentTarget as HTMLInputElement | HTMLSelectElement).value });
  return (
    <section class="stack" aria-label={t("choose.search")}>
      <div>
        <label for="search">{t("choose.search")}</label>
        <input id="search" type="search" autocomplete="off" placeholder={t("choose.searchHint")} value={filter.words} onInput={change("words")} />
      </div>
      <details>
        <summary>{t("choose.filters")}</summary>
        <div class="fields">
          {selects.filter(([, , options]) => options.length > 1).map(([name, label, options]) => (
            <div key={name}>
              <label for={name}>{label}</label>
              <select id={name} value={filter[name]} onChange={change(name)}>
                <option value="">{t("choose.all")}</option>
                {options.map(([value, title]) => <option key={value} value={value}>{title}</option>)}
              </select>
            </div>
          ))}
          <div>
            <label for="order">{t("choose.sort")}</label>
            <select id="order" value={filter.order} onChange={change("order")}>
              {ORDERS.map((order) => <option key={order} value={order}>{t(`choose.sort.${order}`)}</option>)}
            </select>
          </div>
        </div>
      </details>
    </section>
  );
}

interface CardProps {
  option: Option; on: boolean; full: boolean; why?: string; withdrawn?: string; compared: boolean;
  toggle: (o: Option) => void; compare: (o: Option) => void; details: (o: Option) => void;
}

function Card({ option, on, full, why, withdrawn, compared, toggle, compare, details }: CardProps) {
  const title = text(option.title);
  return (
    <li class={on ? "project on" : "project"}>
      <h2>{title}</h2>
      <p class="tags">
        {option.listTitle && <span>{text(option.listTitle)}</span>}
        {option.fieldTitle && <span>{text(option.fieldTitle)}</span>}
        <span>{option.district ? text(option.district) : t("choose.citywide")}</span>
      </p>
      <p class="cost">{won(option.cost)}</p>
      {withdrawn !== undefined && <p class="notice care">{t("choose.withdrawn", { reason: withdrawn })}</p>}
      {why && <p class="why">{why}</p>}
      <div class="acts">
        <button class="pick" aria-pressed={on} aria-disabled={!on && full} aria-label={`${t(on ? "choose.picked" : "choose.pick")}: ${title}`} onClick={() => toggle(option)}>
          <span aria-hidden="true">{on ? "✓" : "＋"}</span>{t(on ? "choose.picked" : "choose.pick")}
        </button>
        <button class="small" aria-label={t("choose.detailsOf", { title })} onClick={() => details(option)}>{t("choose.details")}</button>
        <button class="small" aria-pressed={compared} aria-label={`${t(compared ? "choose.compareRemove" : "choose.compareAdd")}: ${title}`} onClick={() => compare(option)}>
          {t(compared ? "choose.compareRemove" : "choose.compareAdd")}
        </button>
      </div>
    </li>
  );
}

function Tray({ way, compared, compare, why }: { way: Way; compared: number; compare: () => void; why?: string }) {
  const { election: { ballot }, vote: { picks } } = way;
  const few = missing(ballot, picks);
  const parts = ballot.limits.filter((l) => !l.overall || ballot.limits.filter((o) => o.overall).length > 1);
  return (
    <section class="tray" aria-label={t("tray.label")}>
      <div>
        <div role="status">
          <p><strong>{t("tray.count", { n: picks.length, max: ballot.max })}</strong></p>
          {parts.length > 0 && (
            <p class="tags">{parts.map((l, i) => <span key={i}>{t("tray.list", { title: text(l.title), n: picked(l, picks), max: l.max })}</span>)}</p>
          )}
          {few && <p class="soft">{t("limit.few", { title: text(few.title), min: few.min, n: picked(few, picks) })}</p>}
          {why && <p class="why">{why}</p>}
        </div>
        <div class="line">
          {compared > 1 && <button onClick={compare}>{t("choose.compareOpen", { n: compared })}</button>}
          <button class="primary" aria-disabled={few !== undefined} onClick={() => { if (!few) void way.go("review"); }}>{t("tray.next")}</button>
        </div>
      </div>
    </section>
  );
}

export function Details({ option, heading }: { option: Option; heading?: boolean }) {
  const rows: [string, string | undefined][] = [
    [t("project.cost"), won(option.cost)],
    [t("project.list"), option.listTitle && text(option.listTitle)],
    [t("project.field"), option.fieldTitle && text(option.fieldTitle)],
    [t("project.district"), option.district ? text(option.district) : t("choose.citywide")],
    [t("project.place"), option.place && text(option.place)],
    [t("project.kind"), t(`project.kind.${option.kind}`)],
  ];
  return (
    <article class="stack">
      {heading ? <h2>{text(option.title)}</h2> : <h3>{text(option.title)}</h3>}
      <dl class="facts">
        {rows.filter(([, value]) => value).map(([name, value]) => [<dt key={name}>{name}</dt>, <dd>{value}</dd>])}
        {option.summary && [<dt key="s">{t("project.summary")}</dt>, <dd class="long">{text(option.summary)}</dd>]}
      </dl>
    </article>
  );
}

/** A dialog that the phone's back button closes, without an address that would name a project. */
export function Dialog({ label, close, children }: { label: string; close: () => void; children: ComponentChildren }) {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = ref.current!;
    dialog.showModal();
    return () => dialog.close();
  }, []);
  return (
    <dialog ref={ref} aria-label={label} onClose={close} onClick={(e) => { if (e.target === ref.current) close(); }}>
      <div>{children}<div class="buttons"><button onClick={close}>{t("app.close")}</button></div></div>
    </dialog>
  );
}
