// All drafts, and a new one from a preset.
import { useEffect, useState } from "preact/hooks";
import { Failure, Sheet, go, useWork } from "../app.tsx";
import { get, post, type DraftRow, type Me, type Preset } from "../api.ts";
import { count, text, time } from "../../i18n.ts";
import { t } from "../words.ts";

export function Drafts({ me }: { me: Me }) {
  const [drafts, setDrafts] = useState<DraftRow[]>();
  const [presets, setPresets] = useState<Preset[]>([]);
  const [chosen, setChosen] = useState("");
  const { busy, error, run } = useWork();
  useEffect(() => {
    void run(async () => {
      const [rows, offered] = await Promise.all([get<DraftRow[]>("/drafts"), get<Preset[]>("/presets")]);
      setDrafts(rows);
      setPresets(offered);
      setChosen(offered[0]?.name ?? "");
    });
  }, []);
  const title = (preset: string) => presets.find((p) => p.name === preset)?.title;
  const begin = (event: Event) => {
    event.preventDefault();
    void run(async () => go(`drafts/${(await post<{ id: number }>("/drafts", { preset: chosen })).id}`));
  };
  const preset = presets.find((p) => p.name === chosen);
  return (
    <Sheet title={t("drafts.title")}>
      {error !== undefined && <Failure error={error} />}
      {drafts?.length === 0 && <p>{t("drafts.none")}</p>}
      <ul class="cards plain-list">{drafts?.map((draft) => (
        <li class="card" key={draft.id}>
          <a href={`#/drafts/${draft.id}`}>{draft.title ? text(draft.title) : t("drafts.untitled", { n: draft.id })}</a>
          <span class="soft">{title(draft.preset) ? text(title(draft.preset)!) : draft.preset} · {t("drafts.projects", { n: count(draft.projects) })}</span>
          <span class="soft">{time(draft.changed_at)}{draft.founding ? ` · ${t("drafts.founding")}` : ""}</span>
        </li>
      ))}</ul>
      {me.role === "manager" && (
        <form class="sheet" onSubmit={begin}>
          <h2>{t("drafts.new")}</h2>
          <div>
            <label for="preset">{t("drafts.preset")}</label>
            <select id="preset" value={chosen} onChange={(e) => setChosen(e.currentTarget.value)}>
              {presets.map((p) => <option key={p.name} value={p.name}>{text(p.title)}</option>)}
            </select>
          </div>
          {preset && <p class="soft">{text(preset.note)}</p>}
          <div class="buttons"><button class="primary" type="submit" disabled={busy || !chosen}>{t("drafts.begin")}</button></div>
        </form>
      )}
    </Sheet>
  );
}
