// The desk (창구), which is a page of the gateway's: opened here with a pass for whoever is signed in.
import { useEffect, useState } from "preact/hooks";
import { Failure, Sheet, useWork } from "../app.tsx";
import { get, post, type Desk } from "../api.ts";
import { t } from "../words.ts";
import { time } from "../../i18n.ts";

export function DeskPage() {
  const [desk, setDesk] = useState<Desk>();
  const { error, run } = useWork();
  useEffect(() => { void run(async () => setDesk(await get<Desk>("/desk"))); }, []);
  return (
    <Sheet title={t("desk.title")}>
      {error !== undefined && <Failure error={error} />}
      <p>{t("desk.what")}</p>
      <ol class="steps"><li>{t("desk.step1")}</li><li>{t("desk.step2")}</li><li>{t("desk.step3")}</li></ol>
      {desk?.configured === false && <p class="notice care">{t("desk.none")}</p>}
      {desk?.configured && <Open />}
      {desk && <p><a href={desk.kiosk} target="_blank" rel="noopener noreferrer">{t("desk.kiosk")}</a></p>}
    </Sheet>
  );
}

function Open() {
  const [until, setUntil] = useState<number>();
  const { busy, error, run } = useWork();
  const open = () => void run(async () => {
    const opened = await post<{ url: string; expires_at: number }>("/desk/pass");
    // A tab that knows nothing of this one; the pass never stands in this page.
    Object.assign(document.createElement("a"), { href: opened.url, target: "_blank", rel: "noopener noreferrer" }).click();
    setUntil(opened.expires_at);
  });
  return (
    <section class="sheet">
      <p>{t("desk.pass")}</p>
      {error !== undefined && <Failure error={error} />}
      <div class="buttons"><button class="primary" disabled={busy} onClick={open}>{t("desk.open")}</button></div>
      <div role="status">{until !== undefined && <p class="notice good">{t("desk.opened", { until: time(until) })}</p>}</div>
    </section>
  );
}
