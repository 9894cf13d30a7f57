// What may be proposed at the election's stage, and what each act needs to be proposed.
import { useState } from "preact/hooks";
import { Failure, go, useWork } from "../app.tsx";
import { post, upload, type Dashboard, type Proposal } from "../api.ts";
import type { Manifest } from "../../api.ts";
import { text, time } from "../../i18n.ts";
import { fromInput, maybe, t, toInput } from "../words.ts";

const REASONED = ["pause", "resume", "withdraw", "annul", "restart-ceremony", "notice"];
/** Acts that come with a file; what the file is called, where it comes from, and its type. */
const FILES = {
  publish: ["act.result", "act.resultWhat", ".json,application/json"],
  "offline-totals": ["act.totals", "act.totalsWhat", ""],
  "software-changed": ["act.software", "act.softwareWhat", ".json,application/json"],
} as const;

export function Acts({ board: { status, actions }, manifest }: { board: Dashboard; manifest: Manifest }) {
  const [chosen, setChosen] = useState("");
  const [ko, setKo] = useState("");
  const [en, setEn] = useState("");
  const [project, setProject] = useState("0");
  const rolls = manifest.classes.map((c, place) => ({ ...c, place })).filter((c) => c.admission === "roll");
  const [group, setGroup] = useState(String(rolls[0]?.place ?? ""));
  const [people, setPeople] = useState("");
  const [closesAt, setClosesAt] = useState<number | null>(status.closes_at + 3_600_000);
  const [file, setFile] = useState<File>();
  const { busy, error, run } = useWork();
  // The assembly's decision is entered beside the result that it is on.
  const offered = actions.filter((name) => name !== "ratify");
  const action = offered.includes(chosen) ? chosen : "";
  const asked = action in FILES ? FILES[action as keyof typeof FILES] : undefined;
  const propose = (event: Event) => {
    event.preventDefault();
    void run(async () => {
      const wanted: Record<string, unknown> = { action };
      if (REASONED.includes(action)) wanted[action === "notice" ? "text" : "reason"] = { ko, en };
      if (action === "roll") Object.assign(wanted, { class: Number(group), people: Number(people) });
      if (action === "withdraw") wanted.project = Number(project);
      if (action === "extend") wanted.closes_at = closesAt;
      const made = asked ? await upload<Proposal>("POST", `/proposals/${action}`, file!) : await post<Proposal>("/proposals", wanted);
      go(`proposals/${made.id}`);
    });
  };
  if (actions.length === 0) return null;
  return (
    <form class="sheet" onSubmit={propose}>
      <h2>{t("act.title")}</h2>
      <p class="soft">{t("act.what")}</p>
      {actions.includes("ratify") && <p><a href="#/result">{t("act.ratify")}</a></p>}
      <div><label for="action">{t("act.which")}</label>
        <select id="action" value={action} onChange={(e) => setChosen(e.currentTarget.value)}>
          <option value="">{t("act.choose")}</option>
          {offered.map((name) => <option key={name} value={name}>{maybe(`action.${name}`, name)}</option>)}
        </select></div>
      {action && <p>{maybe(`say.${action}`, "")}</p>}
      {action === "withdraw" && (
        <div><label for="project">{t("say.project")}</label>
          <select id="project" value={project} onChange={(e) => setProject(e.currentTarget.value)}>
            {manifest.contests.flatMap((c) => c.projects).map((p, i) => <option key={p.id} value={String(i)}>{p.id} {text(p.title)}</option>)}
          </select></div>
      )}
      {action === "roll" && (
        <div class="fields">
          <div><label for="class">{t("say.class")}</label>
            <select id="class" value={group} onChange={(e) => setGroup(e.currentTarget.value)}>
              {rolls.map((c) => <option key={c.id} value={String(c.place)}>{text(c.title)}</option>)}
            </select></div>
          <div><label for="people">{t("say.people")}</label>
            <input id="people" type="number" min={0} step={1} required value={people} onInput={(e) => setPeople(e.currentTarget.value)} /></div>
        </div>
      )}
      {action === "extend" && (
        <div><label for="closes">{t("say.closesAt")}</label>
          <input id="closes" type="datetime-local" step="1" value={toInput(closesAt)} onInput={(e) => setClosesAt(fromInput(e.currentTarget.value))} />
          <p class="soft">{t("act.until", { until: time(status.extension_limit, true) })}</p></div>
      )}
      {asked && (
        <div key={action}><label for="file">{t(asked[0])}</label>
          <input id="file" type="file" accept={asked[2]} required onChange={(e) => setFile(e.currentTarget.files?.[0])} />
          <p class="soft">{t(asked[1])}</p></div>
      )}
      {REASONED.includes(action) && (
        <div class="fields">
          <div><label for="reason-ko">{t(action === "notice" ? "say.text" : "say.reason")} ({t("draft.ko")})</label><textarea id="reason-ko" required maxLength={600} value={ko} onInput={(e) => setKo(e.currentTarget.value)} /></div>
          <div><label for="reason-en">{t(action === "notice" ? "say.text" : "say.reason")} ({t("draft.en")})</label><textarea id="reason-en" required maxLength={600} value={en} onInput={(e) => setEn(e.currentTarget.value)} /></div>
        </div>
      )}
      {error !== undefined && <Failure error={error} />}
      <div class="buttons"><button class="primary" type="submit" disabled={busy || !action}>{t("act.propose")}</button></div>
    </form>
  );
}
