// The published result, read from the log.
import { useEffect, useState } from "preact/hooks";
import { Failure, Sheet, type Election } from "../app.tsx";
import { bundlePath, getBytes, getStatus, type Manifest } from "../api.ts";
import { core, prepare } from "../core.ts";
import { count, t } from "../i18n.ts";
import { Outcomes, type Result } from "../outcomes.tsx";
import { save } from "../receipt-files.ts";

interface Published { bytes: Uint8Array; result: Result; index: number }

/** The newest result that the log names; the document must be the one. Read from the log's end. */
async function published(): Promise<Published | undefined> {
  await prepare();
  const { log_size: size } = await getStatus();
  for (let bundle = Math.floor((size - 1) / 256); bundle >= 0; bundle--) {
    const width = Math.min(256, size - bundle * 256);
    const staff = await core.staffEntries(await getBytes(bundlePath(bundle, width)), width);
    const publish = staff.filter((entry) => entry.kind === "publish").at(-1);
    if (publish?.document) {
      const bytes = await getBytes(`/log/documents/${publish.document}`);
      if ((await core.address(bytes)) !== publish.document) throw new Error("hash");
      const document: Result | { result: Result } = JSON.parse(new TextDecoder().decode(bytes));
      // As staff signed it, in an envelope, or bare.
      return { bytes, result: "result" in document ? document.result : document, index: publish.index };
    }
    if (staff.some((entry) => entry.kind === "close" || entry.kind === "open")) return undefined;
  }
  return undefined;
}

const PUBLISHED = ["published", "ratified", "ended"];

export function ResultPage({ election }: { election: Election }) {
  const [found, setFound] = useState<Published | "none">();
  const [failure, setFailure] = useState<string>();
  const over = election.now() >= election.status.closes_at || PUBLISHED.includes(election.status.stage);
  useEffect(() => {
    if (!over) return setFound("none");
    published().then((p) => setFound(p ?? "none"), (error: Error) => setFailure(error.message));
  }, []);
  return (
    <Sheet title={t("result.title")}>
      {failure && <Failure why={t("result.failed", { why: failure })} />}
      {!found && !failure && <p role="status">{t("app.loading")}</p>}
      {found === "none" && <div class="notice stack"><p><strong>{t("result.notYet")}</strong></p><p>{t("result.notYetWhy")}</p></div>}
      {found && found !== "none" && <Shown published={found} manifest={election.manifest} />}
    </Sheet>
  );
}

function Shown({ published: { bytes, result, index }, manifest }: { published: Published; manifest: Manifest }) {
  return (
    <>
      <Outcomes result={result} manifest={manifest} />
      <section class="sheet">
        <h2>{t("result.downloads")}</h2>
        <div class="buttons row">
          <button onClick={() => save(new Blob([bytes as BlobPart], { type: "application/json" }), "result.json")}>{t("result.json")}</button>
          <button onClick={() => save(new Blob([csv(result)], { type: "text/csv;charset=utf-8" }), "ranking.csv")}>{t("result.csv")}</button>
        </div>
      </section>
      <section class="sheet">
        <h2>{t("result.checked")}</h2>
        <p>✓ {t("result.checkedHash", { index: count(index) })}</p>
        <p>✓ {t("result.checkedStaff")}</p>
        <p>{t("result.checkedAll")}</p>
        <pre tabIndex={0}>observer verify {location.origin}</pre>
        <div class="buttons row"><a class="button" href="/observe">{t("result.verifyHere")}</a></div>
      </section>
    </>
  );
}

/** Quoted as RFC 4180 says; a leading sign is disarmed, so that no spreadsheet runs a title. */
function csv(result: Result): string {
  const quote = (value: unknown) => `"${String(value ?? "").replace(/^([=+\-@])/, "'$1").replace(/"/g, '""')}"`;
  const head = ["contest", "rank", "id", "title_ko", "title_en", "outcome", "cost", "funded", "score", "reason_ko"];
  const rows = result.contests.flatMap((c) => c.projects.map((p) =>
    [c.id, p.rank, p.id, p.title.ko, p.title.en, p.outcome, p.cost, p.funded, p.score_decimal, p.reason.sentence.ko]));
  return "\ufeff" + [head, ...rows].map((row) => row.map(quote).join(",")).join("\r\n") + "\r\n";
}
