// Who of the trustees has done what is awaited of them, and who has not.
import type { Dashboard, Trustees } from "../api.ts";
import { count, text } from "../../i18n.ts";
import { t } from "../words.ts";

export function TrusteesProgress({ trustees }: { trustees: Dashboard["trustees"] }) {
  if ("refused" in trustees) return <section class="notice bad stack"><h2>{t("trustees.title")}</h2><p>{t("trustees.refused")}</p><p class="mono">{trustees.refused}</p></section>;
  const known = trustees.known;
  if (!known) return null;
  return (
    <section class="stack" data-testid="trustees">
      <h2>{known.ceremony ? t("trustees.ceremony") : t("trustees.decryption")}</h2>
      {known.ceremony && <Ceremony trustees={known} ceremony={known.ceremony} />}
      {known.decryption && <Decryption trustees={known} decryption={known.decryption} />}
    </section>
  );
}

const names = (trustees: Trustees, numbers: number[]): string => numbers.map((n) => trustees.names[n - 1] ?? String(n)).join(", ");
const without = (trustees: Trustees, sent: number[]): number[] => trustees.names.map((_, i) => i + 1).filter((n) => !sent.includes(n));

function Ceremony({ trustees, ceremony: { attempt, rounds, complaint, complete } }: { trustees: Trustees; ceremony: NonNullable<Trustees["ceremony"]> }) {
  const heads = [t("trustees.round1"), t("trustees.round2"), t("trustees.confirm")];
  const at = rounds.findIndex((sent) => sent.length < trustees.names.length);
  return (
    <>
      {attempt > 0 && <p>{t("trustees.attempt", { n: count(attempt + 1) })}</p>}
      {complaint ? (
        <p class="notice bad">{t("trustees.complaint", { accuser: names(trustees, [complaint.accuser]), accused: names(trustees, [complaint.accused]) })} {complaint.founded ? t("trustees.founded") : t("trustees.unfounded")}</p>
      ) : complete ? <p class="notice good">{t("trustees.complete")}</p>
        : <p role="status"><strong>{t("trustees.missing", { round: heads[at] ?? "", names: names(trustees, without(trustees, rounds[at] ?? [])) })}</strong></p>}
      <Marks trustees={trustees} title={t("trustees.ceremony")} columns={heads.map((name, i) => [name, rounds[i] ?? []])} />
    </>
  );
}

function Decryption({ trustees, decryption: { groups, waits_for, refused } }: { trustees: Trustees; decryption: NonNullable<Trustees["decryption"]> }) {
  const done = groups.length > 0 && groups.every((group) => group.shares.length >= trustees.threshold);
  const sent = trustees.names.map((_, i) => i + 1).filter((n) => groups.every((group) => group.shares.includes(n)));
  if (refused) return <p class="notice bad">{t("trustees.small")}</p>;
  return (
    <>
      <p>{t("trustees.needed", { t: count(trustees.threshold), n: count(trustees.names.length) })}</p>
      {waits_for.length > 0 ? <p class="notice care">{t("trustees.waits", { groups: waits_for.map(text).join(", ") })}</p>
        : done ? <p class="notice good">{t("trustees.decrypted")}</p>
        : <p role="status"><strong>{t("trustees.missingShares", { names: names(trustees, without(trustees, sent)) })}</strong></p>}
      <Marks trustees={trustees} title={t("trustees.decryption")} columns={groups.map((group) => [text(group.title), group.shares])} />
    </>
  );
}

/** Who has sent what. */
function Marks({ trustees, title, columns }: { trustees: Trustees; title: string; columns: [string, number[]][] }) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={title}>
      <table>
        <thead><tr><th scope="col">{t("trustees.name")}</th>{columns.map(([name]) => <th scope="col" key={name}>{name}</th>)}</tr></thead>
        <tbody>{trustees.names.map((name, i) => (
          <tr key={i}><th scope="row">{name}</th>{columns.map(([head, sent]) => (
            <td key={head}>{sent.includes(i + 1) ? <span class="badge in">✓ {t("trustees.sent")}</span> : <span class="soft">{t("trustees.notYet")}</span>}</td>
          ))}</tr>
        ))}</tbody>
      </table>
    </div>
  );
}
