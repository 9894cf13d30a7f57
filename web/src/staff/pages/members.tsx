// The staff: who they are, their signing keys, invitations.
import { useEffect, useState } from "preact/hooks";
import { Failure, Sheet, useWork } from "../app.tsx";
import { get, post, type Me, type Member, type Role } from "../api.ts";
import { provider, toProvider } from "../openid.ts";
import { registerKey } from "../signing.ts";
import { t } from "../words.ts";
import { time } from "../../i18n.ts";

const ROLES: Role[] = ["manager", "observer", "clerk"];

export function Members({ me, refresh }: { me: Me; refresh: () => Promise<void> }) {
  const [members, setMembers] = useState<Member[]>();
  const { busy, error, run } = useWork();
  const load = async () => setMembers(await get<Member[]>("/members"));
  useEffect(() => { void run(load); }, []);
  const register = () => void run(async () => { await registerKey(me); await refresh(); await load(); });
  const end = (id: number) => void run(async () => { await post(`/members/${id}/end`); await load(); });
  const unlink = (id: number) => void run(async () => { await post(`/members/${id}/openid/end`); await refresh(); await load(); });
  return (
    <Sheet title={t("members.title")}>
      {error !== undefined && <Failure error={error} />}
      {me.role === "manager" && me.credentials.length === 0 && <NoPasskey />}
      {me.role === "manager" && !me.key && me.credentials.length > 0 && (
        <div class="notice care stack">
          <p><strong>{t("members.noKey")}</strong></p>
          <p>{t("members.noKeyWhat")}</p>
          <div class="buttons"><button class="primary" disabled={busy} onClick={register}>{t("members.register")}</button></div>
        </div>
      )}
      {members && (
        <div class="scroll" tabIndex={0} role="region" aria-label={t("members.title")}>
          <table>
            <thead><tr><th scope="col">{t("members.name")}</th><th scope="col">{t("members.role")}</th><th scope="col">{t("members.key")}</th><th scope="col">{t("members.account")}</th><th scope="col">{t("members.act")}</th></tr></thead>
            <tbody>{members.map((member) => (
              <tr key={member.id}>
                <th scope="row">{member.name}{member.id === me.id ? ` (${t("members.you")})` : ""}</th>
                <td>{t(`role.${member.role}`)}</td>
                <td class="mono">{member.key ?? t("members.none")}</td>
                <td>{member.account ? <>{t("members.linked")} {me.role === "manager" && !member.ended && <button class="small" disabled={busy} onClick={() => unlink(member.id)} aria-label={t("members.unlinkOf", { name: member.name })}>{t("members.unlink")}</button>}</> : t("members.none")}</td>
                <td>{member.ended ? t("members.ended") : me.role === "manager" && member.id !== me.id
                  ? <button class="small" disabled={busy} onClick={() => end(member.id)} aria-label={t("members.endOf", { name: member.name })}>{t("members.end")}</button> : ""}</td>
              </tr>
            ))}</tbody>
          </table>
        </div>
      )}
      {!me.account && <Link />}
      {me.role === "manager" && <Invite />}
    </Sheet>
  );
}

/** Whoever came with an account alone reads and proposes; signing takes a passkey with the PRF extension. */
export function NoPasskey() {
  return <div class="notice care stack"><p><strong>{t("openid.noPasskey")}</strong></p><p>{t("openid.noPasskeyWhat")}</p></div>;
}

/** Linking an account of the office's provider to whoever is signed in. */
function Link() {
  const [host, setHost] = useState<string | null>(null);
  const { busy, error, run } = useWork();
  useEffect(() => { provider().then(setHost, () => undefined); }, []);
  if (!host) return null;
  return (
    <section class="sheet">
      <h2>{t("openid.linkTitle")}</h2>
      <p>{t("openid.linkWhat", { host })}</p>
      {error !== undefined && <Failure error={error} />}
      <div class="buttons"><button disabled={busy} onClick={() => void run(() => toProvider(null, true))}>{t("openid.link")}</button></div>
    </section>
  );
}

function Invite() {
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("manager");
  const [made, setMade] = useState<{ token: string; expires_at: number }>();
  const { busy, error, run } = useWork();
  const invite = (event: Event) => {
    event.preventDefault();
    void run(async () => setMade(await post("/members", { name, role })));
  };
  return (
    <form class="sheet" onSubmit={invite}>
      <h2>{t("invite.title")}</h2>
      <div class="fields">
        <div><label for="invite-name">{t("members.name")}</label>
          <input id="invite-name" value={name} maxLength={100} required autocomplete="off" onInput={(e) => setName(e.currentTarget.value)} /></div>
        <div><label for="invite-role">{t("members.role")}</label>
          <select id="invite-role" value={role} onChange={(e) => setRole(e.currentTarget.value as Role)}>
            {ROLES.map((one) => <option key={one} value={one}>{t(`role.${one}`)}</option>)}
          </select></div>
      </div>
      <div class="buttons"><button type="submit" disabled={busy}>{t("invite.go")}</button></div>
      {error !== undefined && <Failure error={error} />}
      <div role="status">{made && (
        <div class="stack">
          <p>{t("invite.made", { until: time(made.expires_at) })}</p>
          <p class="mono" data-testid="invitation">{`${location.origin}/#invite=${made.token}`}</p>
        </div>
      )}</div>
    </form>
  );
}
