// Whoever trusts nobody: the log's growth, the whole verification, every entry.
import { useEffect, useRef, useState } from "preact/hooks";
import { Failure, Sheet, type Election } from "../app.tsx";
import { count, t, time } from "../i18n.ts";
import { ObserverWorker } from "../observer.ts";
import type { Head } from "../observer.worker.ts";
import { save } from "../receipt-files.ts";
import { Checked } from "./checks.tsx";
import { Explorer } from "./observe/explorer.tsx";
import { Verification } from "./observe/verification.tsx";

/** How often the log is looked at, in ms. */
const LOOK = 10_000;

/** A checkpoint that this browser holds the log to, from its first visit on. */
const kept = {
  name: (election: string) => `checkpoint-${election}`,
  read: (election: string) => { try { return localStorage.getItem(kept.name(election)); } catch { return null; } },
  write: (election: string, note: string) => { try { localStorage.setItem(kept.name(election), note); } catch { /* for this visit */ } },
};

interface Seen { head: Head; at: number; since: number | null }

export function ObservePage({ election }: { election: Election }) {
  const id = election.status.election;
  const worker = useRef<ObserverWorker>(null);
  const [seen, setSeen] = useState<Seen>();
  const [failure, setFailure] = useState<string>();
  useEffect(() => {
    const observer = new ObserverWorker();
    worker.current = observer;
    const before = kept.read(id);
    const since = before ? Number(before.split("\n")[1]) : null;
    let timer: ReturnType<typeof setTimeout>;
    const look = async (): Promise<void> => {
      try {
        const head = await observer.call("refresh");
        kept.write(id, head.note);
        setSeen({ head, at: Date.now(), since });
        setFailure(undefined);
      } catch (error) {
        setFailure((error as Error).message);
      }
      timer = setTimeout(() => void look(), LOOK);
    };
    observer.call("begin", before ? new TextEncoder().encode(before) : undefined).then((found) => {
      if (found !== id) return setFailure(t("observe.otherElection"));
      void look();
    }, (error: Error) => setFailure(error.message));
    return () => { clearTimeout(timer); observer.stop(); };
  }, [id]);
  return (
    <Sheet title={t("observe.title")}>
      <p>{t("observe.intro")}</p>
      <section class="stack">
        <h2>{t("observe.log")}</h2>
        {failure && <Failure why={t("observe.broken", { why: failure })} />}
        <div role="status">{!seen && !failure && <p>{t("app.loading")}</p>}</div>
        {seen && <Growth seen={seen} held={!failure} />}
      </section>
      <Verification election={election} size={seen?.head.size} checkpoint={() => kept.read(id)} />
      <Checked />
      {seen && <Explorer size={seen.head.size} read={(number) => worker.current!.call("page", number)} />}
      <Commands />
    </Sheet>
  );
}

function Growth({ seen: { head, at, since }, held }: { seen: Seen; held: boolean }) {
  const download = () => save(new Blob([head.note], { type: "text/plain" }), `checkpoint-${head.size}.txt`);
  return (
    <div class={`notice stack ${held ? "good" : "bad"}`}>
      {held && <p><strong>✓ {t("observe.grows")}</strong></p>}
      {held && <p>{since === null ? t("observe.first") : t("observe.since", { n: count(since) })}</p>}
      <dl class="facts">
        <dt>{t("observe.size")}</dt><dd data-testid="size">{count(head.size)}</dd>
        <dt>{t("observe.looked")}</dt><dd>{time(at, true)}</dd>
        <dt>{t("observe.root")}</dt><dd class="long"><code>{head.root}</code></dd>
      </dl>
      <p class="soft">{t("observe.compare")}</p>
      <div class="buttons row"><button class="small" onClick={download}>{t("observe.checkpoint")}</button></div>
    </div>
  );
}

function Commands() {
  return (
    <section class="sheet">
      <h2>{t("observe.commands")}</h2>
      <p>{t("observe.commandsWhy")}</p>
      <pre tabIndex={0}>{`observer verify ${location.origin}
observer receipt receipt.json --manifest manifest.json
observer log ${location.origin} --from 0
observer mirror ${location.origin} ./log`}</pre>
      <ul class="steps">
        <li><a href="/log/checkpoint">{t("observe.fileCheckpoint")}</a></li>
        <li><a href="/api/v1/manifest" download="manifest.json">{t("observe.fileManifest")}</a></li>
        <li><a href="/assets.json">{t("observe.fileAssets")}</a></li>
      </ul>
    </section>
  );
}
