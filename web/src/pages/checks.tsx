// How many people say that they have checked, and saying so.
import { useEffect, useState } from "preact/hooks";
import { getChecks, getStatus, postCheck, type Checks, type What } from "../api.ts";
import { count, t } from "../i18n.ts";
import { kiosk } from "../kiosk.ts";

/** The numbers, with what they are worth. */
export function Checked() {
  const [checks, setChecks] = useState<Checks>();
  useEffect(() => {
    const read = () => void getChecks().then(setChecks, () => undefined);
    read();
    addEventListener(COUNTED, read);
    return () => removeEventListener(COUNTED, read);
  }, []);
  if (!checks) return null;
  return (
    <section class="sheet" data-testid="checks">
      <h2>{t("checks.title")}</h2>
      <dl class="facts">
        <dt>{t("checks.receipts")}</dt><dd>{t("checks.people", { n: count(checks.receipts) })}</dd>
        <dt>{t("checks.elections")}</dt><dd>{t("checks.people", { n: count(checks.elections) })}</dd>
      </dl>
      <p class="soft">{t("checks.worth")}</p>
    </section>
  );
}

/** That somebody was counted: whoever shows the numbers reads them again. */
const COUNTED = "hanpyo-counted";

/** This device says so once for an election; it alone knows that it did. */
async function countOnce(what: What): Promise<void> {
  const name = `counted-${what}-${(await getStatus()).election}`;
  try { if (localStorage.getItem(name)) return; } catch { /* it holds for this visit */ }
  await postCheck(what);
  try { localStorage.setItem(name, "1"); } catch { /* as above */ }
}

/** Asks whoever has checked whether they want to be counted. Nothing is sent unless they do. */
export function CountMe({ what }: { what: What }) {
  const [state, setState] = useState<"asked" | "busy" | "counted" | "failed">("asked");
  if (kiosk) return null;
  const run = () => {
    setState("busy");
    countOnce(what).then(() => { setState("counted"); dispatchEvent(new Event(COUNTED)); }, () => setState("failed"));
  };
  return (
    <div class="stack">
      {(state === "asked" || state === "failed") && (
        <>
          <p class="soft">{t("checks.ask")}</p>
          <div class="buttons row"><button class="small" onClick={run}>{t("checks.count")}</button></div>
        </>
      )}
      <div role="status">
        {state === "counted" && <p>✓ {t("checks.counted")}</p>}
        {state === "failed" && <p>{t("error.network")}</p>}
      </div>
    </div>
  );
}
