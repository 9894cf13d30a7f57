// voting-core in a worker of its own: sealing never blocks the page.
import init, { Election, content_address, public_key } from "./wasm/hanpyo_web.js";
import wasm from "./wasm/hanpyo_web_bg.wasm?url";
import { bundlePath, getBytes, type Manifest, type Status } from "./api.ts";

declare const WASM_INTEGRITY: string;

let election: Election | undefined;
let ready: Promise<void> | undefined;

async function load(): Promise<void> {
  const response = await fetch(wasm, { integrity: WASM_INTEGRITY });
  await init({ module_or_path: response });
}

function opened(): Election {
  if (!election) throw new Error("not-open");
  return election;
}

/** Verifies the log from its first entry to the opening, reading as little of it as needed. */
async function open(manifest: Uint8Array, status: Status): Promise<string> {
  if (election) return election.id;
  const parsed: Manifest = JSON.parse(new TextDecoder().decode(manifest));
  const most = Math.min(256, status.log_size);
  // Entry 0, three rounds of each trustee, the opening: more if the ceremony was restarted.
  for (let count = Math.min(most, 3 * parsed.trustees.members.length + 2); ; count = Math.min(most, 2 * count)) {
    try {
      election = new Election(manifest, await getBytes(bundlePath(0, count)), count);
      return election.id;
    } catch (error) {
      if (error !== "not-open" || count === most) throw error;
    }
  }
}

type Bytes = Uint8Array;

const methods = {
  open,
  publicKey: async (key: Bytes) => public_key(key),
  address: async (document: Bytes) => content_address(document),
  checkCredential: async (key: Bytes, credential: Bytes) => opened().check_credential(key, credential),
  seal: async (credential: Bytes, chosen: number[], seeds: Bytes) => {
    const sealed = opened().seal(credential, Uint32Array.from(chosen), seeds);
    const result = { bytes: sealed.bytes, code: sealed.code, short: sealed.short };
    sealed.free();
    return result;
  },
  pending: async (key: Bytes, credential: Bytes, ballot: Bytes) => opened().pending_request(key, credential, ballot),
  spoil: async (key: Bytes, credential: Bytes, ballot: Bytes) => opened().spoil_request(key, credential, ballot),
  cast: async (key: Bytes, credential: Bytes, ballot: Bytes) => opened().cast(key, credential, ballot),
  opening: async (credential: Bytes, chosen: number[], seeds: Bytes) =>
    opened().opening(credential, Uint32Array.from(chosen), seeds),
  reopen: async (opening: Bytes) => {
    const found = opened().open(opening);
    return { chosen: [...found.chosen], code: found.code, short: found.short };
  },
  checkReceipt: async (receipt: Bytes, cast?: Bytes) =>
    JSON.parse(opened().check_receipt(receipt, cast ?? new Uint8Array())) as ReceiptFacts,
  checkInclusion: async (receipt: Bytes, proof: Bytes, entries: Bytes, width: number, offset: number) => ({
    ...(JSON.parse(opened().check_inclusion(receipt, proof, entries, width, offset)) as { size: string; root: string }),
    file: opened().proof_file(proof, entries, width, offset),
  }),
  staffEntries: async (entries: Bytes, width: number) => JSON.parse(opened().staff_entries(entries, width)) as StaffFacts[],
};

export interface ReceiptFacts { code: string; short: string; index: string; time: number; origin: string; election: string }
export interface StaffFacts { index: number; time: number; kind: string; document: string | null }
export type Methods = typeof methods;
export interface Call { id: number; method: keyof Methods; args: unknown[] }
export interface Answer { id: number; result?: unknown; error?: string }

self.onmessage = async ({ data }: MessageEvent<Call>) => {
  const answer: Answer = { id: data.id };
  try {
    await (ready ??= load());
    answer.result = await (methods[data.method] as (...args: unknown[]) => Promise<unknown>)(...data.args);
  } catch (error) {
    if (!election) ready = undefined;
    answer.error = error instanceof Error ? error.message : String(error);
  }
  self.postMessage(answer);
};
