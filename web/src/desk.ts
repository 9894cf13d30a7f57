// A desk (창구): what lets this tab speak for it, and an identity check that was begun here. Both stand in the tab's
// session storage alone, never beside what this device keeps of a vote of its own.
import { forgetPerson } from "./shared.ts";

const PATH = "/desk";
const PASS = "hanpyo-desk";
const UNDERWAY = "hanpyo-desk-identity";
/** What a desk's token or a pass looks like. */
const LOOKS = /^[\w-]{20,1200}$/;

/** Whether this page is a desk's. */
export const desk = location.pathname === PATH;

/** How long nobody may touch the page before it forgets the person at the desk, in ms. */
export const IDLE = 120_000;

/** An identity check under way at a provider: what this tab must bring back, and then what came back. */
export interface Underway { provider: string; transaction: string; ticket?: string; callback?: Record<string, string> }

/** Where the browser keeps nothing the clerk opens the desk again after each provider that is left for. */
function store(name: string, value?: string): void {
  try {
    if (value === undefined) sessionStorage.removeItem(name);
    else sessionStorage.setItem(name, value);
  } catch { /* as said */ }
}
const stored = (name: string): string | undefined => {
  try { return sessionStorage.getItem(name) ?? undefined; } catch { return undefined; }
};

export const readPass = (): string | undefined => stored(PASS);
export const dropPass = (): void => store(PASS);

/** Keeps a pass, or a desk's own token; whether it looks like one. */
export function keepPass(text: string): boolean {
  const looks = LOOKS.test(text);
  if (looks) store(PASS, text);
  return looks;
}

/** Takes the pass that the console has put behind the address, and leaves it neither there nor in the history. */
export function begin(): void {
  if (!desk) return;
  document.documentElement.classList.add("desk");
  take();
  addEventListener("hashchange", () => { if (take()) location.reload(); });
}

function take(): boolean {
  const pass = new URLSearchParams(location.hash.slice(1)).get("pass");
  if (location.hash) history.replaceState(null, "", PATH);
  return pass !== null && keepPass(pass);
}

export const leaveFor = (underway: Underway): void => store(UNDERWAY, JSON.stringify(underway));

/** An identity check that is not a desk's begins: one that was begun at a desk in this tab and left is over. */
export const forgetUnderway = (): void => store(UNDERWAY);

/** The identity check that this tab's desk has begun, taken out of the storage. */
export function takeUnderway(): Underway | undefined {
  const found = stored(UNDERWAY);
  forgetUnderway();
  return found === undefined ? undefined : JSON.parse(found);
}

/** Back at the desk with what a provider gave: from there alone the next person can be sent to it with a form. */
export function bringBack(underway: Underway, callback: Record<string, string>): void {
  leaveFor({ ...underway, callback });
  location.replace(PATH);
}

/** Ends what there is of this person, and begins anew. */
export const nextPerson = (): Promise<void> => {
  forgetUnderway();
  return forgetPerson(PATH);
};
