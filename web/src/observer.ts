// Calls into the observer's worker, which works on one thing at a time.
import type { ObserverMethods, Told } from "./observer.worker.ts";

export type Progress = (part: string, done: number, total: number) => void;

export class ObserverWorker {
  #worker = new Worker(new URL("./observer.worker.ts", import.meta.url), { type: "module" });
  #next = 0;
  #waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();

  constructor(progress: Progress = () => undefined) {
    this.#worker.onmessage = ({ data }: MessageEvent<Told>) => {
      if ("part" in data) return progress(data.part, data.done, data.total);
      const call = this.#waiting.get(data.id);
      this.#waiting.delete(data.id);
      if (data.error === undefined) call?.resolve(data.result as never);
      else call?.reject(new Error(data.error));
    };
    this.#worker.onerror = () => {
      this.#waiting.forEach((call) => call.reject(new Error("worker")));
      this.#waiting.clear();
    };
  }

  call<M extends keyof ObserverMethods>(method: M, ...args: Parameters<ObserverMethods[M]>): ReturnType<ObserverMethods[M]> {
    const id = this.#next++;
    const answer = new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    this.#worker.postMessage({ id, method, args });
    return answer as ReturnType<ObserverMethods[M]>;
  }

  stop(): void {
    this.#worker.terminate();
  }
}
