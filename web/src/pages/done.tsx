// The receipt.
import { useEffect, useState } from "preact/hooks";
import { Code, Failure, Sheet } from "../app.tsx";
import { core, prepare } from "../core.ts";
import type { ReceiptFacts } from "../core.worker.ts";
import { count, t, text, time } from "../i18n.ts";
import { forget, readVote } from "../kept.ts";
import { prove, type Proof } from "../evidence.ts";
import { kiosk } from "../kiosk.ts";
import { CountMe } from "./checks.tsx";
import { Leave } from "./kiosk.tsx";
import { receiptFile, receiptImage, receiptPdf, save } from "../receipt-files.ts";
import type { Way } from "./voting.tsx";

const verified = async (receipt: Uint8Array): Promise<ReceiptFacts> => {
  await prepare();
  return core.checkReceipt(receipt);
};

export function Done({ way }: { way: Way }) {
  const { vote, election } = way;
  const receipt = vote.receipt!;
  const [facts, setFacts] = useState<ReceiptFacts>();
  const [failure, setFailure] = useState<string>();
  const read = () => {
    setFailure(undefined);
    verified(receipt).then(setFacts, (error: Error) => setFailure(t("receipt.bad", { why: error.message })));
  };
  useEffect(read, [receipt]);
  const title = text(election.manifest.title);
  const draw = async (work: (facts: ReceiptFacts, title: string) => Promise<[Blob, string]>) => {
    if (facts) save(...(await work(facts, title)));
  };
  return (
    <main id="main" tabIndex={-1}>
      <Finished elsewhere={vote.elsewhere === true} />
      {failure && <Failure why={failure} again={read} />}
      {facts && <Facts facts={facts} />}
      {facts && <Verify receipt={receipt} />}
      {kiosk && <Leave />}
      {facts && !kiosk && (
        <section class="sheet">
          <h2>{t("done.save")}</h2>
          <p class="soft">{t("done.saveWhy")}</p>
          <div class="buttons row">
            <button onClick={() => void draw(receiptImage)}>{t("done.image")}</button>
            <button onClick={() => void draw(receiptPdf)}>{t("done.pdf")}</button>
            <button onClick={() => void draw(async () => receiptFile(receipt, facts))}>{t("done.file")}</button>
          </div>
        </section>
      )}
      {!kiosk && <section class="stack">
        <p class="soft">{t("done.forgetWhy")}</p>
        <div class="buttons row">
          <button onClick={() => void forget(vote.election).then(async () => way.keep(await readVote(vote.election)))}>{t("done.forget")}</button>
        </div>
      </section>}
    </main>
  );
}

function Finished({ elsewhere }: { elsewhere: boolean }) {
  useEffect(() => { document.getElementById("finished")?.focus(); scrollTo(0, 0); }, []);
  return (
    <div class="finished">
      <svg viewBox="0 0 32 32" aria-hidden="true"><circle cx="16" cy="16" r="15" fill="none" stroke="currentColor" stroke-width="2" /><path d="M8.5 16.5l5 5 10-10.5" fill="none" stroke="currentColor" stroke-width="3" stroke-linecap="round" stroke-linejoin="round" /></svg>
      <h1 id="finished" tabIndex={-1}>{t("done.title")}</h1>
      <p>{t(elsewhere ? "done.elsewhere" : "done.thanks")}</p>
    </div>
  );
}

export function Facts({ facts }: { facts: ReceiptFacts }) {
  return (
    <section class="sheet">
      <h2>{t("done.code")}</h2>
      <Code short={facts.short} />
      <dl class="facts">
        <dt>{t("done.time")}</dt><dd>{time(facts.time, true)}</dd>
        <dt>{t("done.index")}</dt><dd>{count(facts.index)}</dd>
      </dl>
    </section>
  );
}

export function Verify({ receipt }: { receipt: Uint8Array }) {
  const [state, setState] = useState<"idle" | "busy" | Proof | Error>("idle");
  const run = () => {
    setState("busy");
    prove(receipt).then(setState, (error: Error) => setState(error));
  };
  return (
    <section class="stack">
      <div class="buttons"><button onClick={run}>{t("done.verify")}</button></div>
      <div role="status">
        {state === "busy" && <p>{t("done.verifying")}</p>}
        {state instanceof Error && <p class="notice bad">{t("done.unverified", { why: state.message })}</p>}
        {typeof state === "object" && !(state instanceof Error) && <Verified proof={state} />}
      </div>
      {typeof state === "object" && !(state instanceof Error) && <CountMe what="receipt" />}
    </section>
  );
}

export function Verified({ proof }: { proof: Proof }) {
  return (
    <div class="notice good">
      <p><strong>✓ {t("done.verified")}</strong></p>
      <p class="soft">{t("done.verifiedHow", { size: count(proof.size) })}</p>
    </div>
  );
}

export { Sheet };
