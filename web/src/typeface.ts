// The typeface comes after the page: half a megabyte, without which everything can be read and done.
import { kiosk } from "./kiosk.ts";

const FACES = ['400 1em "Pretendard GOV"', '700 1em "Pretendard GOV"'];
/** A letter of each script, so that no face is taken for one that is not needed. */
const SAMPLE = "\ud55cA1";
/** Says that this browser holds the typeface: on the next visit there is nothing to wait for. */
const KEPT = "typeface";

const kept = (): boolean => {
  try { return localStorage.getItem(KEPT) === "1"; } catch { return false; }
};

function keep(): void {
  if (kiosk) return;
  try { localStorage.setItem(KEPT, "1"); } catch { /* it comes again next time */ }
}

async function bring(): Promise<void> {
  await Promise.all(FACES.map((face) => document.fonts.load(face, SAMPLE)));
  document.documentElement.classList.remove("later");
  keep();
}

/** To be called before anything is shown. */
export function begin(): void {
  if (kept()) return;
  document.documentElement.classList.add("later");
  const idle = () => setTimeout(() => void bring().catch(() => undefined), WAIT);
  if (document.readyState === "complete") idle();
  else addEventListener("load", idle, { once: true });
}

/** How long after the page has loaded, in ms: its own requests, the election and the manifest, go first. */
const WAIT = 2500;
