// A result as people read it: who voted, what the money goes to, the ranking with the line. For everyone's page and the staff's.
import type { Manifest, Text } from "./api.ts";
import { count, t, text, won } from "./i18n.ts";

type Outcome = "in" | "out" | "partial" | string;
export interface ProjectResult {
  id: string; title: Text; field?: Text; list?: Text; cost: number | string; marks: Record<string, number>;
  score_decimal: string; rank: number | null; outcome: Outcome; funded: number; reason: { sentence: Text };
  margin: { sentence: Text } | null;
}
export interface Result {
  format: string; title: Text;
  turnout: { class: string; title: Text; ballots: number; percent: string | null }[];
  contests: { id: string; title: Text; projects: ProjectResult[]; ranking: string[] }[];
}

export function Outcomes({ result, manifest }: { result: Result; manifest: Manifest }) {
  const projects = manifest.contests.flatMap((contest) => contest.projects);
  const districts = new Map(projects.flatMap((p) => (p.district ? [[p.id, text(p.district)] as const] : [])));
  const classes = new Map(result.turnout.map((c) => [c.class, c.title]));
  return (
    <>
      <section class="stack">
        <h2>{t("result.turnout")}</h2>
        <dl class="facts">
          {result.turnout.map((c) => [<dt key={c.class}>{text(c.title)}</dt>, <dd>{t("result.ballots", { n: count(c.ballots) })}</dd>])}
        </dl>
      </section>
      {result.contests.map((contest) => (
        <section class="stack" key={contest.id}>
          <h2>{text(contest.title)}</h2>
          <Money projects={contest.projects} title={t("result.money")} of={(p) => (p.field ? text(p.field) : t("result.noField"))} />
          {districts.size > 0 && <Money projects={contest.projects} title={t("result.moneyDistrict")} of={(p) => districts.get(p.id) ?? t("choose.citywide")} />}
          <h3>{t("result.ranking")}</h3>
          <Ranking projects={contest.projects} ranking={contest.ranking} classes={classes} />
        </section>
      ))}
    </>
  );
}

function outcome(p: ProjectResult): { name: string; mark: string; style: string } {
  if (p.rank === null) return { name: t("result.withdrawn"), mark: "–", style: "out" };
  if (p.outcome === "out") return { name: t("result.out"), mark: "✕", style: "out" };
  return { name: t(p.outcome === "partial" ? "result.partial" : "result.in"), mark: "✓", style: "in" };
}

function Ranking({ projects, ranking, classes }: { projects: ProjectResult[]; ranking: string[]; classes: Map<string, Text> }) {
  const byId = new Map(projects.map((p) => [p.id, p]));
  const ranked = ranking.map((id) => byId.get(id)!);
  const rest = projects.filter((p) => !ranking.includes(p.id));
  const last = ranked.findLastIndex((p) => p.outcome !== "out");
  return (
    <ol class="ranking">
      {[...ranked, ...rest].map((p, i) => {
        const { name, mark, style } = outcome(p);
        return [
          <li key={p.id}>
            <b>{p.rank ?? "–"}</b>
            <div class="stack">
              <h4>{text(p.title)}</h4>
              <p class="tags">
                <span class={`badge ${style}`}><span aria-hidden="true">{mark}</span> {name}</span>
                <span>{won(p.cost)}</span>
                <span>{t("result.score")} {Number(p.score_decimal).toFixed(4)}</span>
              </p>
              <p>{text(p.reason.sentence)}</p>
              {p.margin && <p class="soft">{text(p.margin.sentence)}</p>}
              <p class="tags">{Object.entries(p.marks).map(([id, n]) => (
                <span key={id}>{t("result.marks", { class: classes.has(id) ? text(classes.get(id)!) : id, n: count(n) })}</span>
              ))}</p>
            </div>
          </li>,
          i === last && i < ranked.length - 1 && <li class="cut" key="cut">{t("result.line")}</li>,
        ];
      })}
    </ol>
  );
}

/** What is funded, by what `of` a project says. */
function Money({ projects, title, of }: { projects: ProjectResult[]; title: string; of: (p: ProjectResult) => string }) {
  const parts = new Map<string, bigint>();
  for (const p of projects) parts.set(of(p), (parts.get(of(p)) ?? 0n) + BigInt(p.funded));
  const all = [...parts].sort((a, b) => (b[1] > a[1] ? 1 : -1));
  const most = Number(all[0]?.[1] ?? 1n) || 1;
  return (
    <div class="scroll narrow" tabIndex={0} role="region" aria-label={title}>
      <table>
        <caption class="hidden">{title}</caption>
        <thead><tr><th scope="col">{title}</th><th scope="col" class="number">{t("result.cost")}</th></tr></thead>
        <tbody>
          {all.map(([name, amount]) => (
            <tr key={name}>
              <th scope="row">{name}<meter aria-hidden="true" min={0} max={most} value={Number(amount)} /></th>
              <td class="number">{won(String(amount))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
