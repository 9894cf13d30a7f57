// The rule tried out on made-up totals: where the line would be.
import { useState } from "preact/hooks";
import { Failure, useWork } from "../app.tsx";
import { post, type Result } from "../api.ts";
import { count, text, won } from "../../i18n.ts";
import { t } from "../words.ts";

export function Simulation({ id, ready, stale }: { id: number; ready: boolean; stale: boolean }) {
  const [voters, setVoters] = useState("100000");
  const [number, setNumber] = useState(1);
  const [result, setResult] = useState<Result>();
  const { busy, error, run } = useWork();
  const look = (sample: number) => void run(async () => {
    setNumber(sample);
    setResult(undefined);
    setResult(await post<Result>(`/drafts/${id}/simulation`, { number: sample, voters: Number(voters.replace(/\D/g, "").slice(0, 8)) }));
  });
  return (
    <section class="sheet">
      <h2>{t("simulation.title")}</h2>
      <p class="soft">{t("simulation.what")}</p>
      <div class="fields"><div><label for="voters">{t("simulation.voters")}</label>
        <input id="voters" inputMode="numeric" value={voters} onInput={(e) => setVoters(e.currentTarget.value)} /></div></div>
      <div class="buttons row">
        <button disabled={busy || !ready} onClick={() => look(number)}>{t("simulation.go")}</button>
        <button disabled={busy || !ready} onClick={() => look(number + 1)}>{t("simulation.another")}</button>
      </div>
      {stale && <p class="soft">{t("simulation.stale")}</p>}
      {error !== undefined && <Failure error={error} />}
      <div role="status">{result && <p>{t("simulation.done", { n: number })}</p>}</div>
      {result?.contests.map((contest) => {
        const ranked = contest.ranking.map((project) => contest.projects.find((p) => p.id === project)!);
        const chosen = ranked.filter((p) => p.outcome !== "out");
        return (
          <div class="stack" key={contest.id}>
            <h3>{text(contest.title)}</h3>
            <p data-testid="simulated"><strong>{t("simulation.sum", { n: count(chosen.length), of: count(ranked.length), cost: won(chosen.reduce((all, p) => all + p.funded, 0)) })}</strong></p>
            <div class="scroll tall" tabIndex={0} role="region" aria-label={t("simulation.title")}>
              <table>
                <thead><tr><th scope="col" class="number">{t("simulation.rank")}</th><th scope="col">{t("projects.name")}</th><th scope="col" class="number">{t("projects.cost")}</th><th scope="col">{t("simulation.outcome")}</th></tr></thead>
                <tbody>{ranked.map((p) => (
                  <tr key={p.id}><td class="number">{p.rank}</td><th scope="row">{text(p.title)}</th><td class="number">{won(p.cost)}</td>
                    <td><span class={`badge ${p.outcome === "out" ? "out" : "in"}`}>{p.outcome === "out" ? t("simulation.out") : t("simulation.in")}</span> {text(p.reason.sentence)}</td></tr>
                ))}</tbody>
              </table>
            </div>
          </div>
        );
      })}
    </section>
  );
}
