// How each gateway is: whether it takes requests, what waits, what it refused. Never what anybody voted.
import type { Health } from "../api.ts";
import { count, left } from "../../i18n.ts";
import { t } from "../words.ts";

export function Gateways({ gateways }: { gateways: Health[] }) {
  return (
    <section class="stack" data-testid="gateways">
      <h2>{t("gateways.title")}</h2>
      <div class="scroll" tabIndex={0} role="region" aria-label={t("gateways.title")}>
        <table class="many">
          <thead><tr>
            <th scope="col">{t("gateways.address")}</th><th scope="col">{t("gateways.health")}</th><th scope="col" class="number">{t("gateways.inWork")}</th>
            <th scope="col" class="number">{t("gateways.queue")}</th><th scope="col" class="number">{t("gateways.lag")}</th>
            <th scope="col" class="number">{t("gateways.checkpoint")}</th><th scope="col" class="number">{t("gateways.entries")}</th><th scope="col" class="number">{t("gateways.waiting")}</th>
          </tr></thead>
          <tbody>{gateways.map((g) => <Row key={g.address} health={g} />)}</tbody>
        </table>
      </div>
      <p class="soft">{t("gateways.what")}</p>
      <Refusals gateways={gateways} />
    </section>
  );
}

function Row({ health: { address, readiness, now, log_lag_ms: lag } }: { health: Health }) {
  return (
    <tr>
      <th scope="row" class="mono">{address}</th>
      <td><Ready readiness={readiness} />{now?.alone && <><br /><span class="why">{t("gateways.alone")}</span></>}</td>
      <td class="number">{now ? `${count(now.in_work)} / ${count(now.in_work_limit)}` : "–"}</td>
      <td class="number">{now ? `${count(now.proof_queue)} + ${count(now.log_queue)}` : "–"}</td>
      <td class="number">{lag === null ? "–" : t("gateways.ms", { n: count(lag) })}</td>
      <td class="number">{now ? left(now.checkpoint_age * 1000) : "–"}</td>
      <td class="number">{now ? count(now.log_entries) : "–"}</td>
      <td class="number">{now ? count(now.waiting) : "–"}</td>
    </tr>
  );
}

function Ready({ readiness }: { readiness: Health["readiness"] }) {
  if (readiness === null) return <span class="soft">{t("gateways.notAsked")}</span>;
  if (readiness === "ready") return <span class="badge in">✓ {t("gateways.ready")}</span>;
  if (readiness === "unreachable") return <strong class="why">✕ {t("gateways.unreachable")}</strong>;
  return <><strong class="why">✕ {t("gateways.notReady")}</strong> <span class="mono">{readiness["not-ready"]}</span></>;
}

/** Refusals of all gateways together, by reason. */
function Refusals({ gateways }: { gateways: Health[] }) {
  const all = new Map<string, [number, number]>();
  for (const { reason, last_minute, since_start } of gateways.flatMap((g) => g.refused)) {
    const [minute, start] = all.get(reason) ?? [0, 0];
    all.set(reason, [minute + last_minute, start + since_start]);
  }
  const rows = [...all].sort((a, b) => b[1][0] - a[1][0] || b[1][1] - a[1][1]);
  if (rows.length === 0) return <p>{t("gateways.noneRefused")}</p>;
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={t("gateways.refused")}>
      <table>
        <thead><tr><th scope="col">{t("gateways.refused")}</th><th scope="col" class="number">{t("gateways.lastMinute")}</th><th scope="col" class="number">{t("gateways.sinceStart")}</th></tr></thead>
        <tbody>{rows.map(([reason, [minute, start]]) => <tr key={reason}><th scope="row" class="mono">{reason}</th><td class="number">{count(minute)}</td><td class="number">{count(start)}</td></tr>)}</tbody>
      </table>
    </div>
  );
}
