// Signing in with a passkey or an account, and enrolling with an invitation.
import { useEffect, useState } from "preact/hooks";
import { Failure, Sheet, useWork } from "../app.tsx";
import { provider, toProvider } from "../openid.ts";
import { enrol, signIn } from "../passkey.ts";
import { t } from "../words.ts";

export function Enter({ failed, entered }: { failed: unknown; entered: () => void }) {
  const { busy, error, run } = useWork();
  const [openid, setOpenid] = useState<string | null>(null);
  useEffect(() => { provider().then(setOpenid, () => undefined); }, []);
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
      {(error ?? failed) !== undefined && <Failure error={error ?? failed} />}
      <div class="buttons">
        {invitation
          ? <button class="primary" disabled={busy} onClick={begin(() => enrol(invitation))}>{t("enter.enrol")}</button>
          : <button class="primary" disabled={busy} onClick={begin(signIn)}>{t("enter.go")}</button>}
      </div>
      <p class="soft">{t("enter.noPassword")}</p>
      {openid && (
        <section class="sheet">
          <h2>{invitation ? t("openid.enrolTitle") : t("openid.title")}</h2>
          <p>{t("openid.what", { host: openid })}</p>
          <p class="notice care">{t("openid.noSigning")}</p>
          <div class="buttons"><button disabled={busy} onClick={() => void run(() => toProvider(invitation || null))}>{invitation ? t("openid.enrol") : t("openid.go")}</button></div>
        </section>
      )}
    </Sheet>
  );
}
