// The citizen's way: home, choose, review, identify, seal, decide (check or cast), done.
import { useEffect, useState } from "preact/hooks";
import { Failure, Sheet, useTick, type Election } from "../app.tsx";
import { left, t, text, time } from "../i18n.ts";
import { changeVote, onOtherTab, readVote, type Step, type Vote } from "../kept.ts";
import type { Manifest } from "../api.ts";
import { prepare } from "../core.ts";
import { Announcements } from "./announcements.tsx";
import { Choose } from "./choose.tsx";
import { Review } from "./review.tsx";
import { Identify } from "./identify.tsx";
import { WaitingRoom, type Line } from "./waiting.tsx";
import { Casting, Checked, Decide, Sealing } from "./sealed.tsx";
import { Done } from "./done.tsx";
import { Idle, KioskCode } from "./kiosk.tsx";
import { kiosk } from "../kiosk.ts";
import { pushStep, stoodAt } from "../steps.ts";

export interface Way {
  election: Election;
  vote: Vote;
  /** Takes what was kept. */
  keep: (vote: Vote) => void;
  /** Changes what is kept. */
  change: (change: (vote: Vote) => void) => Promise<void>;
  go: (step: Step) => Promise<void>;
}

export function Voting({ election }: { election: Election }) {
  const id = election.status.election;
  const [vote, setVote] = useState<Vote>();
  useEffect(() => {
    const read = () => void readVote(id).then(setVote);
    // A page that was left and loaded again stands where its history says.
    const stood = stoodAt();
    if (stood) void changeVote(id, (v) => { if (mayGo(v, stood)) v.step = stood; }).then(setVote);
    else read();
    onOtherTab(read);
    const back = (event: PopStateEvent) => {
      const step = stoodAt(event.state) ?? "home";
      void changeVote(id, (v) => { if (mayGo(v, step)) v.step = step; }).then(setVote);
    };
    addEventListener("popstate", back);
    // The WebAssembly comes while people read; nothing waits for it.
    const early = setTimeout(() => { if (election.status.accepting) prepare().catch(() => undefined); }, 1500);
    return () => { removeEventListener("popstate", back); clearTimeout(early); };
  }, [id]);
  if (!vote) return <main id="main"><p role="status">{t("app.loading")}</p></main>;
  const change = async (work: (vote: Vote) => void) => setVote(await changeVote(id, work));
  const go = async (step: Step) => {
    pushStep(step);
    await change((v) => { v.step = step; });
  };
  const way = { election, vote, keep: setVote, change, go };
  return <><StepPage way={way} />{kiosk && <Idle way={way} />}</>;
}

/** Back and forward never leave a sent ballot or a receipt behind. */
function mayGo(vote: Vote, step: Step): boolean {
  if (vote.receipt) return step === "done" || step === "home";
  if (vote.sealed?.cast) return false;
  if (step === "decide") return vote.sealed?.registered === true;
  if (step === "check") return vote.checked !== undefined;
  return step !== "cast" && step !== "done" && step !== "seal";
}

function StepPage({ way }: { way: Way }) {
  const { vote } = way;
  if (vote.step === "home") return <Home way={way} />;
  if (vote.receipt) return <Done way={way} />;
  if (vote.sealed?.cast || vote.step === "cast") return <Casting way={way} />;
  if (!way.election.status.accepting && vote.step !== "check") return <Home way={way} />;
  switch (vote.step) {
    case "choose": return <Choose way={way} />;
    case "review": return <Review way={way} />;
    // Whoever has a desk's code stood in line there.
    case "identify": return kiosk ? <KioskCode way={way} />
      : <WaitingRoom line={lineOf(way)} head={<Steps now={3} />}>{(wait) => <Identify way={way} wait={wait} />}</WaitingRoom>;
    case "seal": return <Sealing way={way} />;
    case "decide": return <Decide way={way} />;
    case "check": return <Checked way={way} />;
    default: return <Home way={way} />;
  }
}

const lineOf = ({ vote, change, go, election }: Way): Line => ({
  ticket: vote.ticket,
  keep: (ticket) => void change((v) => { if (ticket) v.ticket = ticket; else delete v.ticket; }),
  back: () => void go("review"),
  closesAt: election.status.closes_at,
});

/** How often to ask whether staff have gone on, in ms. */
const LOOK = 10_000;

/** Opens and closes by the server's clock; asks the server when an hour has come. */
function Hours({ election }: { election: Election }) {
  useTick();
  const { status, now, refresh } = election;
  const [asked, setAsked] = useState(() => Date.now());
  const at = now();
  const next = at < status.opens_at ? status.opens_at : status.closes_at;
  const passed = (at >= status.opens_at) !== (status.server_time >= status.opens_at)
    || (at >= status.closes_at) !== (status.server_time >= status.closes_at);
  // Whoever has to wait for staff sees by itself that they are done.
  const held = status.stage === "paused" || status.stage === "ceremony";
  useEffect(() => {
    if ((passed && Date.now() - asked > 2000) || (held && Date.now() - asked > LOOK)) { setAsked(Date.now()); void refresh(); }
  });
  if (status.stage === "annulled") return <p class="notice bad">{t("app.annulled")}</p>;
  if (at >= status.closes_at) return <p class="notice">{t("time.closed", { time: time(status.closes_at) })}</p>;
  if (status.stage === "ceremony" && at >= status.opens_at) return <p class="notice care">{t("time.delayed", { time: time(status.closes_at) })}</p>;
  const sentence = at < status.opens_at ? "time.opens" : "time.closes";
  return (
    <div class={`notice hours stack ${status.stage === "paused" ? "care" : ""}`} data-testid="hours">
      {status.stage === "paused" && <p><strong>{t("app.paused")}</strong></p>}
      <p>{t(sentence, { time: time(next) })}</p>
      <p><strong role="timer">{t(at < status.opens_at ? "time.untilOpen" : "time.left", { left: left(next - at) })}</strong></p>
    </div>
  );
}

function Home({ way }: { way: Way }) {
  const { election, vote, go } = way;
  const { status, manifest, ballot } = election;
  const start = (): Step => (vote.receipt ? "done" : vote.sealed?.cast ? "cast" : vote.sealed?.registered ? "decide" : "choose");
  const label = vote.receipt ? "home.voted" : vote.picks.length > 0 || vote.sealed ? "home.continue" : "home.start";
  const over = status.stage === "annulled" || election.now() >= status.closes_at;
  const possible = status.accepting || vote.receipt || vote.sealed?.cast;
  return (
    <Sheet title={text(manifest.title)}>
      <Hours election={election} />
      <Announcements list={status.announcements} />
      {!over && <What manifest={manifest} options={ballot.options.length} />}
      {possible && <div class="buttons"><button class="primary" onClick={() => void go(start())}>{t(label)}</button></div>}
      {over ? <Over annulled={status.stage === "annulled"} /> : <How />}
    </Sheet>
  );
}

/** What there is to do once nobody can vote any more. */
function Over({ annulled }: { annulled: boolean }) {
  return (
    <div class="buttons row">
      {!annulled && <a class="button primary" href="/result">{t("home.result")}</a>}
      <a class="button" href="/receipt">{t("my.check")}</a>
    </div>
  );
}

/** What is voted on. */
function What({ manifest, options }: { manifest: Manifest; options: number }) {
  return (
    <div class="stack">
      <p>{t("home.what", { count: options })}</p>
      <ul class="steps">
        {manifest.contests.map((contest) => (
          <li key={contest.id}>
            {t("home.picks", { title: text(contest.title), min: contest.picks.min, max: contest.picks.max })}
            {contest.lists?.some((l) => l.picks) && (
              <span class="soft"> ({contest.lists.filter((l) => l.picks).map((l) => t("home.list", { title: text(l.title), max: l.picks!.max })).join(", ")})</span>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

function How() {
  return (
    <section class="sheet">
      <h2>{t("home.steps")}</h2>
      <ol class="steps"><li>{t("home.step1")}</li><li>{t("home.step2")}</li><li>{t("home.step3")}</li></ol>
      <p class="soft">{t("home.secret")}</p>
    </section>
  );
}

/** Where one is on the way. */
export function Steps({ now }: { now: number }) {
  return (
    <div>
      <p class="soft">{t("step.now", { n: now, of: 4 })}</p>
      <p class="progress" aria-hidden="true">{[1, 2, 3, 4].map((n) => <i key={n} class={n <= now ? "on" : ""} />)}</p>
    </div>
  );
}

export { Failure };
