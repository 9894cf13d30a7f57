// What became of a roll file's rows: counts, the rows that are not accepted, and a report to keep.
import { useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import type { RollReport, Verdict } from "../api.ts";
import { keepFile } from "../keep.ts";
import { count, text } from "../../i18n.ts";
import { t } from "../words.ts";

const VERDICTS: Verdict[] = ["accepted", "duplicate", "malformed", "ambiguous"];
/** Rows of the table at once. */
const PAGE = 50;

export function Report({ report, children }: { report: RollReport; children: ComponentChildren }) {
  const { counts, not_accepted: rows, kept } = report;
  const name = `roll-${kept ? "import" : "check"}-${report.number}.csv`;
  return (
    <section class="sheet" data-testid="report">
      <h2>{kept ? t("rolls.done") : t("rolls.checked")}</h2>
      <p role="status" class={kept ? "notice good" : "notice"}>{kept ? t("rolls.doneWhat", { n: count(report.number) }) : t("rolls.checkedWhat", { rows: count(report.rows) })}</p>
      <div class="cards">{VERDICTS.map((verdict) => (
        <div class="card" key={verdict}><span class="soft">{t(`rolls.verdict.${verdict}`)}</span><strong data-testid={verdict}>{count(counts[verdict])}</strong></div>
      ))}</div>
      {kept && <p>{t("rolls.record")} <a href="#/">{t("menu.running")}</a></p>}
      {children}
      {counts.malformed + counts.ambiguous > 0 && <p>{t("rolls.settle")}</p>}
      {rows.length > 0 && <Rows report={report} />}
      {rows.length > 0 && <div class="buttons"><button onClick={() => keepFile(csv(report), name)}>{t("rolls.report")}</button></div>}
    </section>
  );
}

/** The rows that are not accepted, a page at a time; the gateway says what each code means. */
function Rows({ report: { not_accepted: rows, codes, rows: all, counts } }: { report: RollReport }) {
  const [from, setFrom] = useState(0);
  const shown = rows.slice(from, from + PAGE);
  const left = all - counts.accepted;
  return (
    <div class="stack">
      <h3>{t("rolls.rows")}</h3>
      {left > rows.length && <p class="notice">{t("rolls.first", { n: count(rows.length), all: count(left) })}</p>}
      <table data-testid="rows">
        <thead><tr><th scope="col" class="number">{t("rolls.row")}</th><th scope="col">{t("rolls.why")}</th></tr></thead>
        <tbody>{shown.map(({ row, code }) => {
          const said = codes[code]!;
          return <tr key={row}><td class="number">{count(row)}</td><td><strong>{t(`rolls.verdict.${said.verdict}`)}</strong> {text(said)}</td></tr>;
        })}</tbody>
      </table>
      {rows.length > PAGE && (
        <div class="buttons row">
          <button class="small" disabled={from === 0} onClick={() => setFrom(from - PAGE)}>{t("rolls.before")}</button>
          <span role="status">{t("rolls.shown", { n: count(rows.length), from: count(from + 1), to: count(from + shown.length) })}</span>
          <button class="small" disabled={from + PAGE >= rows.length} onClick={() => setFrom(from + PAGE)}>{t("rolls.after")}</button>
        </div>
      )}
    </div>
  );
}

/** As `gateway roll report` writes it, for a spreadsheet: it begins with a mark by which one knows UTF-8. */
function csv({ not_accepted: rows, codes }: RollReport): Uint8Array {
  const quoted = (words: string) => `"${words.replaceAll('"', '""')}"`;
  const lines = rows.map(({ row, code }) => {
    const said = codes[code]!;
    return [row, said.verdict, code, quoted(said.ko), quoted(said.en)].join(",");
  });
  return new TextEncoder().encode(`\ufeff${["row,verdict,code,ko,en", ...lines].join("\n")}\n`);
}
