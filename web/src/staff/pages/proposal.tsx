// One proposal in words, read from the very bytes that are signed; signing it; its way into the log.
import { useEffect, useState } from "preact/hooks";
import { Failure, Sheet, useWork } from "../app.tsx";
import { get, getBytes, post, type Me, type Proposal, type Result } from "../api.ts";
import { read, sign, type Read } from "../signing.ts";
import { count, text, time, won } from "../../i18n.ts";
import { maybe, t } from "../words.ts";

export function ProposalPage({ id, me }: { id: number; me: Me }) {
  const [proposal, setProposal] = useState<Proposal>();
  const [words, setWords] = useState<Omit<Read, "proposal">>();
  const { busy, error, run } = useWork();
  useEffect(() => {
    void run(async () => {
      setProposal(await get<Proposal>(`/proposals/${id}`));
      const { proposal: bytes, ...rest } = await read(id);
      bytes.free();
      setWords(rest);
    });
  }, []);
  const act = (path: string) => () => void run(async () => setProposal(await post<Proposal>(`/proposals/${id}/${path}`)));
  const signIt = () => void run(async () => setProposal(await sign(me, id)));
  const download = () => void run(async () => {
    const url = URL.createObjectURL(new Blob([await getBytes(`/proposals/${id}/file`) as BlobPart]));
    const link = Object.assign(document.createElement("a"), { href: url, download: proposal?.draft ? `founding-${id}.hanpyo` : `action-${id}.hanpyo` });
    link.click();
    URL.revokeObjectURL(url);
  });
  const name = proposal ? maybe(`action.${proposal.action}`, proposal.action) : t("proposals.title");
  const mine = proposal?.signed.some((s) => s.member === me.id);
  const open = proposal?.state === "open";
  const complete = proposal !== undefined && proposal.signed.length >= proposal.required;
  return (
    <Sheet title={name}>
      {error !== undefined && <Failure error={error} />}
      {words && <Words read={words} />}
      {proposal && (
        <section class="sheet">
          <h2>{t("proposal.where")}</h2>
          <p role="status" data-testid="state"><strong>{t(`state.${proposal.state}`)}</strong>{proposal.entry !== null && ` · ${t("proposal.entry", { n: proposal.entry })}`}</p>
          <p>{t("proposal.by", { name: proposal.proposer, when: time(proposal.created_at, true) })}</p>
          <ul>{proposal.signed.map((s) => <li key={s.member}>{t("proposal.signedBy", { name: s.name, when: time(s.time, true) })}</li>)}</ul>
          {open && !complete && <p>{t("proposal.more", { n: proposal.required - proposal.signed.length })}</p>}
          {proposal.refusal && <div class="notice bad stack"><p><strong>{t("proposal.refused")}</strong></p><p class="mono">{proposal.refusal}</p></div>}
          {proposal.state === "signed" && <div class="notice good stack"><p>{t("proposal.founded")}</p><p class="mono">gateway create --founding founding-{id}.hanpyo --data DIR --keys DIR</p></div>}
          {me.role === "manager" && (
            <div class="buttons row">
              {open && !mine && words && <button class="primary" disabled={busy} onClick={signIt}>{t("proposal.sign")}</button>}
              {open && complete && <button disabled={busy} onClick={act("submission")}>{t("proposal.again")}</button>}
              <button disabled={busy} onClick={download}>{t("proposal.file")}</button>
              {(open || proposal.state === "signed") && <button disabled={busy} onClick={act("withdrawal")}>{t("proposal.withdraw")}</button>}
            </div>
          )}
          {open && !mine && me.role === "manager" && <p class="soft">{t("proposal.signWhat")}</p>}
        </section>
      )}
    </Sheet>
  );
}

function Words({ read: { said, manifest, document } }: { read: Omit<Read, "proposal"> }) {
  return (
    <section class="stack" data-testid="words">
      <h2>{t("proposal.what")}</h2>
      <p>{t(`say.${said.action}` as "say.open")}</p>
      <dl class="facts">
        <dt>{t("say.title")}</dt><dd>{text(said.title)}{said.demonstration && ` (${t("say.demonstration")})`}</dd>
        <dt>{t("say.election")}</dt><dd class="mono">{said.election}</dd>
        <dt>{t("say.number")}</dt><dd>{said.number}</dd>
        {said.reason && <><dt>{t("say.reason")}</dt><dd>{said.reason.ko}<br />{said.reason.en}</dd></>}
        {said.closes_at !== null && <><dt>{t("say.closesAt")}</dt><dd>{time(said.closes_at, true)}</dd></>}
        {said.project && <><dt>{t("say.project")}</dt><dd>{said.project.id} {text(said.project.title)}</dd></>}
        {said.opening && <><dt>{t("say.key")}</dt><dd class="mono">{said.opening.election_key}</dd><dt>{t("say.ceremony")}</dt><dd class="mono">{said.opening.ceremony}</dd></>}
        {said.document && <><dt>{t("say.document")}</dt><dd class="mono">{said.document.hash} ({t("say.bytes", { n: count(said.document.length) })})</dd></>}
        {said.checkpoint && <><dt>{t("say.checkpoint")}</dt><dd>{t("say.entries", { n: count(said.checkpoint.size) })} <span class="mono">{said.checkpoint.root}</span></dd></>}
      </dl>
      {said.action === "create" && <Founding manifest={manifest} />}
      {said.action === "publish" && document && <Outcome document={document} />}
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
