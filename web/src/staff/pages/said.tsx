// What is signed, in words: all of it read from the very bytes.
import type { Ratification, Result } from "../api.ts";
import type { Read, Said } from "../signing.ts";
import { count, text, time, won } from "../../i18n.ts";
import { t } from "../words.ts";

export function Words({ read: { said, manifest, document, holds } }: { read: Omit<Read, "proposal"> }) {
  return (
    <section class="stack" data-testid="words">
      <h2>{t("proposal.what")}</h2>
      <p>{t(`say.${said.action}` as "say.open")}</p>
      <dl class="facts">
        <dt>{t("say.title")}</dt><dd>{text(said.title)}{said.demonstration && ` (${t("say.demonstration")})`}</dd>
        <dt>{t("say.election")}</dt><dd class="mono">{said.election}</dd>
        <dt>{t("say.number")}</dt><dd>{said.number}</dd>
        {said.reason && <><dt>{t(said.action === "notice" ? "say.text" : "say.reason")}</dt><dd>{said.reason.ko}<br />{said.reason.en}</dd></>}
        {said.closes_at !== null && <><dt>{t("say.closesAt")}</dt><dd>{time(said.closes_at, true)}</dd></>}
        {said.project && <><dt>{t("say.project")}</dt><dd>{said.project.id} {text(said.project.title)}</dd></>}
        {said.roll && <><dt>{t("say.class")}</dt><dd>{text(said.roll.title)}</dd><dt>{t("say.people")}</dt><dd>{count(said.roll.people)}</dd></>}
        {said.opening && <><dt>{t("say.key")}</dt><dd class="mono">{said.opening.election_key}</dd><dt>{t("say.ceremony")}</dt><dd class="mono">{said.opening.ceremony}</dd></>}
        {said.document && <><dt>{t("say.document")}</dt><dd class="mono">{said.document.hash} ({t("say.bytes", { n: count(said.document.length) })})</dd></>}
        {said.checkpoint && <><dt>{t("say.checkpoint")}</dt><dd>{t("say.entries", { n: count(said.checkpoint.size) })} <span class="mono">{said.checkpoint.root}</span></dd></>}
      </dl>
      {said.action === "create" && <Founding manifest={manifest} />}
      {said.action === "publish" && document && <Outcome document={document} />}
      {said.action === "ratify" && document && <Decision document={document} manifest={manifest} holds={holds} />}
      {said.action === "software-changed" && document && <Software document={document} />}
      {said.totals && <Totals totals={said.totals} />}
    </section>
  );
}

/** What a result says, read from the document whose hash is signed. */
function Outcome({ document }: { document: Uint8Array }) {
  const read = JSON.parse(new TextDecoder().decode(document));
  const result: Result = read.result ?? read;
  return (
    <>{result.contests.map((contest) => {
      const chosen = contest.projects.filter((p) => p.outcome !== "out");
      return (
        <div class="stack" key={contest.id} data-testid="outcome">
          <h3>{text(contest.title)}</h3>
          <p><strong>{t("simulation.sum", { n: count(chosen.length), of: count(contest.ranking.length), cost: won(chosen.reduce((all, p) => all + p.funded, 0)) })}</strong></p>
          <ul>{chosen.map((p) => <li key={p.id}>{text(p.title)} {won(p.funded)}</li>)}</ul>
        </div>
      );
    })}</>
  );
}

/** What an assembly decided, read from the document whose hash is signed; the citizens' result stands beside it. */
function Decision({ document, manifest, holds }: { document: Uint8Array; manifest: Read["manifest"]; holds: boolean }) {
  const said: Ratification = JSON.parse(new TextDecoder().decode(document));
  const changes = said.decision === "as_it_stands" ? [] : said.decision.with_changes;
  const title = (id: string) => { const found = manifest.contests.flatMap((c) => c.projects).find((p) => p.id === id); return found ? text(found.title) : ""; };
  return (
    <div class="stack" data-testid="decision">
      <dl class="facts">
        <dt>{t("decision.assembly")}</dt><dd>{text(said.assembly)}</dd>
        <dt>{t("decision.day")}</dt><dd>{said.decided_on}</dd>
        <dt>{t("decision.result")}</dt><dd class="mono">{said.result}</dd>
      </dl>
      <p class={holds ? "notice good" : "notice bad"}>{holds ? t("decision.checked") : t("decision.unchecked")}</p>
      <p><strong>{changes.length === 0 ? t("decision.stands") : t("decision.changes", { n: count(changes.length) })}</strong></p>
      <ul>{changes.map((c) => (
        <li key={c.project}>{c.project} {title(c.project)}: {t(`outcome.${c.from}`)} → {t(`outcome.${c.to}`)}, {won(c.funded)}<br />{c.reason.ko}<br />{c.reason.en}</li>
      ))}</ul>
      <p class="soft">{t("decision.beside")}</p>
      <Whole document={document} />
    </div>
  );
}

/** The list of files whose hash is signed. */
function Software({ document }: { document: Uint8Array }) {
  const { files }: { files: { path: string; bytes: number; sha256: string }[] } = JSON.parse(new TextDecoder().decode(document));
  return (
    <div class="stack" data-testid="software">
      <p><strong>{t("software.files", { n: count(files.length) })}</strong></p>
      <details><summary>{t("software.list")}</summary>
        <div class="scroll tall" tabIndex={0} role="region" aria-label={t("software.list")}>
          <table>
            <thead><tr><th scope="col">{t("software.path")}</th><th scope="col" class="number">{t("software.bytes")}</th><th scope="col">SHA-256</th></tr></thead>
            <tbody>{files.map((f) => <tr key={f.path}><th scope="row" class="mono">{f.path}</th><td class="number">{count(f.bytes)}</td><td class="mono">{f.sha256}</td></tr>)}</tbody>
          </table>
        </div>
      </details>
    </div>
  );
}

/** What an offline group signed. */
function Totals({ totals }: { totals: NonNullable<Said["totals"]> }) {
  return (
    <div class="stack" data-testid="totals">
      <p><strong>{t("totals.of", { group: text(totals.title), n: count(totals.ballots) })}</strong></p>
      <div class="scroll tall" tabIndex={0} role="region" aria-label={t("totals.marks")}>
        <table>
          <thead><tr><th scope="col">{t("projects.id")}</th><th scope="col">{t("projects.name")}</th><th scope="col" class="number">{t("totals.marks")}</th></tr></thead>
          <tbody>{totals.marks.map((m) => <tr key={m.id}><td>{m.id}</td><th scope="row">{text(m.title)}</th><td class="number">{count(m.marks)}</td></tr>)}</tbody>
        </table>
      </div>
    </div>
  );
}

const Whole = ({ document }: { document: Uint8Array }) => (
  <details><summary>{t("decision.whole")}</summary><pre class="tall" tabIndex={0}>{new TextDecoder().decode(document)}</pre></details>
);

/** What a founding fixes, from the manifest whose hash is signed. */
function Founding({ manifest: m }: { manifest: Read["manifest"] }) {
  const projects = m.contests.flatMap((contest) => contest.projects);
  const cost = projects.reduce((all, p) => all + BigInt(p.cost), 0n);
  const schedule = m.schedule as Record<string, number>;
  const names = (list: { name: string }[]) => list.map((member) => member.name).join(", ");
  return (
    <>
      <dl class="facts" data-testid="founding">
        <dt>{t("projects.title")}</dt><dd>{t("projects.sum", { n: count(projects.length), cost: won(cost.toString()) })}</dd>
        <dt>{t("hours.opens_at")}</dt><dd>{time(schedule.opens_at!, true)}</dd>
        <dt>{t("hours.closes_at")}</dt><dd>{time(schedule.closes_at!, true)}</dd>
        <dt>{t("hours.extension_limit")}</dt><dd>{time(schedule.extension_limit!, true)}</dd>
        <dt>{t("hours.objections_until")}</dt><dd>{time(schedule.objections_until!, true)}</dd>
        <dt>{t("draft.trustees")}</dt><dd>{t("say.ofThem", { t: m.trustees.threshold, names: names(m.trustees.members as { name: string }[]) })}</dd>
        <dt>{t("draft.staff")}</dt><dd>{t("say.ofThem", { t: m.staff.required, names: names(m.staff.members) })}</dd>
      </dl>
      <details><summary>{t("draft.canonical")}</summary><pre class="tall" tabIndex={0}>{JSON.stringify(m, null, 1)}</pre></details>
    </>
  );
}
