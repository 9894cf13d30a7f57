// Proofs that a clerk has seen: of a person who is here, or of one who brings a case on their telephone.
import { useState } from "preact/hooks";
import { Failure, wordsOf } from "../../app.tsx";
import { confirmCase } from "../../api.ts";
import { t, text } from "../../i18n.ts";
import type { Failed } from "../identify.tsx";
import { isLost, type Counter } from "./counter.ts";

/** What desks may confirm. */
const REQUIREMENTS = ["tie", "age"] as const;
/** The longest case that is read. */
const LONGEST = 1200;

type State = "asked" | "busy" | "confirmed" | { why: string };

function useConfirm({ pass, lose }: Counter) {
  const [state, setState] = useState<State>("asked");
  const confirm = async (found: string, requirement: string) => {
    if (state === "busy") return;
    setState("busy");
    try {
      await confirmCase(pass, found, requirement);
      setState("confirmed");
    } catch (failure) {
      if (isLost(failure)) return lose(wordsOf(failure));
      setState({ why: wordsOf(failure) });
    }
  };
  return { state, confirm, again: () => setState("asked") };
}

/** Why there is no session, to a clerk; and the proof that can help, where one can. */
export function Refusal({ failed, counter }: { failed: Failed; counter: Counter }) {
  const { state, confirm } = useConfirm(counter);
  if ("why" in failed) return <Failure why={failed.why} />;
  const { requirement, text: required, case: found } = failed.unmet;
  if (state === "confirmed") return <p class="notice good" role="status">✓ {t("desk.confirmed")}</p>;
  return (
    <div class="notice bad stack" role="alert" data-testid="unmet">
      <strong>{t("desk.unmet")}</strong>
      <p>{text(required)}</p>
      <p>{t(found ? "desk.proof" : "desk.noProof")}</p>
      {typeof state === "object" && <p class="why">{state.why}</p>}
      {found && <div class="buttons row"><button type="button" onClick={() => void confirm(found, requirement)}>{t("desk.seen")}</button></div>}
    </div>
  );
}

/** A case from a person's telephone: pasted, or typed in by a scanner that is a keyboard to the computer. */
export function OfPhone({ counter }: { counter: Counter }) {
  const { state, confirm, again } = useConfirm(counter);
  const [found, setFound] = useState("");
  const [requirement, setRequirement] = useState<string>(REQUIREMENTS[0]);
  const submit = (event: Event) => {
    event.preventDefault();
    if (found.trim()) void confirm(found.trim(), requirement).then(() => setFound(""));
  };
  return (
    <details>
      <summary>{t("desk.phone")}</summary>
      <form class="sheet" onSubmit={submit} noValidate>
        <p>{t("desk.phoneWhat")}</p>
        <div>
          <label for="desk-case">{t("desk.case")}</label>
          <input id="desk-case" autocomplete="off" autocapitalize="off" spellcheck={false} maxLength={LONGEST} value={found}
            onInput={(e) => { setFound(e.currentTarget.value); again(); }} />
        </div>
        <div>
          <label for="desk-requirement">{t("desk.requirement")}</label>
          <select id="desk-requirement" value={requirement} onChange={(e) => setRequirement(e.currentTarget.value)}>
            {REQUIREMENTS.map((one) => <option key={one} value={one}>{t(`desk.requirement.${one}`)}</option>)}
          </select>
        </div>
        <div role="status">
          {state === "confirmed" && <p class="notice good">✓ {t("desk.confirmedPhone")}</p>}
          {typeof state === "object" && <p class="why">{state.why}</p>}
        </div>
        <div class="buttons row"><button type="submit">{t("desk.seen")}</button></div>
      </form>
    </details>
  );
}
