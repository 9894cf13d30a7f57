// Signing in with a passkey, and enrolling with an invitation.
import { Failure, Sheet, useWork } from "../app.tsx";
import { enrol, signIn } from "../passkey.ts";
import { t } from "../words.ts";

export function Enter({ entered }: { entered: () => void }) {
  const { busy, error, run } = useWork();
  const invitation = location.hash.startsWith("#invite=") ? location.hash.slice("#invite=".length) : "";
  const begin = (work: () => Promise<void>) => () => void run(async () => {
    await work();
    // The invitation is used up: it stays neither in the address bar nor in the history.
    history.replaceState(null, "", location.pathname);
    dispatchEvent(new HashChangeEvent("hashchange"));
    entered();
  });
  return (
    <Sheet title={invitation ? t("enter.enrolTitle") : t("enter.title")}>
      <p>{invitation ? t("enter.enrolWhat") : t("enter.what")}</p>
      {error !== undefined && <Failure error={error} />}
      <div class="buttons">
        {invitation
          ? <button class="primary" disabled={busy} onClick={begin(() => enrol(invitation))}>{t("enter.enrol")}</button>
          : <button class="primary" disabled={busy} onClick={begin(signIn)}>{t("enter.go")}</button>}
      </div>
      <p class="soft">{t("enter.noPassword")}</p>
    </Sheet>
  );
}
