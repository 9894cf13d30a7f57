// 나의 투표: whether this device holds a receipt, and where the election stands.
import { useEffect, useState } from "preact/hooks";
import { Failure, Sheet, type Election } from "../app.tsx";
import { core, prepare } from "../core.ts";
import type { ReceiptFacts } from "../core.worker.ts";
import { t, time } from "../i18n.ts";
import { readVote, type Vote } from "../kept.ts";
import { Facts, Verify } from "./done.tsx";
import { Notices } from "./notices.tsx";

export function MyPage({ election }: { election: Election }) {
  const [vote, setVote] = useState<Vote>();
  useEffect(() => { void readVote(election.status.election).then(setVote); }, []);
  return (
    <Sheet title={t("my.title")}>
      {vote?.receipt ? <Voted receipt={vote.receipt} /> : vote && <NotYet election={election} vote={vote} />}
      <Stages election={election} />
      <Notices election={election} />
    </Sheet>
  );
}

function Voted({ receipt }: { receipt: Uint8Array }) {
  const [facts, setFacts] = useState<ReceiptFacts>();
  const [failure, setFailure] = useState<string>();
  useEffect(() => {
    prepare().then(() => core.checkReceipt(receipt)).then(setFacts, (error: Error) => setFailure(t("receipt.bad", { why: error.message })));
  }, []);
  return (
    <section class="stack">
      <p class="notice good"><strong>✓ {t("my.voted")}</strong></p>
      {failure && <Failure why={failure} />}
      {facts && <Facts facts={facts} />}
      {facts && <Verify receipt={receipt} />}
    </section>
  );
}

function NotYet({ election, vote }: { election: Election; vote: Vote }) {
  const sent = vote.sealed?.cast !== undefined;
  return (
    <section class="stack">
      <div class={`notice stack ${sent ? "care" : ""}`}>
        <p><strong>{t(sent ? "my.unanswered" : "my.notVoted")}</strong></p>
        <p>{t("my.otherDevice")}</p>
      </div>
      <div class="buttons">
        {(sent || election.status.accepting) && <a class="button primary" href="/">{t(sent ? "my.finish" : "my.vote")}</a>}
        <a class="button" href="/receipt">{t("my.check")}</a>
      </div>
    </section>
  );
}

const STAGES = ["apply", "review", "vote", "count", "ratify"] as const;

/** How many stages are over; the next one is under way. */
function over({ status, now }: Election): number {
  if (status.stage === "ratified") return 5;
  if (status.stage === "published") return 4;
  return now() >= status.closes_at ? 3 : 2;
}

function Stages({ election }: { election: Election }) {
  const { status } = election;
  if (status.stage === "annulled") return <p class="notice bad">{t("app.annulled")}</p>;
  const past = over(election);
  // Between the review and the opening nothing is under way.
  const under = (i: number) => i === past && (STAGES[i] !== "vote" || election.now() >= status.opens_at);
  return (
    <section class="stack">
      <h2>{t("my.stages")}</h2>
      <ol class="seals">
        {STAGES.map((stage, i) => (
          <li key={stage} class={i < past ? "past" : under(i) ? "at" : undefined} aria-current={under(i) ? "step" : undefined}>
            <b aria-hidden="true">{i < past ? "✓" : i + 1}</b>
            <span>
              {t(`my.stage.${stage}`)} <span class="soft">{t(i < past ? "my.over" : under(i) ? "my.now" : "my.later")}</span>
              {stage === "vote" && <span class="soft"> {t("my.hours", { from: time(status.opens_at), to: time(status.closes_at) })}</span>}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
