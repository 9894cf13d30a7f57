// The published result, its downloads, and the assembly's decision on it.
import { useEffect, useState } from "preact/hooks";
import { Failure, Sheet, useWork } from "../app.tsx";
import { Denied, get, getBytes, type Dashboard, type Me, type Published } from "../api.ts";
import { keepFile } from "../keep.ts";
import type { Manifest } from "../../api.ts";
import { count, language, text, won } from "../../i18n.ts";
import { Outcomes } from "../../outcomes.tsx";
import { t } from "../words.ts";
import { Ratify } from "./ratify.tsx";

export function ResultPage({ me }: { me: Me }) {
  const [published, setPublished] = useState<Published | null>();
  const [manifest, setManifest] = useState<Manifest>();
  const [actions, setActions] = useState<string[]>([]);
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    const load = async () => {
      setManifest(await get<Manifest>("/manifest"));
      setPublished(await get<Published>("/result"));
      setActions((await get<Dashboard>("/election")).actions);
    };
    load().catch((error) => (error instanceof Denied && error.kind === "not-found" ? setPublished(null) : setError(error)));
  }, []);
  return (
    <Sheet title={t("published.title")}>
      {error !== undefined && <Failure error={error} />}
      {published === null && <div class="notice stack"><p><strong>{t("published.none")}</strong></p><p>{t("published.noneWhat")}</p></div>}
      {published && manifest && (
        <>
          <p class="notice good">{t("published.checked", { n: count(published.entry) })}</p>
          {published.decision && <Decided decision={published.decision} manifest={manifest} />}
          <Outcomes result={published.result} manifest={manifest} />
          <Downloads published={published} />
          {actions.includes("ratify") && me.role === "manager" && <Ratify published={published} />}
        </>
      )}
    </Sheet>
  );
}

function Downloads({ published }: { published: Published }) {
  const { busy, error, run } = useWork();
  const keep = (name: string) => () => void run(async () => keepFile(await getBytes(`/result/${encodeURIComponent(name)}?lang=${language}`), name));
  const files = [["report.html", t("published.html")], ["projects.csv", t("published.csv")], ["workbook.xlsx", t("published.xlsx")], ["result.json", t("published.json")]] as const;
  const named = (id: string) => { const found = published.result.contests.find((c) => c.id === id); return found ? text(found.title) : id; };
  return (
    <section class="sheet">
      <h2>{t("published.downloads")}</h2>
      {error !== undefined && <Failure error={error} />}
      <div class="buttons row">
        {files.map(([name, label]) => <button key={name} disabled={busy} onClick={keep(name)}>{label}</button>)}
        {published.contests.map((id) => <button key={id} disabled={busy} onClick={keep(`${id}.pb`)}>{t("published.pb", { contest: named(id) })}</button>)}
      </div>
      <p class="soft">{t("published.same")}</p>
      <dl class="facts"><dt>{t("decision.result")}</dt><dd class="mono">{published.hash}</dd></dl>
    </section>
  );
}

/** What the assembly decided otherwise; the citizens' result below stays as it was published. */
function Decided({ decision, manifest }: { decision: NonNullable<Published["decision"]>; manifest: Manifest }) {
  const titles = new Map(manifest.contests.flatMap((c) => c.projects).map((p) => [p.id, p.title]));
  return (
    <section class="sheet" data-testid="decided">
      <h2>{t("decision.title")}</h2>
      <p>{text(decision.assembly)}, {decision.decided_on}. {t("proposal.entry", { n: count(decision.entry) })}</p>
      <p><strong>{decision.changes.length === 0 ? t("decision.stands") : t("decision.changes", { n: count(decision.changes.length) })}</strong></p>
      <ul>{decision.changes.map((c) => (
        <li key={c.project}>{titles.has(c.project) ? text(titles.get(c.project)!) : c.project}: {t(`outcome.${c.from}`)} → {t(`outcome.${c.to}`)}, {won(c.funded)}. {text(c.reason)}</li>
      ))}</ul>
      <p class="soft">{t("decision.beside")}</p>
    </section>
  );
}
