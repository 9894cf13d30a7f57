// 본인확인. The picks stay where they are: on this device.
import { useState } from "preact/hooks";
import { Failure, Sheet } from "../app.tsx";
import { Refused, identifyDemo, type Unmet } from "../api.ts";
import { language, t, text } from "../i18n.ts";
import { Qr } from "./qr.tsx";
import { Steps, type Way } from "./voting.tsx";

export function Identify({ way, wait }: { way: Way; wait: () => void }) {
  const demo = way.election.status.identity_providers.includes("demo");
  return (
    <Sheet title={t("identify.title")}>
      <Steps now={3} />
      <p>{t("identify.why")}</p>
      {way.vote.refused?.kind === "session-expired" && <p class="notice care">{t("identify.expired")}</p>}
      {way.vote.refused?.kind === "credential-not-current" && <p class="notice care">{t("identify.elsewhere")}</p>}
      {demo ? <Demo way={way} wait={wait} /> : <p class="notice care">{t("identify.none")}</p>}
      <div class="buttons"><button onClick={() => void way.go("review")}>{t("app.back")}</button></div>
    </Sheet>
  );
}

function Demo({ way, wait }: { way: Way; wait: () => void }) {
  const [name, setName] = useState("");
  const [error, setError] = useState<string>();
  const [unmet, setUnmet] = useState<Unmet>();
  const [busy, setBusy] = useState(false);
  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy) return;
    if (!name.trim()) return setError(t("identify.nameEmpty"));
    setBusy(true);
    setError(undefined);
    setUnmet(undefined);
    try {
      const session = await identifyDemo(`made-up-${name.trim()}`, way.vote.ticket);
      await way.change((v) => {
        v.session = { token: session.session, until: session.expires_at };
        delete v.refused;
        delete v.ticket;
      });
      await way.go("seal");
    } catch (failure) {
      const refused = failure instanceof Refused ? failure : undefined;
      if (refused && ["waiting-room", "ticket-invalid"].includes(refused.kind)) return wait();
      if (refused?.unmet) setUnmet(refused.unmet);
      else setError(refused ? refused.details[language] : t("error.network"));
      setBusy(false);
    }
  };
  return (
    <form class="sheet" onSubmit={(event) => void submit(event)} noValidate>
      <p>{t("identify.demo")}</p>
      <div>
        <label for="name">{t("identify.name")}</label>
        <input id="name" autocomplete="off" maxLength={60} value={name} aria-invalid={error !== undefined}
          onInput={(e) => setName(e.currentTarget.value)} />
      </div>
      {error && <Failure why={error} />}
      {unmet && <NotEligible unmet={unmet} />}
      <div class="buttons"><button class="primary" type="submit">{t("identify.go")}</button></div>
    </form>
  );
}

/** What is required, in the manifest's own words; and the way to a desk where one can help. */
function NotEligible({ unmet }: { unmet: Unmet }) {
  return (
    <div class="notice bad stack" role="alert" data-testid="unmet">
      <strong>{t("identify.notEligible")}</strong>
      <p>{text(unmet.text)}</p>
      <p>{t(unmet.case ? "identify.desk" : "identify.ask")}</p>
      {unmet.case && <Qr content={unmet.case} label={t("identify.deskQr")} />}
    </div>
  );
}
