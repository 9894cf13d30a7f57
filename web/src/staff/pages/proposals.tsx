// All proposals, newest first.
import { useEffect, useState } from "preact/hooks";
import { Failure, Sheet, useWork } from "../app.tsx";
import { get, type Proposal } from "../api.ts";
import { text, time } from "../../i18n.ts";
import { maybe, t } from "../words.ts";

export function Proposals() {
  const [proposals, setProposals] = useState<Proposal[]>();
  const { error, run } = useWork();
  useEffect(() => { void run(async () => setProposals(await get<Proposal[]>("/proposals"))); }, []);
  return (
    <Sheet title={t("proposals.title")}>
      <p>{t("proposals.what")}</p>
      {error !== undefined && <Failure error={error} />}
      {proposals?.length === 0 && <p>{t("proposals.none")}</p>}
      <ul class="cards plain-list">{proposals?.map((p) => (
        <li class="card" key={p.id}>
          <a href={`#/proposals/${p.id}`}>{maybe(`action.${p.action}`, p.action)}</a>
          <span>{text(p.title)}</span>
          <span class="soft">{t(`state.${p.state}`)} · {t("proposals.signed", { n: p.signed.length, of: p.required })}</span>
          <span class="soft">{p.proposer} · {time(p.created_at)}</span>
        </li>
      ))}</ul>
    </Sheet>
  );
}
