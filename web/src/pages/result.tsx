// The published result, read from the log.
import { useEffect, useState } from "preact/hooks";
import { Failure, Sheet, type Election } from "../app.tsx";
import { bundlePath, getBytes, getStatus, type Manifest, type Text } from "../api.ts";
import { core, prepare } from "../core.ts";
import { count, t, text, won } from "../i18n.ts";
import { save } from "../receipt-files.ts";

type Outcome = "in" | "out" | "partial" | string;
interface ProjectResult {
  id: string; title: Text; field?: Text; list?: Text; cost: number | string; marks: Record<string, number>;
  score_decimal: string; rank: number | null; outcome: Outcome; funded: number; reason: { sentence: Text };
  margin: { sentence: Text } | null;
}
interface Result {
  format: string; title: Text;
  turnout: { class: string; title: Text; ballots: number; percent: string | null }[];
  contests: { id: string; title: Text; projects: ProjectResult[]; ranking: string[] }[];
}
interface Published { bytes: Uint8Array; result: Result; index: number }

/** The newest result that the log names; the document must be the one. Read from the log's end. */
async function published(): Promise<Published | undefined> {
  await prepare();
  const { log_size: size } = await getStatus();
  for (let bundle = Math.floor((size - 1) / 256); bundle >= 0; bundle--) {
    const width = Math.min(256, size - bundle * 256);
    const staff = await core.staffEntries(await getBytes(bundlePath(bundle, width)), width);
    const publish = staff.filter((entry) => entry.kind === "publish").at(-1);
    if (publish?.document) {
      const bytes = await getBytes(`/log/documents/${publish.document}`);
      if ((await core.address(bytes)) !== publish.document) throw new Error("hash");
      const document: Result | { result: Result } = JSON.parse(new TextDecoder().decode(bytes));
      // As staff signed it, in an envelope, or bare.
      return { bytes, result: "result" in document ? document.result : document, index: publish.index };
    }
    if (staff.some((entry) => entry.kind === "close" || entry.kind === "open")) return undefined;
  }
  return undefined;
}

const PUBLISHED = ["published", "ratified", "ended"];

export function ResultPage({ election }: { election: Election }) {
  const [found, setFound] = useState<Published | "none">();
  const [failure, setFailure] = useState<string>();
  const over = election.now() >= election.status.closes_at || PUBLISHED.includes(election.status.stage);
  useEffect(() => {
    if (!over) return setFound("none");
    published().then((p) => setFound(p ?? "none"), (error: Error) => setFailure(error.message));
  }, []);
  return (
    <Sheet title={t("result.title")}>
      {failure && <Failure why={t("result.failed", { why: failure })} />}
      {!found && !failure && <p role="status">{t("app.loading")}</p>}
      {found === "none" && <div class="notice stack"><p><strong>{t("result.notYet")}</strong></p><p>{t("result.notYetWhy")}</p></div>}
      {found && found !== "none" && <Shown published={found} manifest={election.manifest} />}
    </Sheet>
  );
}

function Shown({ published: { bytes, result, index }, manifest }: { published: Published; manifest: Manifest }) {
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
      <section class="sheet">
        <h2>{t("result.downloads")}</h2>
        <div class="buttons row">
          <button onClick={() => save(new Blob([bytes as BlobPart], { type: "application/json" }), "result.json")}>{t("result.json")}</button>
          <button onClick={() => save(new Blob([csv(result)], { type: "text/csv;charset=utf-8" }), "ranking.csv")}>{t("result.csv")}</button>
        </div>
      </section>
      <section class="sheet">
        <h2>{t("result.checked")}</h2>
        <p>✓ {t("result.checkedHash", { index: count(index) })}</p>
        <p>✓ {t("result.checkedStaff")}</p>
        <p>{t("result.checkedAll")}</p>
        <pre tabIndex={0}>observer verify {location.origin}</pre>
        <div class="buttons row"><a class="button" href="/observe">{t("result.verifyHere")}</a></div>
      </section>
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
    <div class="scroll" tabIndex={0} role="region" aria-label={title}>
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

/** Quoted as RFC 4180 says; a leading sign is disarmed, so that no spreadsheet runs a title. */
function csv(result: Result): string {
  const quote = (value: unknown) => `"${String(value ?? "").replace(/^([=+\-@])/, "'$1").replace(/"/g, '""')}"`;
  const head = ["contest", "rank", "id", "title_ko", "title_en", "outcome", "cost", "funded", "score", "reason_ko"];
  const rows = result.contests.flatMap((c) => c.projects.map((p) =>
    [c.id, p.rank, p.id, p.title.ko, p.title.en, p.outcome, p.cost, p.funded, p.score_decimal, p.reason.sentence.ko]));
  return "\ufeff" + [head, ...rows].map((row) => row.map(quote).join(",")).join("\r\n") + "\r\n";
}
