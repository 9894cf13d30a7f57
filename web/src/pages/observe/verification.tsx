// The whole verification, in this browser, by the observer's own code.
import { useEffect, useRef, useState } from "preact/hooks";
import { Failure, type Election } from "../../app.tsx";
import { getBytes } from "../../api.ts";
import { count, language, t } from "../../i18n.ts";
import { ObserverWorker } from "../../observer.ts";
import type { Check, Report } from "../../observer.worker.ts";
import { save } from "../../receipt-files.ts";
import { CountMe } from "../checks.tsx";

/** Above so many entries a telephone is the wrong device. */
const LARGE = 20_000;

/** What each sentence rests on; every check of the observer is in one of them. */
const SENTENCES: [key: "log" | "staff" | "people" | "ballots" | "shares" | "result", checks: RegExp][] = [
  ["log", /^(files|checkpoint-|merkle-|consistency|documents|entry-|held-|witness-)/],
  ["staff", /^(manifest|staff-|stage|schedule|ceremony)/],
  ["people", /^(credential-|voter-key|ballot-credential|ballot-signature|one-ballot|receipts)/],
  ["ballots", /^(tracking-|spoiled-|ciphertext-|ballot-proof)/],
  ["shares", /^(sums|decryption-|offline-)/],
  ["result", /^(totals|weights|ranking|cut-off|result-)/],
];

type State = { step: "idle" } | { step: "busy"; done: number; total: number } | { step: "done"; report: Report } | { step: "error"; why: string };

export function Verification({ election, size, checkpoint }: { election: Election; size: number | undefined; checkpoint: () => string | null }) {
  const [state, setState] = useState<State>({ step: "idle" });
  const worker = useRef<ObserverWorker>(null);
  const stop = () => { worker.current?.stop(); worker.current = null; };
  useEffect(() => stop, []);
  const run = async () => {
    setState({ step: "busy", done: 0, total: size ?? 0 });
    const observer = new ObserverWorker((_, done, total) => setState({ step: "busy", done, total }));
    worker.current = observer;
    const note = checkpoint();
    try {
      const report = await observer.call("verify", location.origin, note ? new TextEncoder().encode(note) : undefined);
      const same = report.election_id === null || report.election_id === election.status.election;
      setState(same ? { step: "done", report } : { step: "error", why: t("observe.otherElection") });
    } catch (error) {
      setState({ step: "error", why: (error as Error).message });
    }
    stop();
  };
  return (
    <section class="stack">
      <h2>{t("verify.title")}</h2>
      <p>{t("verify.intro")}</p>
      {size !== undefined && size > LARGE && <p class="notice care">{t("verify.large", { n: count(size) })}</p>}
      {state.step !== "busy" && <div class="buttons"><button class="primary" onClick={() => void run()}>{t("verify.run")}</button></div>}
      {state.step === "busy" && (
        <div class="stack">
          <label for="verified">{t("verify.busy", { done: count(state.done), total: count(state.total) })}</label>
          <progress id="verified" max={state.total || 1} value={state.done} />
          <div class="buttons row"><button onClick={() => { stop(); setState({ step: "idle" }); }}>{t("verify.stop")}</button></div>
        </div>
      )}
      <div role="status" class="stack">
        {state.step === "error" && <Failure why={t("verify.error", { why: state.why })} />}
        {state.step === "done" && <Found report={state.report} />}
      </div>
      {state.step === "done" && state.report.verdict !== "failed" && <CountMe what="election" />}
    </section>
  );
}

function Found({ report }: { report: Report }) {
  const download = () => save(new Blob([JSON.stringify(report, null, 1)], { type: "application/json" }), "verification.json");
  const failed = report.first_failure;
  return (
    <div class={`notice stack ${report.verdict === "failed" ? "bad" : "good"}`} data-testid="verdict">
      <p><strong>{report.verdict === "failed" ? "✕" : "✓"} {t(`verify.${report.verdict}`)}</strong></p>
      {failed && <p><code>{failed.check}</code>{failed.entry !== null && ` (${t("verify.entry", { n: count(failed.entry) })})`}: {failed.detail}</p>}
      <ul class="plain stack">
        {SENTENCES.map(([key, names]) => <Sentence key={key} name={t(`verify.${key}`)} checks={report.checks.filter((c) => names.test(c.name))} />)}
      </ul>
      {report.software && <Software entry={report.software.entry} document={report.software.document} />}
      <details>
        <summary>{t("verify.checks", { n: report.checks.length })}</summary>
        <ul class="plain">{report.checks.map((c) => <li key={c.name}>{mark(c.status)} <code>{c.name}</code> {c.detail && <span class="soft">{c.detail}</span>}</li>)}</ul>
      </details>
      <details>
        <summary>{t("verify.trusted")}</summary>
        <ul class="steps">{report.trusted.map((item) => <li key={item.id}>{item[language]}</li>)}</ul>
      </details>
      <div class="buttons row"><button class="small" onClick={download}>{t("verify.report")}</button></div>
    </div>
  );
}

/** Whether the files that are served now are those of the log. */
function Software({ entry, document }: { entry: number; document: string }) {
  const [state, setState] = useState<{ same: boolean; files: number }>();
  useEffect(() => { servedAs(document).then(setState, () => setState({ same: false, files: 0 })); }, [document]);
  if (!state) return null;
  const values = { entry: count(entry), n: count(state.files) };
  return <p>{mark(state.same ? "pass" : "fail")} {t(state.same ? "verify.software" : "verify.softwareOther", values)}</p>;
}

/** Compares the list with the log's, and every file with the list where the browser can hash. */
async function servedAs(document: string): Promise<{ same: boolean; files: number }> {
  const bytes = await getBytes("/assets.json");
  const observer = new ObserverWorker();
  const address = await observer.call("address", bytes).finally(() => observer.stop());
  if (address !== document) return { same: false, files: 0 };
  const { files } = JSON.parse(new TextDecoder().decode(bytes)) as { files: { path: string; sha256: string }[] };
  for (const file of globalThis.crypto.subtle ? files : []) {
    const content = await getBytes(file.path === "index.html" ? "/" : `/${file.path}`);
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", content as BufferSource));
    if ([...hash].map((b) => b.toString(16).padStart(2, "0")).join("") !== file.sha256) return { same: false, files: 0 };
  }
  return { same: true, files: files.length };
}

const mark = (status: Check["status"]): string => ({ pass: "✓", fail: "✕", "not-asked": "–", "not-reached": "…" })[status];

/** A sentence holds if every check below it passed; what was not asked for says nothing. */
function Sentence({ name, checks }: { name: string; checks: Check[] }) {
  const asked = checks.filter((c) => c.status !== "not-asked");
  const state = asked.some((c) => c.status === "fail") ? "fail" : asked.every((c) => c.status === "pass") ? "pass" : "not-reached";
  return <li>{mark(state)} {name} <span class="soft">{t(`verify.state.${state}`)}</span></li>;
}
