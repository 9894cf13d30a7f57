// One proposal in words, read from the very bytes that are signed; signing it; its way into the log.
import { useEffect, useState } from "preact/hooks";
import { Failure, Sheet, useWork } from "../app.tsx";
import { get, getBytes, post, type Me, type Proposal } from "../api.ts";
import { keepFile } from "../keep.ts";
import { read, sign, type Read } from "../signing.ts";
import { time } from "../../i18n.ts";
import { maybe, t } from "../words.ts";
import { NoPasskey } from "./members.tsx";
import { Words } from "./said.tsx";

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
  const download = () => void run(async () =>
    keepFile(await getBytes(`/proposals/${id}/file`), proposal?.draft ? `founding-${id}.hanpyo` : `action-${id}.hanpyo`));
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
              {open && !mine && words && me.credentials.length > 0 && <button class="primary" disabled={busy} onClick={signIt}>{t("proposal.sign")}</button>}
              {open && complete && <button disabled={busy} onClick={act("submission")}>{t("proposal.again")}</button>}
              <button disabled={busy} onClick={download}>{t("proposal.file")}</button>
              {(open || proposal.state === "signed") && <button disabled={busy} onClick={act("withdrawal")}>{t("proposal.withdraw")}</button>}
            </div>
          )}
          {open && !mine && me.role === "manager" && me.credentials.length === 0 && <NoPasskey />}
          {open && !mine && me.role === "manager" && <p class="soft">{t("proposal.signWhat")}</p>}
        </section>
      )}
    </Sheet>
  );
}
