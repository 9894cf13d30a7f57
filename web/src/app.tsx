// The frame of every page, and which page it is.
import { useEffect, useRef, useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import icon from "./icon.svg";
import { Refused, getManifest, getStatus, type Manifest, type Status } from "./api.ts";
import { readBallot, type Ballot } from "./ballot.ts";
import { isLarge, language, setLanguage, setLarge, t, text } from "./i18n.ts";
import { desk } from "./desk.ts";
import { kiosk } from "./kiosk.ts";
import { Voting } from "./pages/voting.tsx";
import { Returned } from "./pages/identify.tsx";
import { DeskPage } from "./pages/desk.tsx";
import { ReceiptPage } from "./pages/receipt.tsx";
import { Checked } from "./pages/checks.tsx";
import { ResultPage } from "./pages/result.tsx";
import { OpenedPage } from "./pages/opened.tsx";
import { MyPage } from "./pages/my.tsx";
import { HelpPage } from "./pages/help.tsx";
import { ObservePage } from "./pages/observe.tsx";

export interface Election {
  status: Status;
  manifest: Manifest;
  ballot: Ballot;
  /** The server's clock, in ms. */
  now: () => number;
  refresh: () => Promise<void>;
}

async function load(): Promise<Omit<Election, "refresh">> {
  const [status, bytes] = await Promise.all([getStatus(), getManifest()]);
  const offset = status.server_time - Date.now();
  const manifest: Manifest = JSON.parse(new TextDecoder().decode(bytes));
  return { status, manifest, ballot: readBallot(manifest), now: () => Date.now() + offset };
}

/** Seconds pass: for countdowns, and for what changes when an hour comes. */
export function useTick(): void {
  const [, set] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => set((n) => n + 1), 1000);
    return () => clearInterval(timer);
  }, []);
}

function useOnline(): boolean {
  const [online, set] = useState(navigator.onLine);
  useEffect(() => {
    const change = () => set(navigator.onLine);
    addEventListener("online", change);
    addEventListener("offline", change);
    return () => { removeEventListener("online", change); removeEventListener("offline", change); };
  }, []);
  return online;
}

export function App() {
  const [election, setElection] = useState<Omit<Election, "refresh">>();
  const [failed, setFailed] = useState(false);
  const [, redraw] = useState(0);
  const online = useOnline();
  const refresh = async () => {
    setFailed(false);
    try { setElection(await load()); } catch { setFailed(true); }
  };
  useEffect(() => { void refresh(); }, []);
  useEffect(() => { if (online && failed) void refresh(); }, [online]);
  useEffect(() => {
    document.title = election ? `${text(election.manifest.title)} | ${t("app.name")}` : t("app.name");
  });
  const change = (work: () => void) => () => { work(); redraw((n) => n + 1); };
  return (
    <>
      <a class="hidden skip" href="#main">{t("app.skip")}</a>
      <header class="top">
        <div>
          <a class="brand" href={kiosk ? "/kiosk" : desk ? "/desk" : "/"}><img src={icon} alt="" width="28" height="28" />{t("app.name")}</a>
          <button class="small plain" aria-pressed={isLarge()} onClick={change(() => setLarge(!isLarge()))}>{t("app.large")}</button>
          <button class="small plain" lang={language === "ko" ? "en" : "ko"} onClick={change(() => setLanguage(language === "ko" ? "en" : "ko"))}>
            {t("app.language")}
          </button>
          {!kiosk && !desk && <Menu />}
        </div>
        {election?.status.demonstration && <div class="demo"><p>{t("app.demo")}</p></div>}
      </header>
      <div role="status">{!online && <p class="offline">{t("app.offline")}</p>}</div>
      {election ? <Page election={{ ...election, refresh }} /> : (
        <main id="main" tabIndex={-1}>
          {failed
            ? <Failure why={t("app.failed")} again={() => void refresh()} />
            : <p role="status">{t("app.loading")}</p>}
        </main>
      )}
    </>
  );
}

function Menu() {
  const items = [["/", t("app.vote")], ["/my", t("app.my")], ["/receipt", t("app.receipt")], ["/result", t("app.result")], ["/observe", t("app.observe")], ["/help", t("app.help")]] as const;
  return (
    <nav aria-label={t("app.menu")}>
      <ul>{items.map(([path, name]) => (
        <li key={path}><a href={path} aria-current={location.pathname === path ? "page" : undefined}>{name}</a></li>
      ))}</ul>
    </nav>
  );
}

function Page({ election }: { election: Election }) {
  switch (location.pathname) {
    case "/desk": return <DeskPage election={election} />;
    case "/identified": return <Returned election={election} />;
    case "/my": return <MyPage election={election} />;
    case "/receipt": return <ReceiptPage />;
    case "/result": return <><ResultPage election={election} /><aside class="beside" aria-label={t("checks.title")}><Checked /></aside></>;
    case "/check": return <OpenedPage election={election} />;
    case "/observe": return <ObservePage election={election} />;
    case "/help": return <HelpPage />;
    default: return <Voting election={election} />;
  }
}

/** A page's content under its heading, which takes the focus when the page changes. */
export function Sheet({ title, children, tray }: { title: string; children: ComponentChildren; tray?: boolean }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => { heading.current?.focus(); scrollTo(0, 0); }, []);
  return (
    <main id="main" tabIndex={-1} class={tray ? "with-tray" : undefined}>
      <h1 ref={heading} tabIndex={-1}>{title}</h1>
      {children}
    </main>
  );
}

/** What went wrong, in the gateway's words; without an answer it was the network. */
export const wordsOf = (failure: unknown): string =>
  failure instanceof Refused ? failure.details[language] : t("error.network");

export function Failure({ why, again }: { why: string; again?: () => void }) {
  return (
    <div class="notice bad stack" role="alert">
      <strong>{t("error.title")}</strong>
      <p>{why}</p>
      {again && <div class="buttons row"><button onClick={again}>{t("app.retry")}</button></div>}
    </div>
  );
}

/** A tracking code in its groups, so that it breaks only between them. */
export function Code({ short }: { short: string }) {
  return <p class="code" data-testid="code">{short.split("-").map((group, i, all) => (
    <span key={i}>{group}{i < all.length - 1 ? "-" : ""}</span>
  ))}</p>;
}
