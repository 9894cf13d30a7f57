import { Sheet } from "../app.tsx";
import { missing, picked } from "../ballot.ts";
import { t, text, won } from "../i18n.ts";
import { unseal } from "../voting.ts";
import { Steps, type Way } from "./voting.tsx";

export function Review({ way }: { way: Way }) {
  const { election: { ballot, status }, vote } = way;
  const chosen = [...vote.picks].sort((a, b) => a - b).map((position) => ballot.options[position]!);
  const few = missing(ballot, vote.picks);
  const next = async () => {
    // What was sealed before may hold other choices.
    way.keep(await unseal(status.election));
    await way.go(vote.credential ? "seal" : "identify");
  };
  return (
    <Sheet title={t("review.title")}>
      <Steps now={2} />
      {chosen.length === 0 && <p>{t("review.empty")}</p>}
      <ul class="projects">
        {chosen.map((o) => (
          <li class="project" key={o.position}>
            <h2>{text(o.title)}</h2>
            <p class="cost">{won(o.cost)}</p>
            <div>
              <button class="small" aria-label={t("review.removeOf", { title: text(o.title) })}
                onClick={() => void way.change((v) => { v.picks = v.picks.filter((p) => p !== o.position); })}>
                {t("review.remove")}
              </button>
            </div>
          </li>
        ))}
      </ul>
      <p role="status"><strong>{t("review.total", { n: chosen.length })}</strong></p>
      {few && <p class="notice care" role="status">{t("limit.few", { title: text(few.title), min: few.min, n: picked(few, vote.picks) })}</p>}
      <div class="buttons">
        {!few && <button class="primary" onClick={() => void next()}>{t("review.next")}</button>}
        <button onClick={() => void way.go("choose")}>{t("review.change")}</button>
      </div>
    </Sheet>
  );
}
