// What this device keeps of a vote, in IndexedDB, so that neither a reload nor a flat battery loses it.
import { kiosk } from "./kiosk.ts";

/** One voter's way through one election. Everything secret is wiped once the receipt is in. */
export interface Vote {
  election: string;
  /** Draws this visitor's order of the projects. */
  orderSeed: number;
  /** Positions on the ballot. */
  picks: number[];
  step: Step;
  /** A place in the waiting room. */
  ticket?: string;
  session?: { token: string; until: number };
  /** An identity check under way at a provider: what this browser must bring back, and then what came back. */
  identity?: { provider: string; transaction: string; callback?: Record<string, string> };
  key?: Uint8Array;
  credential?: Uint8Array;
  sealed?: Sealed;
  /** The last sealed ballot that was checked: its opening's address for the second device. */
  checked?: { opening: string; short: string };
  receipt?: Uint8Array;
  /** Whether the receipt is of a ballot cast elsewhere. */
  elsewhere?: boolean;
  /** Why the ballot was not taken. */
  refused?: { kind: string; ko: string; en: string };
}

export type Step = "home" | "choose" | "review" | "identify" | "seal" | "decide" | "check" | "cast" | "done";

export interface Sealed {
  chosen: number[];
  seeds: Uint8Array;
  ballot: Uint8Array;
  code: string;
  short: string;
  /** The gateway knows the code as pending. */
  registered: boolean;
  /** The signed bytes: exactly these are sent until there is a receipt. */
  cast?: Uint8Array;
}

const NAME = "hanpyo";
const memory = new Map<string, Vote>();

function database(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(NAME, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("votes", { keyPath: "election" });
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
    opening.onblocked = () => reject(new Error("blocked"));
  });
}

async function act<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const db = await database();
  try {
    return await new Promise((resolve, reject) => {
      // Strict: what is said to be kept survives a phone that dies.
      const transaction = db.transaction("votes", mode, { durability: "strict" });
      const request = work(transaction.objectStore("votes"));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    db.close();
  }
}

const fresh = (election: string): Vote => ({
  election, orderSeed: crypto.getRandomValues(new Uint32Array(1))[0]!, picks: [], step: "home",
});

/** A copy, so that whoever changes it is seen to; the secrets in it are the same, to be wiped in one place. */
function remembered(election: string): Vote {
  const vote = memory.get(election);
  if (!vote) return fresh(election);
  return vote.sealed ? { ...vote, sealed: { ...vote.sealed } } : { ...vote };
}

/** A kiosk keeps nothing. Where the browser keeps nothing (some private windows), the tab's memory has to do. */
export async function readVote(election: string): Promise<Vote> {
  if (kiosk) return remembered(election);
  try {
    return (await act("readonly", (s) => s.get(election) as IDBRequest<Vote | undefined>)) ?? fresh(election);
  } catch {
    return remembered(election);
  }
}

const tabs = typeof BroadcastChannel === "undefined" ? undefined : new BroadcastChannel(NAME);

/** Calls back when another tab has changed the vote. */
export function onOtherTab(changed: () => void): void {
  if (tabs) tabs.onmessage = changed;
}

/** Reads, changes and writes the vote while no other tab does. */
export async function changeVote(election: string, change: (vote: Vote) => void): Promise<Vote> {
  return exclusively("hanpyo-write", async () => {
    const vote = await readVote(election);
    change(vote);
    memory.set(election, vote);
    if (kiosk) return vote;
    try {
      await act("readwrite", (s) => s.put(vote));
    } catch { /* memory has it */ }
    tabs?.postMessage(0);
    return vote;
  });
}

/** One tab at a time. */
export function exclusively<T>(name: string, work: () => Promise<T>): Promise<T> {
  return navigator.locks ? navigator.locks.request(name, work) as Promise<T> : work();
}

/** Removes everything this device knows of the vote. */
export async function forget(election: string): Promise<void> {
  memory.delete(election);
  await act("readwrite", (s) => s.delete(election)).catch(() => undefined);
  tabs?.postMessage(0);
}
