// Rolls (명부): how many people are on them, and a file that is judged first and imported then.
import { useEffect, useState } from "preact/hooks";
import { Failure, Sheet, useWork } from "../app.tsx";
import { Denied, get, type Me, type Part, type RollReport, type Rolls } from "../api.ts";
import { sendRoll } from "../signing.ts";
import { count, text } from "../../i18n.ts";
import { t } from "../words.ts";
import { NoPasskey } from "./members.tsx";
import { Report } from "./rollreport.tsx";

interface Voted { classes: (Part & { admission: "roll" | "everyone" })[] }
/** The most bytes of a file that the gateway takes. */
const MOST = 32 * 2 ** 20;

export function RollsPage({ me }: { me: Me }) {
  const [rolls, setRolls] = useState<Rolls>();
  const [classes, setClasses] = useState<Part[]>();
  const { error, run } = useWork();
  const load = async () => setRolls(await get<Rolls>("/rolls"));
  useEffect(() => {
    void run(async () => {
      setClasses((await get<Voted>("/manifest")).classes.filter((c) => c.admission === "roll"));
      await load();
    });
  }, []);
  return (
    <Sheet title={t("rolls.title")}>
      <p>{t("rolls.what")}</p>
      <p>{t("rolls.keeps")}</p>
      <p class="notice care">{t("rolls.fixed")}</p>
      {error !== undefined && <Failure error={error} />}
      {classes?.length === 0 && <p class="notice">{t("rolls.none")}</p>}
      {rolls && classes && classes.length > 0 && (
        <>
          <section class="stack">
            <h2>{t("rolls.now")}</h2>
            <table data-testid="people">
              <thead><tr><th scope="col">{t("rolls.class")}</th><th scope="col" class="number">{t("rolls.people")}</th></tr></thead>
              <tbody>{classes.map((c) => <tr key={c.id}><th scope="row">{text(c.title)}</th><td class="number">{count(rolls.people[c.id] ?? 0)}</td></tr>)}</tbody>
            </table>
            <p class="soft">{t("rolls.imports", { n: count(rolls.imports) })}</p>
          </section>
          {me.role === "manager" && (me.credentials.length > 0 ? <Import me={me} rolls={rolls} classes={classes} load={load} /> : <NoPasskey />)}
        </>
      )}
    </Sheet>
  );
}

/** What is judged and then imported: the very same bytes. */
interface Asked { bytes: Uint8Array; class: string; replace: boolean }

function Import({ me, rolls, classes, load }: { me: Me; rolls: Rolls; classes: Part[]; load: () => Promise<void> }) {
  const [file, setFile] = useState<File>();
  const [of, setOf] = useState("");
  const [replace, setReplace] = useState(false);
  const [judged, setJudged] = useState<{ asked: Asked; report: RollReport }>();
  const { busy, error, run } = useWork();
  const tooLarge = file !== undefined && file.size > MOST;
  const change = (work: () => void) => { work(); setJudged(undefined); };
  const send = (ask: () => Promise<Asked>, number: number, keep: boolean) => run(async () => {
    try {
      const asked = await ask();
      const report = await sendRoll(me, asked.bytes, { number, class: asked.class, replace: asked.replace, keep });
      setJudged({ asked, report });
    } catch (error) {
      // Perhaps another roll came first, and what was judged holds no more.
      if (error instanceof Denied) setJudged(undefined);
      throw error;
    } finally {
      await load();
    }
  });
  const check = (event: Event) => {
    event.preventDefault();
    setJudged(undefined);
    void send(async () => ({ bytes: new Uint8Array(await file!.arrayBuffer()), class: of, replace }), rolls.imports, false);
  };
  return (
    <>
      <form class="sheet" onSubmit={check}>
        <h2>{t("rolls.import")}</h2>
        <div><label for="roll-file">{t("rolls.file")}</label>
          <input id="roll-file" type="file" required disabled={busy} onChange={(e) => { const chosen = e.currentTarget.files?.[0]; change(() => setFile(chosen)); }}
            accept=".csv,.xlsx,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" />
          {tooLarge && <p class="wrong" role="alert">{t("rolls.tooLarge")}</p>}</div>
        <div><label for="roll-class">{t("rolls.ofRows")}</label>
          <select id="roll-class" value={of} disabled={busy} onChange={(e) => { const chosen = e.currentTarget.value; change(() => setOf(chosen)); }}>
            <option value="">{t("rolls.column")}</option>
            {classes.map((c) => <option key={c.id} value={c.id}>{text(c.title)}</option>)}
          </select></div>
        <label class="check"><input type="checkbox" checked={replace} disabled={busy} onChange={(e) => { const chosen = e.currentTarget.checked; change(() => setReplace(chosen)); }} />
          <span>{t("rolls.replace")}</span></label>
        <p class="soft">{t("rolls.checkWhat")}</p>
        {error !== undefined && <Failure error={error} />}
        <div class="buttons"><button class={judged ? "" : "primary"} type="submit" disabled={busy || !file || tooLarge}>{t("rolls.check")}</button></div>
      </form>
      {judged && (
        <Report key={`${judged.report.number}-${judged.report.kept}`} report={judged.report}>
          {!judged.report.kept && <Keep judged={judged} busy={busy} keep={() => void send(async () => judged.asked, judged.report.number, true)} />}
        </Report>
      )}
    </>
  );
}

function Keep({ judged: { asked, report }, busy, keep }: { judged: { asked: Asked; report: RollReport }; busy: boolean; keep: () => void }) {
  if (report.counts.accepted === 0) return <p class="notice">{t("rolls.nothing")}</p>;
  return (
    <>
      {asked.replace && <p class="notice care">{t("rolls.replaces")}</p>}
      <div class="buttons"><button class="primary" disabled={busy} onClick={keep}>{t("rolls.keep")}</button></div>
    </>
  );
}
