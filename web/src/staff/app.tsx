// The frame of the staff's page: who is signed in, and which page it is.
import { useEffect, useRef, useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import icon from "../icon.svg";
import { isLarge, language, setLanguage, setLarge, text } from "../i18n.ts";
import { Denied, post, type Me } from "./api.ts";
import { finish } from "./openid.ts";
import { NoPrf } from "./passkey.ts";
import { me as askMe } from "./signing.ts";
import { t } from "./words.ts";
import { DeskPage } from "./pages/desk.tsx";
import { Enter } from "./pages/enter.tsx";
import { Running } from "./pages/running.tsx";
import { Drafts } from "./pages/drafts.tsx";
import { DraftPage } from "./pages/draft.tsx";
import { Proposals } from "./pages/proposals.tsx";
import { ProposalPage } from "./pages/proposal.tsx";
import { Members } from "./pages/members.tsx";
import { ResultPage } from "./pages/result.tsx";
import { RollsPage } from "./pages/rolls.tsx";

/** The page asked for: what follows `#/`, part by part. */
function useRoute(): string[] {
  const read = () => location.hash.replace(/^#\/?/, "").split("/").filter(Boolean);
  const [route, set] = useState(read);
  useEffect(() => {
    const change = () => set(read());
    addEventListener("hashchange", change);
    return () => removeEventListener("hashchange", change);
  }, []);
  return route;
}

export const go = (path: string): void => { location.hash = `#/${path}`; };

export function App() {
  const [me, setMe] = useState<Me | null>();
  const [, redraw] = useState(0);
  const route = useRoute();
  const [failed, setFailed] = useState<unknown>();
  const refresh = async () => {
    try { setMe(await askMe()); } catch { setMe(null); }
  };
  useEffect(() => { void finish().catch(setFailed).then(refresh); }, []);
  useEffect(() => { document.title = t("app.name"); });
  const change = (work: () => void) => () => { work(); redraw((n) => n + 1); };
  const leave = async () => { await post("/signout").catch(() => undefined); setMe(null); };
  return (
    <>
      <a class="hidden skip" href="#main" onClick={(e) => { e.preventDefault(); document.getElementById("main")?.focus(); }}>{t("app.skip")}</a>
      <header class="top">
        <div class="wide">
          <a class="brand" href="#/"><img src={icon} alt="" width="28" height="28" />{t("app.name")}</a>
          <button class="small plain" aria-pressed={isLarge()} onClick={change(() => setLarge(!isLarge()))}>{t("app.large")}</button>
          <button class="small plain" lang={language === "ko" ? "en" : "ko"} onClick={change(() => setLanguage(language === "ko" ? "en" : "ko"))}>{t("app.language")}</button>
          {me && <button class="small plain" onClick={() => void leave()}>{t("app.leave", { name: me.name })}</button>}
          {me && <Menu route={route} me={me} />}
        </div>
      </header>
      {me === undefined && <main id="main" tabIndex={-1}><p role="status">{t("app.loading")}</p></main>}
      {me === null && <Enter failed={failed} entered={() => void refresh()} />}
      {me && <Page key={route.join("/")} route={route} me={me} refresh={refresh} />}
    </>
  );
}

/** What each role is shown: an observer opens no desk, a clerk sees nothing else. */
function itemsOf(me: Me): [path: string, name: string][] {
  if (me.role === "clerk") return [["", t("menu.desk")]];
  const desk: [string, string][] = me.role === "manager" ? [["desk", t("menu.desk")]] : [];
  return [
    ["", t("menu.running")], ["result", t("menu.result")], ["proposals", t("menu.proposals")], ["drafts", t("menu.drafts")],
    ["rolls", t("menu.rolls")], ...desk, ["members", t("menu.members")],
  ];
}

function Menu({ route, me }: { route: string[]; me: Me }) {
  const items = itemsOf(me);
  return (
    <nav aria-label={t("app.menu")}>
      <ul>{items.map(([path, name]) => (
        <li key={path}><a href={`#/${path}`} aria-current={(route[0] ?? "") === path ? "page" : undefined}>{name}</a></li>
      ))}</ul>
    </nav>
  );
}

function Page({ route, me, refresh }: { route: string[]; me: Me; refresh: () => Promise<void> }) {
  const id = Number(route[1]);
  if (me.role === "clerk") return <DeskPage />;
  switch (route[0]) {
    case "desk": return <DeskPage />;
    case "drafts": return route[1] ? <DraftPage id={id} me={me} /> : <Drafts me={me} />;
    case "proposals": return route[1] ? <ProposalPage id={id} me={me} /> : <Proposals />;
    case "rolls": return <RollsPage me={me} />;
    case "result": return <ResultPage me={me} />;
    case "members": return <Members me={me} refresh={refresh} />;
    default: return <Running me={me} />;
  }
}

/** A page's content under its heading, which takes the focus when the page changes. */
export function Sheet({ title, children }: { title: string; children: ComponentChildren }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => { heading.current?.focus(); scrollTo(0, 0); }, []);
  return (
    <main id="main" tabIndex={-1} class="wide">
      <h1 ref={heading} tabIndex={-1}>{title}</h1>
      {children}
    </main>
  );
}

/** What went wrong, in the console's words or the device's. */
export function Failure({ error, again }: { error: unknown; again?: () => void }) {
  return (
    <div class="notice bad stack" role="alert">
      <Said error={error} />
      {again && <div class="buttons row"><button onClick={again}>{t("app.again")}</button></div>}
    </div>
  );
}

function Said({ error }: { error: unknown }) {
  if (error instanceof NoPrf) return <p>{t("error.noPrf")}</p>;
  if (error instanceof DOMException) return <p>{t("error.passkey")}</p>;
  if (!(error instanceof Denied)) return <><p>{t("error.check")}</p><p class="mono">{error instanceof Error ? error.message : String(error)}</p></>;
  if (error.kind === "unreachable") return <p>{t("error.network")}</p>;
  return (
    <>
      <strong>{text(error.titles)}</strong>
      <p>{text(error.details)}</p>
      {error.hint && <p class="mono">{error.hint}</p>}
      {error.faults.length > 0 && (
        <ul>{error.faults.map((fault, i) => (
          <li key={i}>
            {fault.row != null && t("error.row", { row: fault.row })} {fault.column ?? fault.path} {language === "ko" ? fault.ko : fault.en} {fault.message}
          </li>
        ))}</ul>
      )}
    </>
  );
}

/** Runs one thing at a time, and keeps what went wrong. */
export function useWork(): { busy: boolean; error: unknown; run: (work: () => Promise<void>) => Promise<void> } {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const run = async (work: () => Promise<void>) => {
    setBusy(true);
    setError(undefined);
    try { await work(); } catch (error) { setError(error); }
    setBusy(false);
  };
  return { busy, error, run };
}
