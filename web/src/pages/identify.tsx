// 본인확인. A voter's picks stay where they are: on this device.
import { useEffect, useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { Failure, Sheet, wordsOf, type Election } from "../app.tsx";
import { Refused, Unreachable, beginIdentity, identify, type Begun, type Identified, type Unmet } from "../api.ts";
import { bringBack, forgetUnderway, takeUnderway } from "../desk.ts";
import { t, text } from "../i18n.ts";
import { changeVote, readVote, type Vote } from "../kept.ts";
import { Qr } from "./qr.tsx";
import { Steps, type Way } from "./voting.tsx";
import { WaitingRoom, type Line } from "./waiting.tsx";

/** Why there is no session. */
export type Failed = { why: string } | { unmet: Unmet };

export function failed(failure: unknown): Failed {
  return failure instanceof Refused && failure.unmet ? { unmet: failure.unmet } : { why: wordsOf(failure) };
}

function keepSession(vote: Vote, session: Identified): void {
  vote.session = { token: session.session, until: session.expires_at };
  delete vote.refused;
  delete vote.identity;
  delete vote.ticket;
}

/** It is the waiting room's turn: the place in line is over, or was never taken. */
const mustWait = (failure: unknown): boolean =>
  failure instanceof Refused && ["waiting-room", "ticket-invalid"].includes(failure.kind);

/** The same request may do better later: nothing was said of what is in it. */
export const mayPass = (failure: unknown): boolean =>
  failure instanceof Unreachable || (failure instanceof Refused && (failure.status === 429 || failure.status >= 500));

/** Someone who is being identified, and what becomes of it: a voter on a device of their own, or a person at a desk. */
export interface Check {
  ticket: string | undefined;
  /** Whether others use this device as well. */
  shared: boolean;
  /** Keeps what this browser must bring back from a provider. */
  leave: (identity: { provider: string; transaction: string }) => Promise<void>;
  verified: (session: Identified) => Promise<void>;
  /** It is the waiting room's turn. */
  wait: () => void;
  /** Says why there is no session. */
  refusal: (failed: Failed) => ComponentChildren;
}

/** A voter on a device of their own. */
const ownCheck = (way: Way, wait: () => void): Check => ({
  ticket: way.vote.ticket,
  shared: false,
  leave: (identity) => { forgetUnderway(); return way.change((v) => { v.identity = identity; }); },
  verified: async (session) => {
    await way.change((v) => keepSession(v, session));
    await way.go("seal");
  },
  wait,
  refusal: (failed) => <Why failed={failed} />,
});

export function Identify({ way, wait }: { way: Way; wait: () => void }) {
  return (
    <Sheet title={t("identify.title")}>
      <Steps now={3} />
      <p>{t("identify.why")}</p>
      {way.vote.refused?.kind === "session-expired" && <p class="notice care">{t("identify.expired")}</p>}
      {way.vote.refused?.kind === "credential-not-current" && <p class="notice care">{t("identify.elsewhere")}</p>}
      <Providers offered={way.election.status.identity_providers} check={ownCheck(way, wait)} />
      <div class="buttons"><button onClick={() => void way.go("review")}>{t("app.back")}</button></div>
    </Sheet>
  );
}

/** Every provider that is offered, but a kiosk's codes. */
export function Providers({ offered, check }: { offered: string[]; check: Check }) {
  const leaving = LEAVING.filter((provider) => offered.includes(provider));
  const demo = offered.includes("demo");
  return (
    <>
      {leaving.map((provider) => <Leave key={provider} provider={provider} check={check} />)}
      {demo && <Demo check={check} />}
      {!demo && leaving.length === 0 && <p class="notice care">{t("identify.none")}</p>}
    </>
  );
}

/** Providers to which the browser goes, by an address or with a form. */
const LEAVING = ["agency", "oidc"] as const;
type Leaving = (typeof LEAVING)[number];

/** What an agency sends back sealed; whatever else stands in the address is not ours to pass on. */
const SEALED = ["token_version_id", "enc_data", "integrity_value"];

/** Leaves for the provider; `Returned` is where it ends. */
function Leave({ provider, check }: { provider: Leaving; check: Check }) {
  const [error, setError] = useState<Failed>();
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    // Whoever comes back by the browser's own button finds the page as it was left: busy.
    const shown = (event: PageTransitionEvent) => { if (event.persisted) setBusy(false); };
    addEventListener("pageshow", shown);
    return () => removeEventListener("pageshow", shown);
  }, []);
  const leave = async () => {
    if (busy) return;
    setBusy(true);
    setError(undefined);
    try {
      const begun = await beginIdentity(provider, check.ticket);
      if (!begun.transaction) throw new Error("begin");
      await check.leave({ provider, transaction: begun.transaction });
      depart(begun);
    } catch (failure) {
      if (mustWait(failure)) return check.wait();
      setError(failed(failure));
      setBusy(false);
    }
  };
  return (
    <section class="sheet">
      <p>{t("identify.leave")}</p>
      {error && check.refusal(error)}
      <div class="buttons">
        <button class="primary" onClick={() => void leave()}>{t(provider === "agency" ? "identify.agencyGo" : "identify.leaveGo")}</button>
      </div>
    </section>
  );
}

/** To the provider's address, or with its form: the page's policy allows the agency's address alone. */
function depart({ url, action, fields }: Begun): void {
  if (url) return location.assign(url);
  if (!action || !fields) throw new Error("begin");
  const form = document.createElement("form");
  Object.assign(form, { method: "post", action, acceptCharset: "utf-8", hidden: true });
  for (const [name, value] of Object.entries(fields)) {
    const input = document.createElement("input");
    form.append(Object.assign(input, { type: "hidden", name, value }));
  }
  document.body.append(form);
  form.submit();
}

/** What the provider gave. Some agencies do not encode the plus signs of their base64 in an address. */
function callbackOf(provider: string, query: URLSearchParams): Record<string, string> {
  if (provider !== "agency") return Object.fromEntries(query);
  return Object.fromEntries(SEALED.map((name) => [name, (query.get(name) ?? "").replace(/ /g, "+")]));
}

/** Back from the provider. What it gave leaves the address bar and the history at once. */
export function Returned({ election }: { election: Election }) {
  const [vote, setVote] = useState<Vote>();
  const [waits, setWaits] = useState(false);
  const id = election.status.election;
  useEffect(() => {
    const query = location.search;
    history.replaceState({ step: "identify" }, "", "/identified");
    const atDesk = takeUnderway();
    if (atDesk) return bringBack(atDesk, callbackOf(atDesk.provider, new URLSearchParams(query)));
    void keepCallback(id, query).then((kept) => (kept.identity?.callback ? setVote(kept) : location.replace("/")));
  }, [id]);
  if (!vote) return <Sheet title={t("identify.title")}><p role="status">{t("identify.returned")}</p></Sheet>;
  // Whoever has begun does not wait. A gateway that says otherwise is believed.
  if (!waits) return <Finish id={id} wait={() => setWaits(true)} />;
  return <WaitingRoom line={lineOf(election, vote)}>{(wait) => <Finish id={id} wait={wait} />}</WaitingRoom>;
}

/** A check is paid for: what the provider gave outlives a reload, a line and a lost answer. */
const keepCallback = (id: string, query: string): Promise<Vote> => changeVote(id, (v) => {
  if (v.identity && query) v.identity.callback = callbackOf(v.identity.provider, new URLSearchParams(query));
});

const lineOf = (election: Election, vote: Vote): Line => ({
  ticket: vote.ticket,
  keep: (ticket) => void changeVote(election.status.election, (v) => { if (ticket) v.ticket = ticket; else delete v.ticket; }),
  back: () => location.replace("/"),
  closesAt: election.status.closes_at,
});

/** Asks for the session. What the provider gave goes with it, or with a refusal that is final. */
function Finish({ id, wait }: { id: string; wait: () => void }) {
  const [error, setError] = useState<{ failed: Failed; again: boolean }>();
  const finish = async () => {
    setError(undefined);
    try {
      const { identity, ticket } = await readVote(id);
      if (!identity?.callback) return location.replace("/");
      const { provider, transaction, callback } = identity;
      const session = await identify(provider, { transaction, callback }, ticket);
      await changeVote(id, (v) => { keepSession(v, session); v.step = "seal"; });
      location.replace("/");
    } catch (failure) {
      if (mustWait(failure)) return wait();
      const again = mayPass(failure);
      if (!again) await changeVote(id, (v) => { delete v.identity; });
      setError({ failed: failed(failure), again });
    }
  };
  useEffect(() => { void finish(); }, []);
  return (
    <Sheet title={t("identify.title")}>
      {!error && <p role="status">{t("identify.returned")}</p>}
      {error && <Why failed={error.failed} />}
      {error && (
        <div class="buttons">
          {error.again
            ? <button class="primary" onClick={() => void finish()}>{t("app.retry")}</button>
            : <a class="button primary" href="/">{t("app.retry")}</a>}
        </div>
      )}
    </Sheet>
  );
}

function Demo({ check }: { check: Check }) {
  const [name, setName] = useState("");
  const [error, setError] = useState<Failed>();
  const [busy, setBusy] = useState(false);
  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy) return;
    if (!name.trim()) return setError({ why: t("identify.nameEmpty") });
    setBusy(true);
    setError(undefined);
    try {
      await check.verified(await identify("demo", { ci: `made-up-${name.trim()}` }, check.ticket, check.shared));
    } catch (failure) {
      if (mustWait(failure)) return check.wait();
      setError(failed(failure));
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
      {error && check.refusal(error)}
      <div class="buttons"><button class="primary" type="submit">{t("identify.go")}</button></div>
    </form>
  );
}

const Why = ({ failed }: { failed: Failed }) =>
  "why" in failed ? <Failure why={failed.why} /> : <NotEligible unmet={failed.unmet} />;

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
