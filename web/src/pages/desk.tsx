// A desk (창구): a clerk confirms who somebody is and gives them a kiosk code; nothing of anybody stays.
import { useEffect, useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { Failure, Sheet, wordsOf, type Election } from "../app.tsx";
import { Refused, identify, issueCode, type Identified, type KioskCode } from "../api.ts";
import { IDLE, dropPass, forgetUnderway, keepPass, leaveFor, nextPerson, readPass, takeUnderway } from "../desk.ts";
import { t } from "../i18n.ts";
import { endHeld, holdSession, useUntouched } from "../shared.ts";
import { isLost, type Counter } from "./desk/counter.ts";
import { OfPhone, Refusal } from "./desk/proof.tsx";
import { Slip } from "./desk/slip.tsx";
import { Providers, failed, mayPass, type Check, type Failed } from "./identify.tsx";
import { WaitingRoom } from "./waiting.tsx";

export function DeskPage({ election }: { election: Election }) {
  const [pass, setPass] = useState(readPass);
  const [lost, setLost] = useState<string>();
  const take = (text: string) => {
    if (keepPass(text)) setPass(text);
    else setLost(t("desk.badToken"));
  };
  const lose = (why?: string) => {
    forgetUnderway();
    dropPass();
    setLost(why);
    setPass(undefined);
    void endHeld();
  };
  if (!election.status.identity_providers.includes("kiosk")) return <Sheet title={t("desk.title")}><p class="notice care">{t("desk.none")}</p></Sheet>;
  return pass ? <Desk election={election} counter={{ pass, lose }} /> : <NoPass why={lost} take={take} />;
}

/** The page is opened from the staff console; an office without one has the desk's own token. */
function NoPass({ why, take }: { why: string | undefined; take: (text: string) => void }) {
  const [text, setText] = useState("");
  const submit = (event: Event) => { event.preventDefault(); take(text.trim()); };
  return (
    <Sheet title={t("desk.title")}>
      {why && <Failure why={why} />}
      <p>{t("desk.fromConsole")}</p>
      <details open={why !== undefined}>
        <summary>{t("desk.noConsole")}</summary>
        <form class="sheet" onSubmit={submit} noValidate>
          <div>
            <label for="desk-token">{t("desk.token")}</label>
            <input id="desk-token" type="password" autocomplete="off" spellcheck={false} maxLength={1200} value={text}
              onInput={(e) => setText(e.currentTarget.value)} />
          </div>
          <p class="soft">{t("desk.tokenWhat")}</p>
          <div class="buttons"><button class="primary" type="submit">{t("desk.open")}</button></div>
        </form>
      </details>
    </Sheet>
  );
}

/** How far the desk is with a person. */
type At =
  | { step: "ready" | "identify" | "busy" | "voted" }
  | { step: "code"; issued: KioskCode }
  | { step: "refused"; failed: Failed; again: (() => void) | undefined };

function Desk({ election, counter }: { election: Election; counter: Counter }) {
  const [back] = useState(takeUnderway);
  const [ticket, setTicket] = useState(back?.ticket);
  const [at, setAt] = useState<At>({ step: back?.callback ? "busy" : "ready" });
  const refuse = (failure: unknown, again?: () => void) => {
    if (isLost(failure)) return counter.lose(wordsOf(failure));
    if (failure instanceof Refused && failure.kind === "already-voted") return setAt({ step: "voted" });
    setAt({ step: "refused", failed: failed(failure), again: mayPass(failure) ? again : undefined });
  };
  const issue = async (session: Identified): Promise<void> => {
    holdSession(session.session);
    setAt({ step: "busy" });
    try {
      setAt({ step: "code", issued: await issueCode(counter.pass, session.session) });
    } catch (failure) {
      refuse(failure, () => void issue(session));
    }
  };
  useEffect(() => {
    if (!back?.callback) return;
    const { provider, transaction, callback } = back;
    const finish = (): void => {
      setAt({ step: "busy" });
      identify(provider, { transaction, callback }, ticket, true).then(issue, (failure) => refuse(failure, finish));
    };
    finish();
  }, []);
  const check = (wait: () => void): Check => ({
    ticket,
    shared: true,
    leave: async (identity) => leaveFor({ ...identity, ticket }),
    verified: issue,
    wait,
    refusal: (failed) => <Refusal failed={failed} counter={counter} />,
  });
  switch (at.step) {
    case "ready": return <Ready election={election} counter={counter} begin={() => setAt({ step: "identify" })} />;
    case "identify": return (
      <WaitingRoom line={{ ticket, keep: setTicket, back: () => void nextPerson(), closesAt: election.status.closes_at }}>
        {(wait) => <Identifying offered={election.status.identity_providers} check={check(wait)} />}
      </WaitingRoom>
    );
    case "busy": return <Busy />;
    case "code": return <Slip title={election.manifest.title} issued={at.issued}><Next /></Slip>;
    case "voted": return <Stopped><p class="notice care" role="alert">{t("desk.voted")}</p><Next /></Stopped>;
    case "refused": return (
      <Stopped>
        <Refusal failed={at.failed} counter={counter} />
        <div class="buttons row">
          <button class="primary" onClick={at.again ?? (() => setAt({ step: "identify" }))}>{t(at.again ? "app.retry" : "desk.again")}</button>
        </div>
        <Next />
      </Stopped>
    );
  }
}

function Ready({ election, counter, begin }: { election: Election; counter: Counter; begin: () => void }) {
  return (
    <Sheet title={t("desk.title")}>
      {!election.status.accepting && <p class="notice care">{t("desk.closed")}</p>}
      <p>{t("desk.what")}</p>
      <div class="buttons"><button class="primary" onClick={begin}>{t("desk.begin")}</button></div>
      <OfPhone counter={counter} />
      <div class="buttons row">
        <a class="button" href="/kiosk" target="_blank" rel="noopener">{t("desk.kiosk")}</a>
        <button onClick={() => counter.lose()}>{t("desk.close")}</button>
      </div>
    </Sheet>
  );
}

function Identifying({ offered, check }: { offered: string[]; check: Check }) {
  return (
    <Sheet title={t("desk.identify")}>
      <p>{t("desk.identifyWhat")}</p>
      <Providers offered={offered} check={check} />
      <Next />
    </Sheet>
  );
}

const Busy = () => <Sheet title={t("desk.identify")}><p role="status">{t("desk.busy")}</p></Sheet>;

function Stopped({ children }: { children: ComponentChildren }) {
  return <Sheet title={t("desk.refused")}>{children}</Sheet>;
}

/** The way to the next person, by hand or because nobody has touched the page. */
function Next() {
  useUntouched(true, IDLE, () => void nextPerson());
  return (
    <section class="stack unprinted">
      <div class="buttons row"><button onClick={() => void nextPerson()}>{t("desk.next")}</button></div>
      <p class="soft">{t("desk.idle", { n: IDLE / 60_000 })}</p>
    </section>
  );
}
