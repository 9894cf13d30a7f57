// Anyone's receipt check, by code or file.
import { useState } from "preact/hooks";
import { Failure, Sheet } from "../app.tsx";
import { Refused, Unreachable, findReceipts, fromBase64 } from "../api.ts";
import { core, prepare } from "../core.ts";
import type { ReceiptFacts } from "../core.worker.ts";
import { prove, type Proof } from "../evidence.ts";
import { t } from "../i18n.ts";
import { CountMe } from "./checks.tsx";
import { Facts, Verified } from "./done.tsx";

interface Checked { facts: ReceiptFacts; proof: Proof }
/** The longest file that is read, in bytes. */
const LONGEST = 10_000;

export function ReceiptPage() {
  const [code, setCode] = useState("");
  const [found, setFound] = useState<Checked[]>();
  const [failure, setFailure] = useState<string>();
  const [busy, setBusy] = useState(false);
  const check = async (receipts: () => Promise<Uint8Array[]>) => {
    setBusy(true);
    setFound(undefined);
    setFailure(undefined);
    try {
      await prepare();
      const all: Checked[] = [];
      for (const receipt of await receipts()) all.push({ facts: await core.checkReceipt(receipt), proof: await prove(receipt) });
      setFound(all);
    } catch (error) {
      setFailure(
        error instanceof Unreachable ? t("error.network")
          : error instanceof Refused ? t("receipt.none") : t("receipt.bad", { why: (error as Error).message }),
      );
    }
    setBusy(false);
  };
  const submit = (event: Event) => { event.preventDefault(); if (code.trim()) void check(() => findReceipts(code.trim())); };
  const open = (event: Event) => {
    const file = (event.currentTarget as HTMLInputElement).files?.[0];
    if (file) void check(async () => [fromBase64(JSON.parse(await file.slice(0, LONGEST).text()).receipt)]);
  };
  return (
    <Sheet title={t("receipt.title")}>
      <p>{t("receipt.intro")}</p>
      <form class="sheet" onSubmit={submit}>
        <div>
          <label for="code">{t("receipt.code")}</label>
          <input id="code" value={code} autocomplete="off" autocapitalize="characters" spellcheck={false} maxLength={64}
            placeholder="9EN7-6038-CNSX-7CET-XMYJ" onInput={(e) => setCode(e.currentTarget.value)} />
        </div>
        <div class="buttons"><button class="primary" type="submit">{t("receipt.go")}</button></div>
        <div>
          <label for="file">{t("receipt.file")}</label>
          <input id="file" type="file" accept=".json,application/json" onChange={open} />
        </div>
      </form>
      <div role="status" class="stack">
        {busy && <p>{t("done.verifying")}</p>}
        {found?.map(({ facts, proof }) => (
          <section class="stack" key={facts.code}>
            <h2>{t("receipt.good")}</h2>
            <Facts facts={facts} />
            <Verified proof={proof} />
          </section>
        ))}
      </div>
      {found && found.length > 0 && <CountMe what="receipt" />}
      {failure && <div data-testid="bad"><h2>{t("receipt.badTitle")}</h2><Failure why={failure} /></div>}
    </Sheet>
  );
}
