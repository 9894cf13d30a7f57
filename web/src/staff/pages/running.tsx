// The running election: a dashboard without any total, and what may be proposed at its stage.
import { useEffect, useState } from "preact/hooks";
import { Failure, Sheet } from "../app.tsx";
import { Denied, get, type Dashboard, type Me, type Part } from "../api.ts";
import type { Manifest } from "../../api.ts";
import { count, left, text, time } from "../../i18n.ts";
import { maybe, t } from "../words.ts";
import { Acts } from "./acts.tsx";
import { Gateways } from "./gateways.tsx";
import { TrusteesProgress } from "./trustees.tsx";

type Voted = Manifest & { classes: Part[] };
/** How often the dashboard asks, in ms. */
const EVERY = 5_000;

export function Running({ me }: { me: Me }) {
  const [board, setBoard] = useState<Dashboard>();
  const [manifest, setManifest] = useState<Voted>();
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    const load = async () => {
      try {
        setBoard(await get<Dashboard>("/election"));
        setError(undefined);
      } catch (error) { setError(error); }
    };
    void load();
    const timer = setInterval(load, EVERY);
    return () => clearInterval(timer);
  }, []);
  useEffect(() => { if (board && !manifest) get<Voted>("/manifest").then(setManifest, () => undefined); }, [board]);
  const none = error instanceof Denied && error.kind === "gateway-unreachable";
  return (
    <Sheet title={manifest ? text(manifest.title) : t("running.title")}>
      {none && !board && <div class="notice stack"><p><strong>{t("running.none")}</strong></p><p>{t("running.noneWhat")}</p><p><a href="#/drafts">{t("menu.drafts")}</a></p></div>}
      {error !== undefined && (!none || board) && <Failure error={error} />}
      {board && <Board board={board} manifest={manifest} />}
      {board && <TrusteesProgress trustees={board.trustees} />}
      {board && board.gateways.length > 0 && <Gateways gateways={board.gateways} />}
      {board && manifest && me.role === "manager" && <Acts board={board} manifest={manifest} />}
      {board && <section class="notice stack"><p><strong>{t("running.fixed")}</strong></p><p>{t("running.fixedWhat")}</p></section>}
    </Sheet>
  );
}

function Board({ board: { status, classes, arrivals, checkpoint }, manifest }: { board: Dashboard; manifest: Voted | undefined }) {
  const title = (id: string) => { const found = manifest?.classes.find((c) => c.id === id); return found ? text(found.title) : id; };
  const now = status.server_time;
  const until = now < status.opens_at ? [t("running.opensIn"), status.opens_at] as const : [t("running.closesIn"), status.closes_at] as const;
  const most = Math.max(1, ...arrivals.map((minute) => minute.cast));
  const last = arrivals.at(-1)?.cast ?? 0;
  return (
    <>
      <div class="cards">
        <div class="card"><span class="soft">{t("running.stage")}</span><strong data-testid="stage">{maybe(`stage.${status.stage}`, status.stage)}</strong><span>{status.accepting ? t("running.accepting") : t("running.notAccepting")}</span></div>
        <div class="card"><span class="soft">{until[0]}</span><strong>{now < until[1] ? left(until[1] - now) : t("running.over")}</strong><span>{time(until[1], true)}</span></div>
        <div class="card"><span class="soft">{t("running.perMinute")}</span><strong>{count(last)}</strong><span>{t("running.lastMinute")}</span></div>
        <div class="card"><span class="soft">{t("running.health")}</span>
          {"verified" in checkpoint ? <><strong>{t("running.well")}</strong><span>{t("running.checkpoint", { n: count(checkpoint.verified) })}</span></>
            : <><strong class="why">{t("running.ill")}</strong><span class="mono">{checkpoint.refused}</span></>}</div>
      </div>
      <section class="stack">
        <h2>{t("running.arrivals")}</h2>
        <div class="bars">
          <svg viewBox="0 0 60 100" preserveAspectRatio="none" role="img" aria-label={t("running.arrivalsAlt", { n: arrivals.length, most: count(arrivals.length ? most : 0), last: count(last) })}>
            {arrivals.map((minute, i) => { const height = (100 * minute.cast) / most; return <rect key={minute.from} x={60 - arrivals.length + i} y={100 - height} width="0.9" height={height} />; })}
          </svg>
        </div>
      </section>
      <section class="stack">
        <h2>{t("running.classes")}</h2>
        <table>
          <thead><tr><th scope="col">{t("running.class")}</th><th scope="col" class="number">{t("running.issued")}</th><th scope="col" class="number">{t("running.cast")}</th></tr></thead>
          <tbody>{classes.map((c) => <tr key={c.class}><th scope="row">{title(c.class)}</th><td class="number">{count(c.issued)}</td><td class="number">{count(c.cast)}</td></tr>)}</tbody>
        </table>
        <p class="soft">{t("running.noTotals")}</p>
      </section>
    </>
  );
}
