// Calls into the worker.
import type { Answer, Methods } from "./core.worker.ts";
import { getManifest, getStatus } from "./api.ts";

let worker: Worker | undefined;
let next = 0;
const waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();

function start(): Worker {
  if (worker) return worker;
  worker = new Worker(new URL("./core.worker.ts", import.meta.url), { type: "module" });
  worker.onmessage = ({ data }: MessageEvent<Answer>) => {
    const call = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.error === undefined) call?.resolve(data.result as never);
    else call?.reject(new Error(data.error));
  };
  worker.onerror = () => {
    worker?.terminate();
    worker = undefined;
    waiting.forEach((call) => call.reject(new Error("worker")));
    waiting.clear();
  };
  return worker;
}

function call<M extends keyof Methods>(method: M, ...args: Parameters<Methods[M]>): ReturnType<Methods[M]> {
  const id = next++;
  const answer = new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
  start().postMessage({ id, method, args });
  return answer as ReturnType<Methods[M]>;
}

/** Loads the WebAssembly and verifies the election's opening; may be called at any time. */
export async function prepare(): Promise<string> {
  const [manifest, status] = await Promise.all([getManifest(), getStatus()]);
  return call("open", manifest, status);
}

export const core = new Proxy({} as Methods, {
  get: (_, method: keyof Methods) => (...args: Parameters<Methods[keyof Methods]>) =>
    (call as (m: keyof Methods, ...a: unknown[]) => Promise<unknown>)(method, ...args),
});
