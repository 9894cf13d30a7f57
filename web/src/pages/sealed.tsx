// From sealing to the ballot box.
import { useEffect, useRef, useState } from "preact/hooks";
import { Code, Failure, Sheet } from "../app.tsx";
import { Refused, Unreachable } from "../api.ts";
import { language, t } from "../i18n.ts";
import { kiosk } from "../kiosk.ts";
import { pushStep, replaceStep } from "../steps.ts";
import { castSealed, checkSealed, identifyAgain, sealPicks, type CastState, type Progress } from "../voting.ts";
import { Steps, type Way } from "./voting.tsx";
import { Qr } from "./qr.tsx";

const PROGRESS: Progress[] = ["prepare", "credential", "seal", "register"];
/** Refusals after which the person has to be identified again; nothing was cast. */
const IDENTIFY_AGAIN = ["session-expired", "session-invalid", "session-missing", "credential-not-current", "voter-key-used"];

const sentence = (error: unknown, otherwise: string): string =>
  error instanceof Refused ? error.details[language] : error instanceof Unreachable ? t("error.network") : otherwise;

async function again(way: Way, error: unknown): Promise<boolean> {
  if (!(error instanceof Refused) || !IDENTIFY_AGAIN.includes(error.kind)) return false;
  way.keep(await identifyAgain(way.election.status.election));
  await way.change((v) => { v.refused = { kind: error.kind, ko: error.details.ko, en: error.details.en }; });
  return true;
}

export function Sealing({ way }: { way: Way }) {
  const [at, setAt] = useState<Progress>("prepare");
  const [failure, setFailure] = useState<string>();
  const run = async () => {
    setFailure(undefined);
    try {
      const vote = await sealPicks(way.election.status.election, setAt);
      replaceStep(vote.step);
      way.keep(vote);
    } catch (error) {
      if (error instanceof Error && error.message === "state") return way.keep(await identifyAgain(way.election.status.election));
      if (!(await again(way, error))) setFailure(sentence(error, t("error.wasm")));
    }
  };
  useEffect(() => { void run(); }, []);
  return (
    <Sheet title={t("seal.title")}>
      <Steps now={4} />
      <p>{t("seal.what")}</p>
      <ol class="seals" role="status">
        {PROGRESS.map((step, i) => {
          const now = PROGRESS.indexOf(at);
          return (
            <li key={step} class={i < now ? "past" : i === now ? "now" : ""} aria-current={i === now ? "step" : undefined}>
              <b aria-hidden="true">{i < now ? "✓" : i + 1}</b>{t(`seal.${step}`)}
            </li>
          );
        })}
      </ol>
      {failure && <Failure why={`${t("seal.failed")} ${failure}`} again={() => void run()} />}
    </Sheet>
  );
}

export function Decide({ way }: { way: Way }) {
  const [failure, setFailure] = useState<string>();
  const [busy, setBusy] = useState(false);
  const check = async () => {
    if (busy) return;
    setBusy(true);
    setFailure(undefined);
    try {
      const vote = await checkSealed(way.election.status.election);
      pushStep("check");
      way.keep(vote);
    } catch (error) {
      setBusy(false);
      if (!(await again(way, error))) setFailure(sentence(error, t("check.failed")));
    }
  };
  return (
    <Sheet title={t("decide.title")}>
      <Steps now={4} />
      <section class="sheet">
        <h2>{t("decide.code")}</h2>
        <Code short={way.vote.sealed?.short ?? ""} />
        <p class="soft">{t("decide.codeWhy")}</p>
      </section>
      <p><strong>{t("decide.choose")}</strong></p>
      <div class="choices">
        <div>
          <p>{t("decide.castWhat")}</p>
          <button class="primary" onClick={() => { if (!busy) void way.go("cast"); }}>{t("decide.cast")}</button>
        </div>
        <div>
          <p>{t("decide.checkWhat")}</p>
          <button class="primary" onClick={() => void check()}>{t("decide.check")}</button>
        </div>
      </div>
      {failure && <Failure why={failure} />}
      <div class="buttons row"><button class="plain" onClick={() => void way.go("choose")}>{t("decide.change")}</button></div>
    </Sheet>
  );
}

export function Checked({ way }: { way: Way }) {
  const { checked } = way.vote;
  const next = async () => {
    await way.change((v) => { delete v.checked; });
    await way.go(way.vote.credential ? "seal" : "identify");
  };
  if (!checked) return null;
  // After '#': a browser never sends that part of an address.
  const address = `${location.origin}/check#${checked.opening}`;
  return (
    <Sheet title={t("check.title")}>
      <p>{t("check.how")}</p>
      <Qr content={address} label={t("check.qr")} />
      <p class="notice care">{t("check.private")}</p>
      <section class="sheet">
        <h2>{t("decide.code")}</h2>
        <Code short={checked.short} />
        <p>{t("check.void")}</p>
      </section>
      <div class="buttons">
        <button class="primary" onClick={() => void next()}>{t("check.again")}</button>
        {!kiosk && <a class="button" href={address} target="_blank" rel="noopener noreferrer">{t("check.link")}</a>}
      </div>
    </Sheet>
  );
}

export function Casting({ way }: { way: Way }) {
  const [state, setState] = useState<CastState>("sending");
  const [failure, setFailure] = useState<string>();
  const running = useRef(false);
  const { refused, sealed } = way.vote;
  const run = async () => {
    if (running.current) return;
    running.current = true;
    setFailure(undefined);
    try {
      const vote = await castSealed(way.election.status.election, setState);
      replaceStep(vote.step);
      if (vote.refused?.kind === "credential-not-current") {
        const error = vote.refused;
        way.keep(await identifyAgain(vote.election));
        await way.change((v) => { v.refused = error; });
      } else way.keep(vote);
    } catch (error) {
      setFailure(sentence(error, t("error.wasm")));
    }
    running.current = false;
  };
  useEffect(() => { if (!refused) void run(); }, []);
  if (refused) return <Sheet title={t("cast.refused")}><Refusal way={way} /></Sheet>;
  return (
    <Sheet title={t("cast.title")}>
      <p class="notice" role="status"><strong>{t(`cast.${state}`)}</strong></p>
      <p>{t("cast.keep")}</p>
      {sealed && <section class="sheet"><h2>{t("decide.code")}</h2><Code short={sealed.short} /></section>}
      {failure && <Failure why={failure} again={() => void run()} />}
    </Sheet>
  );
}

function Refusal({ way }: { way: Way }) {
  const refused = way.vote.refused!;
  const retry = () => void way.change((v) => { delete v.refused; });
  return (
    <>
      <Failure why={refused[language]} again={retry} />
      <p>{t("cast.help")}</p>
      {way.vote.sealed && <section class="sheet"><h2>{t("decide.code")}</h2><Code short={way.vote.sealed.short} /></section>}
    </>
  );
}
