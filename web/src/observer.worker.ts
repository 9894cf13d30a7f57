// The observer's own code in a worker: it reads the log synchronously, as the command does.
import init, { Log, address, verify } from "./wasm/hanpyo_observer_web.js";
import wasm from "./wasm/hanpyo_observer_web_bg.wasm?url";

declare const OBSERVER_INTEGRITY: string;

let log: Log | undefined;
let ready: Promise<void> | undefined;

async function load(): Promise<void> {
  await init({ module_or_path: await fetch(wasm, { integrity: OBSERVER_INTEGRITY }) });
}

/** A file below /log/. */
function read(path: string, limit: number): Uint8Array {
  const request = new XMLHttpRequest();
  request.open("GET", `/log/${path}`, false);
  request.responseType = "arraybuffer";
  try { request.send(); } catch { throw "no answer"; }
  if (request.status !== 200) throw `the server answered ${request.status}`;
  const bytes = new Uint8Array(request.response as ArrayBuffer);
  if (bytes.length > limit) throw `longer than ${limit} bytes`;
  return bytes;
}

const NONE = new Uint8Array();
const methods = {
  begin: async (kept?: Uint8Array) => {
    log = new Log(kept ?? NONE);
    return log.election;
  },
  refresh: async () => JSON.parse(log!.refresh()) as Head,
  page: async (number: number) => JSON.parse(log!.page(number)) as Line[],
  address: async (document: Uint8Array) => address(document),
  verify: async (name: string, checkpoint?: Uint8Array, receipt?: Uint8Array) =>
    JSON.parse(verify(name, checkpoint ?? NONE, receipt ?? NONE)) as Report,
};

export interface Head { origin: string; size: number; root: string; note: string }
export interface Line { index: number; time: number; kind: string; facts: Record<string, string> }
export interface Check { name: string; status: "pass" | "fail" | "not-asked" | "not-reached"; detail?: string }
export interface Report {
  verdict: "verified" | "failed" | "unfinished"; election_id: string | null; entries: number | null; root: string | null;
  checks: Check[]; first_failure: { check: string; entry: number | null; detail: string } | null;
  software: { entry: number; document: string } | null;
  turnout: { cast: number; issued: number }[]; trusted: { id: string; ko: string; en: string }[];
}
export type ObserverMethods = typeof methods;
export type Told = { id: number; result?: unknown; error?: string } | { part: string; done: number; total: number };

Object.assign(self, {
  hanpyoRead: read,
  hanpyoProgress: (part: string, done: number, total: number) => self.postMessage({ part, done, total } satisfies Told),
});

self.onmessage = async ({ data }: MessageEvent<{ id: number; method: keyof ObserverMethods; args: unknown[] }>) => {
  const answer: Told = { id: data.id };
  try {
    await (ready ??= load());
    answer.result = await (methods[data.method] as (...args: unknown[]) => Promise<unknown>)(...data.args);
  } catch (error) {
    answer.error = error instanceof Error ? error.message : String(error);
  }
  self.postMessage(answer);
};
