// Every entry of the log, in pages of 256.
import { useEffect, useState } from "preact/hooks";
import { Failure } from "../../app.tsx";
import { count, language, t, time } from "../../i18n.ts";
import type { Line } from "../../observer.worker.ts";

const PAGE = 256;
/** How many are shown before more are asked for. */
const FEW = 20;

export function Explorer({ size, read }: { size: number; read: (page: number) => Promise<Line[]> }) {
  const last = Math.max(0, Math.ceil(size / PAGE) - 1);
  const [page, setPage] = useState(last);
  const [lines, setLines] = useState<Line[]>();
  const [failure, setFailure] = useState<string>();
  const [kind, setKind] = useState("");
  const [many, setMany] = useState(FEW);
  // The last page grows with the log.
  const grown = page === last ? size : 0;
  useEffect(() => {
    let current = true;
    read(page).then((found) => { if (current) { setLines(found); setFailure(undefined); } }, (error: Error) => { if (current) setFailure(error.message); });
    return () => { current = false; };
  }, [page, grown]);
  const kinds = [...new Set(lines?.map((line) => line.kind))].sort();
  const shown = (lines ?? []).filter((line) => !kind || line.kind === kind).reverse();
  const turn = (to: number) => { setKind(""); setMany(FEW); setPage(Math.min(last, Math.max(0, to))); };
  const jump = (event: Event) => {
    event.preventDefault();
    const index = Number(new FormData(event.currentTarget as HTMLFormElement).get("index"));
    if (!Number.isSafeInteger(index)) return;
    turn(Math.floor(index / PAGE));
    // The newest come first: down to the one that was asked for.
    setMany(PAGE);
  };
  return (
    <section class="stack">
      <h2>{t("explore.title")}</h2>
      <p>{t("explore.intro")}</p>
      <div class="fields">
        <div>
          <label for="kind">{t("explore.kind")}</label>
          <select id="kind" value={kind} onChange={(e) => setKind(e.currentTarget.value)}>
            <option value="">{t("explore.all")}</option>
            {kinds.map((name) => <option key={name} value={name}>{title(name)}</option>)}
          </select>
        </div>
        <form onSubmit={jump}>
          <label for="index">{t("explore.jump")}</label>
          <div class="line"><input id="index" name="index" type="number" min={0} max={size - 1} inputMode="numeric" /><button>{t("explore.go")}</button></div>
        </form>
      </div>
      {failure && <Failure why={failure} />}
      <p role="status">{lines && t("explore.shown", { from: count(page * PAGE), to: count(page * PAGE + lines.length - 1), n: count(Math.min(many, shown.length)) })}</p>
      <ol class="entries" reversed>{shown.slice(0, many).map((line) => <Entry key={line.index} line={line} />)}</ol>
      <div class="buttons row">
        {shown.length > many && <button onClick={() => setMany(many + FEW)}>{t("explore.more")}</button>}
        <button aria-disabled={page === last} onClick={() => turn(page + 1)}>{t("explore.newer")}</button>
        <button aria-disabled={page === 0} onClick={() => turn(page - 1)}>{t("explore.older")}</button>
      </div>
    </section>
  );
}

const KINDS = [
  "create", "restart-ceremony", "open", "pause", "resume", "extend", "withdraw", "software-changed", "annul", "close", "publish",
  "ratify", "destroy-pseudonym-key", "offline-totals", "notice", "roll", "first-round", "second-round", "complaint", "confirmation", "decryption",
  "credential", "ballot", "spoiled",
] as const;
type Kind = (typeof KINDS)[number];
const title = (kind: string): string => (KINDS.includes(kind as Kind) ? t(`kind.${kind as Kind}`) : kind);

const FACTS = ["class", "serial", "sequence", "pseudonym", "signers", "trustee", "project", "group", "people", "code", "document"] as const;

function Entry({ line }: { line: Line }) {
  const { facts } = line;
  return (
    <li value={line.index}>
      <p><b>{count(line.index)}</b> <strong>{title(line.kind)}</strong> <span class="soft">{time(line.time, true)}</span></p>
      {facts.short && <p><code>{facts.short}</code></p>}
      {facts[language] && <p>{facts[language]}</p>}
      {facts.until && <p>{time(Number(facts.until))}</p>}
      <details>
        <summary>{t("explore.facts")}</summary>
        <dl class="facts">{FACTS.filter((name) => facts[name]).map((name) => [
          <dt key={name}>{t(`fact.${name}`)}</dt>,
          <dd key={`${name}-value`} class="long">{name === "document" ? <a href={`/log/documents/${facts.document}`}><code>{facts.document}</code></a> : <code>{facts[name]}</code>}</dd>,
        ])}</dl>
      </details>
    </li>
  );
}
