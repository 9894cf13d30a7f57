// Devices that many people use, one after another: a kiosk, a desk.
import { useEffect } from "preact/hooks";
import { endSession } from "./api.ts";

let session: string | undefined;

/** What has to be ended at the server when this person is gone. */
export const holdSession = (token: string): void => { session = token; };

/** Ends it there, if there is one. */
export async function endHeld(): Promise<void> {
  const token = session;
  session = undefined;
  if (token) await endSession(token).catch(() => undefined);
}

/** Forgets this person: the page's memory goes with the page. */
export async function forgetPerson(path: string): Promise<void> {
  await endHeld();
  location.replace(path);
}

/** Calls back when nobody has touched the page for so many ms, while `active`. */
export function useUntouched(active: boolean, after: number, then: () => void): void {
  useEffect(() => {
    if (!active) return;
    let timer: ReturnType<typeof setTimeout>;
    const again = () => { clearTimeout(timer); timer = setTimeout(then, after); };
    // Only what a person does: a page also scrolls by itself, when the typeface comes.
    const signs = ["pointerdown", "keydown", "wheel"] as const;
    signs.forEach((sign) => addEventListener(sign, again, { passive: true }));
    again();
    return () => { clearTimeout(timer); signs.forEach((sign) => removeEventListener(sign, again)); };
  }, [active]);
}
