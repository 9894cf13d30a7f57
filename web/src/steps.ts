// Where one is on the way, in the browser's history: back, forward and reload find it again. A kiosk has no history.
import type { Step } from "./kept.ts";
import { kiosk } from "./kiosk.ts";

/** A new step: back leads to the one before. */
export const pushStep = (step: Step): void => { if (!kiosk) history.pushState({ step }, ""); };
/** The step that this one turned into. */
export const replaceStep = (step: Step): void => { if (!kiosk) history.replaceState({ step }, ""); };
/** The step that the history says. */
export const stoodAt = (state: unknown = history.state): Step | undefined => (state as { step?: Step } | null)?.step;
