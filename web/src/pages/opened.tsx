// The second device: makes the sealed ballot again from what the address holds after '#'.
import { useEffect, useState } from "preact/hooks";
import { Code, Failure, Sheet, type Election } from "../app.tsx";
import { fromUrlText } from "../api.ts";
import { core, prepare } from "../core.ts";
import { t, text, won } from "../i18n.ts";

export function OpenedPage({ election }: { election: Election }) {
  const [found, setFound] = useState<{ chosen: number[]; short: string }>();
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    const open = async () => {
      const opening = location.hash.slice(1);
      await prepare();
      setFound(await core.reopen(fromUrlText(opening)));
      // Neither this device's history nor its address bar keeps the opening.
      history.replaceState(null, "", "/check");
    };
    open().catch(() => setFailed(true));
  }, []);
  return (
    <Sheet title={t("opened.title")}>
      <p>{t("opened.intro")}</p>
      {failed && <Failure why={t("opened.bad")} />}
      {!failed && !found && <p role="status">{t("opened.working")}</p>}
      {found && (
        <>
          <section class="sheet"><h2>{t("decide.code")}</h2><Code short={found.short} /></section>
          <p class="notice good">{t("opened.match")}</p>
          <ul class="projects" data-testid="opened">
            {found.chosen.length === 0 && <li>{t("opened.none")}</li>}
            {found.chosen.map((position) => {
              const option = election.ballot.options[position]!;
              return <li class="project" key={position}><h2>{text(option.title)}</h2><p class="cost">{won(option.cost)}</p></li>;
            })}
          </ul>
          <p class="notice care">{t("opened.mismatch")}</p>
        </>
      )}
    </Sheet>
  );
}
