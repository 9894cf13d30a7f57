// A kiosk: a device that many people vote on, one after another, and that remembers none of them.
import { endSession } from "./api.ts";
import { setLanguage, setLarge } from "./i18n.ts";

/** Whether this page is a kiosk's. */
export const kiosk = location.pathname === "/kiosk";

/** How long nobody may touch it before it asks, and then before it forgets, in ms. */
export const IDLE = 90_000;
export const ANSWER = 30_000;
/** How long the receipt is shown, in ms. */
export const SHOWN = 120_000;

let session: string | undefined;

/** What has to be ended at the server when this voter is gone. */
export const holdSession = (token: string): void => { if (kiosk) session = token; };

/** Forgets this voter: the page's memory goes with the page. */
export async function nextVoter(): Promise<void> {
  const token = session;
  session = undefined;
  if (token) await endSession(token).catch(() => undefined);
  location.replace("/kiosk");
}

/** A kiosk begins in Korean and large type for everyone. */
export function begin(): void {
  if (!kiosk) return;
  document.documentElement.classList.add("kiosk");
  setLanguage("ko");
  setLarge(true);
}
