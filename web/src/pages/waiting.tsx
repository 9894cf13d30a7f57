// The waiting room before 본인확인: a place in line that survives a reload, until it is one's turn.
import { useEffect, useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { Sheet } from "../app.tsx";
import { lookRoom, Refused, takeTicket, type Place } from "../api.ts";
import { count, left, t, time } from "../i18n.ts";

/** After how long to ask again when there was no answer, in ms. */
const AGAIN = 5000;

/** Someone in line: where their ticket is kept, and where they turn back to. */
export interface Line { ticket: string | undefined; keep: (ticket?: string) => void; back: () => void; closesAt: number }

/** Shows `children` once the newcomer may come in; `wait` sends them back to the line. `head` stands above the line. */
export function WaitingRoom({ line, head, children }: {
  line: Line; head?: ComponentChildren; children: (wait: () => void) => ComponentChildren;
}) {
  const [place, setPlace] = useState<Place>();
  const [lost, setLost] = useState(false);
  const [round, setRound] = useState(0);
  const inside = place !== undefined && (!place.open || place.called);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let gone = false;
    let ticket = line.ticket;
    const keep = (next?: string) => {
      if (next === ticket) return;
      ticket = next;
      line.keep(next);
    };
    const ask = async (): Promise<void> => {
      try {
        let found = await lookRoom(ticket);
        if (found.open && !found.called && !ticket) found = await takeTicket();
        if (gone) return;
        keep(found.ticket ?? ticket);
        setPlace(found);
        setLost(false);
        if (!found.open || found.called) return;
        timer = setTimeout(() => void ask(), found.poll_after_seconds * 1000);
      } catch (error) {
        if (gone) return;
        if (error instanceof Refused && error.kind === "ticket-invalid") keep(undefined);
        else setLost(true);
        timer = setTimeout(() => void ask(), AGAIN);
      }
    };
    void ask();
    return () => { gone = true; clearTimeout(timer); };
  }, [round]);
  if (inside) return <>{children(() => { setPlace(undefined); setRound(round + 1); })}</>;
  return (
    <Sheet title={t(place ? "waiting.title" : "identify.title")}>
      {head}
      {!place && !lost && <p role="status">{t("app.loading")}</p>}
      {place && (
        <div class="notice stack" role="status">
          {place.position !== undefined && <p><strong data-testid="position">{t("waiting.position", { n: count(place.position) })}</strong></p>}
          <p>{t("waiting.estimate", { left: left(Math.max(1, place.estimate_seconds) * 1000) })}</p>
        </div>
      )}
      {lost && <p class="notice care" role="status">{t("waiting.lost")}</p>}
      <p>{t("waiting.kept")}</p>
      <p class="soft">{t("waiting.closes", { time: time(line.closesAt) })}</p>
      <div class="buttons"><button onClick={line.back}>{t("app.back")}</button></div>
    </Sheet>
  );
}
