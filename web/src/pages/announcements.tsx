// What staff told everybody (공지): the newest in full, earlier ones on demand.
import { t, text, time } from "../i18n.ts";
import type { Status } from "../api.ts";

type Announcement = Status["announcements"][number];

export function Announcements({ list }: { list: Announcement[] }) {
  const [newest, ...older] = list;
  if (!newest) return null;
  return (
    <section class="notice care stack" aria-labelledby="announcements" data-testid="announcements">
      <h2 id="announcements">{t("announce.title")}</h2>
      <One told={newest} />
      {older.length > 0 && (
        <details><summary>{t("announce.older", { n: older.length })}</summary>
          <div class="stack">{older.map((told) => <One key={told.time} told={told} />)}</div>
        </details>
      )}
    </section>
  );
}

const One = ({ told }: { told: Announcement }) => (
  <p>{text(told.text)} <span class="soft">{time(told.time)}</span></p>
);
