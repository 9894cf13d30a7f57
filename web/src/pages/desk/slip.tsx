// A kiosk code as it is handed over: large, and on paper without anything else of the page.
import type { ComponentChildren } from "preact";
import { Sheet } from "../../app.tsx";
import type { KioskCode, Text } from "../../api.ts";
import { t, text, time } from "../../i18n.ts";

export function Slip({ title, issued, children }: { title: Text; issued: KioskCode; children: ComponentChildren }) {
  return (
    <Sheet title={t("desk.codeTitle")}>
      <section class="slip" aria-label={t("desk.slip")}>
        <h2>{text(title)}</h2>
        <p class="code" data-testid="kiosk-code">{issued.code.split(" ").map((group, i) => <span key={i}>{group} </span>)}</p>
        <p><strong>{t("desk.until", { time: time(issued.expires_at) })}</strong></p>
        <p>{t("desk.where", { address: `${location.host}/kiosk` })}</p>
        <p class="soft">{t("desk.once")}</p>
      </section>
      <div class="buttons unprinted"><button class="primary" onClick={() => print()}>{t("desk.print")}</button></div>
      {children}
    </Sheet>
  );
}
