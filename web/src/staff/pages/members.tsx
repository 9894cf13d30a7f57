// The staff: who they are, their signing keys, invitations.
import { useEffect, useState } from "preact/hooks";
import { Failure, Sheet, useWork } from "../app.tsx";
import { get, post, type Me, type Member } from "../api.ts";
import { registerKey } from "../signing.ts";
import { t } from "../words.ts";
import { time } from "../../i18n.ts";

export function Members({ me, refresh }: { me: Me; refresh: () => Promise<void> }) {
  const [members, setMembers] = useState<Member[]>();
  const { busy, error, run } = useWork();
  const load = async () => setMembers(await get<Member[]>("/members"));
  useEffect(() => { void run(load); }, []);
  const register = () => void run(async () => { await registerKey(me); await refresh(); await load(); });
  const end = (id: number) => void run(async () => { await post(`/members/${id}/end`); await load(); });
  return (
    <Sheet title={t("members.title")}>
      {error !== undefined && <Failure error={error} />}
      {me.role === "manager" && !me.key && (
        <div class="notice care stack">
          <p><strong>{t("members.noKey")}</strong></p>
          <p>{t("members.noKeyWhat")}</p>
          <div class="buttons"><button class="primary" disabled={busy} onClick={register}>{t("members.register")}</button></div>
        </div>
      )}
      {members && (
        <div class="scroll" tabIndex={0} role="region" aria-label={t("members.title")}>
          <table>
            <thead><tr><th scope="col">{t("members.name")}</th><th scope="col">{t("members.role")}</th><th scope="col">{t("members.key")}</th><th scope="col">{t("members.act")}</th></tr></thead>
            <tbody>{members.map((member) => (
              <tr key={member.id}>
                <th scope="row">{member.name}{member.id === me.id ? ` (${t("members.you")})` : ""}</th>
                <td>{t(`role.${member.role}`)}</td>
                <td class="mono">{member.key ?? t("members.none")}</td>
                <td>{member.ended ? t("members.ended") : me.role === "manager" && member.id !== me.id
                  ? <button class="small" disabled={busy} onClick={() => end(member.id)} aria-label={t("members.endOf", { name: member.name })}>{t("members.end")}</button> : ""}</td>
              </tr>
            ))}</tbody>
          </table>
        </div>
      )}
      {me.role === "manager" && <Invite />}
    </Sheet>
  );
}

function Invite() {
  const [name, setName] = useState("");
  const [role, setRole] = useState<Member["role"]>("manager");
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
          <select id="invite-role" value={role} onChange={(e) => setRole(e.currentTarget.value as Member["role"])}>
            <option value="manager">{t("role.manager")}</option><option value="observer">{t("role.observer")}</option>
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
