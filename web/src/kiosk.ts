// A kiosk: a device that many people vote on, one after another, and that remembers none of them.
import { setLanguage, setLarge } from "./i18n.ts";
import { forgetPerson } from "./shared.ts";

/** Whether this page is a kiosk's. */
export const kiosk = location.pathname === "/kiosk";

/** How long nobody may touch it before it asks, and then before it forgets, in ms. */
export const IDLE = 90_000;
export const ANSWER = 30_000;
/** How long the receipt is shown, in ms. */
export const SHOWN = 120_000;

/** Makes way for the next voter. */
export const nextVoter = (): Promise<void> => forgetPerson("/kiosk");

/** A kiosk begins in Korean and large type for everyone. */
export function begin(): void {
  if (!kiosk) return;
  document.documentElement.classList.add("kiosk");
  setLanguage("ko");
  setLarge(true);
}
