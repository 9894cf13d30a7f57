// What a kiosk does besides: the desk's code in place of 본인확인, forgetting after every voter and when nobody is there.
import { useEffect, useRef, useState } from "preact/hooks";
import { Failure, Sheet } from "../app.tsx";
import { Refused, identify } from "../api.ts";
import { language, t } from "../i18n.ts";
import { ANSWER, IDLE, SHOWN, nextVoter } from "../kiosk.ts";
import { holdSession, useUntouched } from "../shared.ts";
import { Steps, type Way } from "./voting.tsx";

/** Crockford's base32, which the codes are in. */
const SYMBOLS = [..."0123456789ABCDEFGHJKMNPQRSTVWXYZ"];
const LENGTH = 12;

export function KioskCode({ way }: { way: Way }) {
  const [code, setCode] = useState("");
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const type = (text: string) => setCode([...text.toUpperCase()].filter((c) => SYMBOLS.includes(c)).slice(0, LENGTH).join(""));
  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setError(undefined);
    try {
      const session = await identify("kiosk", { code });
      holdSession(session.session);
      await way.change((v) => { v.session = { token: session.session, until: session.expires_at }; delete v.refused; });
      await way.go("seal");
    } catch (failure) {
      setError(!(failure instanceof Refused) ? t("error.network")
        : failure.kind === "identity-refused" ? t("kiosk.wrong") : failure.details[language]);
      setCode("");
      setBusy(false);
    }
  };
  return (
    <Sheet title={t("kiosk.codeTitle")}>
      <Steps now={3} />
      <p>{t("kiosk.codeWhy")}</p>
      <form class="sheet" onSubmit={(event) => void submit(event)} noValidate>
        <div>
          <label for="kiosk-code">{t("kiosk.code")}</label>
          <input id="kiosk-code" class="code" autocomplete="off" autocapitalize="characters" spellcheck={false}
            value={code.replace(/(.{4})(?=.)/g, "$1 ")} onInput={(e) => type(e.currentTarget.value)} />
        </div>
        <div class="keys" role="group" aria-label={t("kiosk.keys")}>
          {SYMBOLS.map((symbol) => <button type="button" key={symbol} onClick={() => type(code + symbol)}>{symbol}</button>)}
          <button type="button" class="wide" onClick={() => setCode(code.slice(0, -1))}>{t("kiosk.delete")}</button>
        </div>
        {error && <Failure why={error} />}
        <div class="buttons"><button class="primary" type="submit" aria-disabled={code.length < LENGTH}>{t("kiosk.go")}</button></div>
      </form>
      <div class="buttons"><button onClick={() => void way.go("review")}>{t("app.back")}</button></div>
    </Sheet>
  );
}

/** Forgets when nobody has touched the kiosk: asks first. Never while a sent ballot has no answer. */
export function Idle({ way }: { way: Way }) {
  const { vote } = way;
  const [asking, setAsking] = useState(false);
  const dialog = useRef<HTMLDialogElement>(null);
  const sent = vote.sealed?.cast !== undefined && !vote.receipt && !vote.refused;
  const begun = vote.step !== "home" || vote.picks.length > 0;
  useUntouched(!sent && begun && !vote.receipt && !asking, IDLE, () => setAsking(true));
  useEffect(() => {
    if (!asking) return;
    dialog.current?.showModal();
    const timer = setTimeout(() => void nextVoter(), ANSWER);
    return () => clearTimeout(timer);
  }, [asking]);
  return (
    <>
      {begun && !sent && !vote.receipt && <p class="leave"><button class="plain" onClick={() => void nextVoter()}>{t("kiosk.leave")}</button></p>}
      {asking && (
        <dialog ref={dialog} aria-label={t("kiosk.still")} onClose={() => setAsking(false)}>
          <div>
            <h2>{t("kiosk.still")}</h2>
            <p>{t("kiosk.stillWhy", { n: ANSWER / 1000 })}</p>
            <div class="buttons">
              <button class="primary" onClick={() => setAsking(false)}>{t("kiosk.stay")}</button>
              <button onClick={() => void nextVoter()}>{t("kiosk.leave")}</button>
            </div>
          </div>
        </dialog>
      )}
    </>
  );
}

/** After the receipt: makes way for the next voter. */
export function Leave() {
  useEffect(() => {
    const timer = setTimeout(() => void nextVoter(), SHOWN);
    return () => clearTimeout(timer);
  }, []);
  return (
    <section class="stack">
      <p>{t("kiosk.doneWhy", { n: SHOWN / 1000 })}</p>
      <div class="buttons"><button class="primary" onClick={() => void nextVoter()}>{t("kiosk.done")}</button></div>
    </section>
  );
}
