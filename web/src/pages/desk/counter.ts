// What lets a desk's page speak for the desk.
import { Refused } from "../../api.ts";

export interface Counter {
  /** A clerk's pass, or the desk's own token. */
  pass: string;
  /** It is over, or given back. */
  lose: (why?: string) => void;
}

/** Whether a refusal is of the pass and not of the person. */
export const isLost = (failure: unknown): boolean =>
  failure instanceof Refused && ["desk-unknown", "pass-expired"].includes(failure.kind);
