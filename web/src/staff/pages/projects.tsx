// The imported projects: the file, a preview, and totals by field and list.
import { useRef } from "preact/hooks";
import type { Project, Part, Shown } from "../api.ts";
import { count, text, won } from "../../i18n.ts";
import { t } from "../words.ts";

export function Projects({ shown, disabled, take }: { shown: Shown; disabled: boolean; take: (file: File) => void }) {
  const input = useRef<HTMLInputElement>(null);
  const { projects, fields, lists, without_english } = shown.content.projects;
  const choose = () => {
    const file = input.current?.files?.[0];
    if (file) take(file);
    // The same file may be chosen again after it was corrected.
    if (input.current) input.current.value = "";
  };
  const wrong = shown.misfits.filter((m) => m.path.startsWith("contests[0].projects") || m.path === "contests");
  return (
    <section class="sheet">
      <h2>{t("projects.title")}</h2>
      <p class="soft">{t("projects.what")}</p>
      <div><label for="spreadsheet">{t("projects.file")}</label>
        <input id="spreadsheet" ref={input} type="file" disabled={disabled} onChange={choose}
          accept=".csv,.xlsx,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" /></div>
      <div role="status">{projects.length > 0 && <p data-testid="imported"><strong>{t("projects.sum", { n: count(projects.length), cost: won(sum(projects)) })}</strong></p>}</div>
      {without_english > 0 && <p class="notice care">{t("projects.withoutEnglish", { n: count(without_english) })}</p>}
      {wrong.map((m, i) => <p class="wrong" key={i}>{m.path}: {m.message}</p>)}
      {projects.length > 0 && (
        <>
          <div class="cards">
            <Totals title={t("projects.fields")} parts={fields} projects={projects} of={(p) => p.field} />
            <Totals title={t("projects.lists")} parts={lists} projects={projects} of={(p) => p.list} />
          </div>
          <details><summary>{t("projects.preview")}</summary>
            <div class="scroll tall" tabIndex={0} role="region" aria-label={t("projects.preview")}>
              <table>
                <thead><tr><th scope="col">{t("projects.id")}</th><th scope="col">{t("projects.name")}</th><th scope="col">{t("projects.field")}</th><th scope="col">{t("projects.list")}</th><th scope="col" class="number">{t("projects.cost")}</th></tr></thead>
                <tbody>{projects.map((p) => (
                  <tr key={p.id}><td>{p.id}</td><th scope="row">{text(p.title)}</th><td>{partTitle(fields, p.field)}</td><td>{partTitle(lists, p.list)}</td><td class="number">{won(p.cost)}</td></tr>
                ))}</tbody>
              </table>
            </div>
          </details>
        </>
      )}
    </section>
  );
}

const sum = (projects: Project[]): number => projects.reduce((all, p) => all + p.cost, 0);
const partTitle = (parts: Part[], id?: string): string => { const part = parts.find((p) => p.id === id); return part ? text(part.title) : ""; };

function Totals({ title, parts, projects, of }: { title: string; parts: Part[]; projects: Project[]; of: (p: Project) => string | undefined }) {
  if (parts.length === 0) return null;
  return (
    <div class="card"><h3>{title}</h3>
      <dl class="facts">{parts.map((part) => {
        const own = projects.filter((p) => of(p) === part.id);
        return [<dt key={part.id}>{text(part.title)}</dt>, <dd key={`${part.id}-sum`}>{t("projects.sum", { n: count(own.length), cost: won(sum(own)) })}</dd>];
      })}</dl>
    </div>
  );
}
