// The running election: a dashboard without any total, and what may be proposed at its stage.
import { useEffect, useState } from "preact/hooks";
import { Failure, Sheet, go, useWork } from "../app.tsx";
import { Denied, get, post, upload, type Dashboard, type Me, type Part, type Proposal } from "../api.ts";
import type { Manifest } from "../../api.ts";
import { count, left, text, time } from "../../i18n.ts";
import { fromInput, maybe, t, toInput } from "../words.ts";

type Voted = Manifest & { classes: Part[] };
/** How often the dashboard asks, in ms. */
const EVERY = 5_000;

export function Running({ me }: { me: Me }) {
  const [board, setBoard] = useState<Dashboard>();
  const [manifest, setManifest] = useState<Voted>();
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    const load = async () => {
      try {
        setBoard(await get<Dashboard>("/election"));
        setError(undefined);
      } catch (error) { setError(error); }
    };
    void load();
    const timer = setInterval(load, EVERY);
    return () => clearInterval(timer);
  }, []);
  useEffect(() => { if (board && !manifest) get<Voted>("/manifest").then(setManifest, () => undefined); }, [board]);
  const none = error instanceof Denied && error.kind === "gateway-unreachable";
  return (
    <Sheet title={manifest ? text(manifest.title) : t("running.title")}>
      {none && !board && <div class="notice stack"><p><strong>{t("running.none")}</strong></p><p>{t("running.noneWhat")}</p><p><a href="#/drafts">{t("menu.drafts")}</a></p></div>}
      {error !== undefined && (!none || board) && <Failure error={error} />}
      {board && <Board board={board} manifest={manifest} />}
      {board && manifest && me.role === "manager" && <Acts board={board} manifest={manifest} />}
      {board && <section class="notice stack"><p><strong>{t("running.fixed")}</strong></p><p>{t("running.fixedWhat")}</p></section>}
    </Sheet>
  );
}

function Board({ board: { status, classes, arrivals, checkpoint }, manifest }: { board: Dashboard; manifest: Voted | undefined }) {
  const title = (id: string) => { const found = manifest?.classes.find((c) => c.id === id); return found ? text(found.title) : id; };
  const now = status.server_time;
  const until = now < status.opens_at ? [t("running.opensIn"), status.opens_at] as const : [t("running.closesIn"), status.closes_at] as const;
  const most = Math.max(1, ...arrivals.map((minute) => minute.cast));
  const last = arrivals.at(-1)?.cast ?? 0;
  return (
    <>
      <div class="cards">
        <div class="card"><span class="soft">{t("running.stage")}</span><strong data-testid="stage">{maybe(`stage.${status.stage}`, status.stage)}</strong><span>{status.accepting ? t("running.accepting") : t("running.notAccepting")}</span></div>
        <div class="card"><span class="soft">{until[0]}</span><strong>{now < until[1] ? left(until[1] - now) : t("running.over")}</strong><span>{time(until[1], true)}</span></div>
        <div class="card"><span class="soft">{t("running.perMinute")}</span><strong>{count(last)}</strong><span>{t("running.lastMinute")}</span></div>
        <div class="card"><span class="soft">{t("running.health")}</span>
          {"verified" in checkpoint ? <><strong>{t("running.well")}</strong><span>{t("running.checkpoint", { n: count(checkpoint.verified) })}</span></>
            : <><strong class="why">{t("running.ill")}</strong><span class="mono">{checkpoint.refused}</span></>}</div>
      </div>
      <section class="stack">
        <h2>{t("running.arrivals")}</h2>
        <div class="bars">
          <svg viewBox="0 0 60 100" preserveAspectRatio="none" role="img" aria-label={t("running.arrivalsAlt", { n: arrivals.length, most: count(arrivals.length ? most : 0), last: count(last) })}>
            {arrivals.map((minute, i) => { const height = (100 * minute.cast) / most; return <rect key={minute.from} x={60 - arrivals.length + i} y={100 - height} width="0.9" height={height} />; })}
          </svg>
        </div>
      </section>
      <section class="stack">
        <h2>{t("running.classes")}</h2>
        <table>
          <thead><tr><th scope="col">{t("running.class")}</th><th scope="col" class="number">{t("running.issued")}</th><th scope="col" class="number">{t("running.cast")}</th></tr></thead>
          <tbody>{classes.map((c) => <tr key={c.class}><th scope="row">{title(c.class)}</th><td class="number">{count(c.issued)}</td><td class="number">{count(c.cast)}</td></tr>)}</tbody>
        </table>
        <p class="soft">{t("running.noTotals")}</p>
      </section>
    </>
  );
}

const REASONED = ["pause", "resume", "withdraw", "annul", "restart-ceremony"];

function Acts({ board: { status, actions }, manifest }: { board: Dashboard; manifest: Manifest }) {
  const [chosen, setChosen] = useState("");
  const [ko, setKo] = useState("");
  const [en, setEn] = useState("");
  const [project, setProject] = useState("0");
  const [closesAt, setClosesAt] = useState<number | null>(status.closes_at + 3_600_000);
  const [file, setFile] = useState<File>();
  const { busy, error, run } = useWork();
  const action = actions.includes(chosen) ? chosen : "";
  const propose = (event: Event) => {
    event.preventDefault();
    void run(async () => {
      const wanted: Record<string, unknown> = { action };
      if (REASONED.includes(action)) wanted.reason = { ko, en };
      if (action === "withdraw") wanted.project = Number(project);
      if (action === "extend") wanted.closes_at = closesAt;
      const made = action === "publish" ? await upload<Proposal>("POST", "/proposals/publish", file!) : await post<Proposal>("/proposals", wanted);
      go(`proposals/${made.id}`);
    });
  };
  if (actions.length === 0) return null;
  return (
    <form class="sheet" onSubmit={propose}>
      <h2>{t("act.title")}</h2>
      <p class="soft">{t("act.what")}</p>
      <div><label for="action">{t("act.which")}</label>
        <select id="action" value={action} onChange={(e) => setChosen(e.currentTarget.value)}>
          <option value="">{t("act.choose")}</option>
          {actions.map((name) => <option key={name} value={name}>{maybe(`action.${name}`, name)}</option>)}
        </select></div>
      {action && <p>{maybe(`say.${action}`, "")}</p>}
      {action === "withdraw" && (
        <div><label for="project">{t("say.project")}</label>
          <select id="project" value={project} onChange={(e) => setProject(e.currentTarget.value)}>
            {manifest.contests.flatMap((c) => c.projects).map((p, i) => <option key={p.id} value={String(i)}>{p.id} {text(p.title)}</option>)}
          </select></div>
      )}
      {action === "extend" && (
        <div><label for="closes">{t("say.closesAt")}</label>
          <input id="closes" type="datetime-local" step="1" value={toInput(closesAt)} onInput={(e) => setClosesAt(fromInput(e.currentTarget.value))} />
          <p class="soft">{t("act.until", { until: time(status.extension_limit, true) })}</p></div>
      )}
      {action === "publish" && (
        <div><label for="result">{t("act.result")}</label>
          <input id="result" type="file" accept=".json,application/json" required onChange={(e) => setFile(e.currentTarget.files?.[0])} />
          <p class="soft">{t("act.resultWhat")}</p></div>
      )}
      {REASONED.includes(action) && (
        <div class="fields">
          <div><label for="reason-ko">{t("say.reason")} ({t("draft.ko")})</label><textarea id="reason-ko" required maxLength={600} value={ko} onInput={(e) => setKo(e.currentTarget.value)} /></div>
          <div><label for="reason-en">{t("say.reason")} ({t("draft.en")})</label><textarea id="reason-en" required maxLength={600} value={en} onInput={(e) => setEn(e.currentTarget.value)} /></div>
        </div>
      )}
      {error !== undefined && <Failure error={error} />}
      <div class="buttons"><button class="primary" type="submit" disabled={busy || !action}>{t("act.propose")}</button></div>
    </form>
  );
}
