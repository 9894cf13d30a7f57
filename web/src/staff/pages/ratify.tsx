// Proposing the assembly's decision on the published result.
import { useState } from "preact/hooks";
import { Failure, go, useWork } from "../app.tsx";
import { post, type Outcome, type Proposal, type Published } from "../api.ts";
import { text } from "../../i18n.ts";
import { t } from "../words.ts";

interface Row { project: string; to: Outcome; funded: string; ko: string; en: string }
type Projects = Published["result"]["contests"][number]["projects"];

export function Ratify({ published }: { published: Published }) {
  const projects = published.result.contests.flatMap((c) => c.projects);
  const [ko, setKo] = useState("");
  const [en, setEn] = useState("");
  const [day, setDay] = useState("");
  const [rows, setRows] = useState<Row[]>([]);
  const { busy, error, run } = useWork();
  const add = () => setRows([...rows, { project: projects[0]!.id, to: "out", funded: "", ko: "", en: "" }]);
  const change = (at: number, part: Partial<Row>) => setRows(rows.map((row, i) => (i === at ? { ...row, ...part } : row)));
  const propose = (event: Event) => {
    event.preventDefault();
    void run(async () => {
      const changes = rows.map((row) => ({ project: row.project, to: row.to, funded: money(row, projects), reason: { ko: row.ko, en: row.en } }));
      const made = await post<Proposal>("/proposals", { action: "ratify", assembly: { ko, en }, decided_on: day, changes });
      go(`proposals/${made.id}`);
    });
  };
  return (
    <form class="sheet" onSubmit={propose}>
      <h2>{t("action.ratify")}</h2>
      <p>{t("say.ratify")}</p>
      <p class="soft">{t("act.what")}</p>
      <div class="fields">
        <div><label for="assembly-ko">{t("decision.assembly")} ({t("draft.ko")})</label><input id="assembly-ko" required maxLength={200} value={ko} onInput={(e) => setKo(e.currentTarget.value)} /></div>
        <div><label for="assembly-en">{t("decision.assembly")} ({t("draft.en")})</label><input id="assembly-en" required maxLength={200} value={en} onInput={(e) => setEn(e.currentTarget.value)} /></div>
        <div><label for="decided-on">{t("decision.day")}</label><input id="decided-on" type="date" required value={day} onInput={(e) => setDay(e.currentTarget.value)} /></div>
      </div>
      <p role="status"><strong>{rows.length === 0 ? t("decision.stands") : t("decision.changes", { n: rows.length })}</strong></p>
      {rows.map((row, at) => <Change key={at} at={at} row={row} projects={projects} change={(part) => change(at, part)} remove={() => setRows(rows.filter((_, i) => i !== at))} />)}
      {error !== undefined && <Failure error={error} />}
      <div class="buttons row">
        <button type="button" disabled={busy || rows.length >= projects.length} onClick={add}>{t("ratify.add")}</button>
        <button class="primary" type="submit" disabled={busy}>{t("act.propose")}</button>
      </div>
    </form>
  );
}

/** What a project gets: its cost where it is in, nothing where it is out, and in part what is entered. */
function money(row: Row, projects: Projects): number {
  if (row.to === "out") return 0;
  if (row.to === "in") return Number(projects.find((p) => p.id === row.project)?.cost ?? 0);
  return Number(row.funded.replace(/[\s,]/g, ""));
}

function Change({ at, row, projects, change, remove }: { at: number; row: Row; projects: Projects; change: (part: Partial<Row>) => void; remove: () => void }) {
  const id = (name: string) => `change-${at}-${name}`;
  const found = projects.find((p) => p.id === row.project);
  return (
    <fieldset class="stack">
      <legend>{t("ratify.change", { n: at + 1 })}</legend>
      <div class="fields">
        <div><label for={id("project")}>{t("say.project")}</label>
          <select id={id("project")} value={row.project} onChange={(e) => change({ project: e.currentTarget.value })}>
            {projects.map((p) => <option key={p.id} value={p.id}>{p.id} {text(p.title)}</option>)}
          </select>
          {found && <p class="soft">{t("ratify.citizens", { outcome: t(`outcome.${found.outcome as Outcome}`) })}</p>}</div>
        <div><label for={id("to")}>{t("ratify.to")}</label>
          <select id={id("to")} value={row.to} onChange={(e) => change({ to: e.currentTarget.value as Outcome })}>
            {(["in", "partial", "out"] as const).map((to) => <option key={to} value={to}>{t(`outcome.${to}`)}</option>)}
          </select></div>
        {row.to === "partial" && <div><label for={id("funded")}>{t("ratify.funded")}</label>
          <input id={id("funded")} inputMode="numeric" required pattern="[0-9, ]{1,20}" value={row.funded} onInput={(e) => change({ funded: e.currentTarget.value })} /></div>}
      </div>
      <div class="fields">
        <div><label for={id("ko")}>{t("say.reason")} ({t("draft.ko")})</label><textarea id={id("ko")} required maxLength={600} value={row.ko} onInput={(e) => change({ ko: e.currentTarget.value })} /></div>
        <div><label for={id("en")}>{t("say.reason")} ({t("draft.en")})</label><textarea id={id("en")} required maxLength={600} value={row.en} onInput={(e) => change({ en: e.currentTarget.value })} /></div>
      </div>
      <div class="buttons"><button type="button" class="small" onClick={remove}>{t("ratify.remove", { n: at + 1 })}</button></div>
    </fieldset>
  );
}
