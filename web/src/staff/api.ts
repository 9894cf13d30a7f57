// The console's interface, which changes with this page.
import type { Text } from "../api.ts";
import type { Result as Shared } from "../outcomes.tsx";

export interface Fault { row?: number | null; column?: string | null; ko?: string; en?: string; path?: string; message?: string }

/** A refusal: an RFC 9457 document. */
export class Denied extends Error {
  constructor(readonly kind: string, readonly titles: Text, readonly details: Text, readonly hint: string, readonly faults: Fault[]) {
    super(kind);
  }
}

export type Role = "manager" | "observer" | "clerk";
export interface Me {
  id: number; handle: string; name: string; role: Role; key: string | null; credentials: string[]; account: boolean; origin: string;
}
export interface Member { id: number; name: string; role: Role; key: string | null; account: boolean; ended: boolean }
export interface Desk { configured: boolean; kiosk: string }
export interface Preset { name: string; title: Text; note: Text; questions: Text[] }
export interface Part { id: string; title: Text }
export interface Project { id: string; title: Text; field?: string; list?: string; district?: Text; cost: number; kind: "general" | "event" }
export interface Draft {
  preset: string; demonstration: boolean; origin: string; title: Text | null;
  hours: Record<Hour, number | null>;
  projects: { projects: Project[]; fields: Part[]; lists: Part[]; without_english: number };
  answers: Record<string, unknown>; confirmed: number[];
  trustees: { threshold: number; members: { name: string }[] } | null; staff: number[]; keys: Record<string, string> | null;
}
export type Hour = "opens_at" | "closes_at" | "extension_limit" | "objections_until";
export interface Shown {
  id: number; revision: number; content: Draft; founding: number | null; open: string[]; missing: string[];
  misfits: { path: string; message: string }[]; manifest: string | null; election: string | null;
}
export interface DraftRow { id: number; title: Text | null; preset: string; projects: number; changed_at: number; founding: number | null }
export interface Proposal {
  id: number; draft: number | null; election: string; title: Text; action: string; proposer: string; created_at: number;
  state: "open" | "signed" | "submitting" | "done" | "withdrawn"; required: number;
  signed: { member: number; name: string; time: number }[]; entry: number | null; refusal: string | null;
}
export interface Dashboard {
  status: {
    election: string; stage: string; server_time: number; opens_at: number; closes_at: number; extension_limit: number;
    drained_at: number; accepting: boolean; log_size: number;
  };
  actions: string[]; classes: { class: string; issued: number; cast: number }[];
  arrivals: { from: number; cast: number; issued: number }[]; checkpoint: { verified: number } | { refused: string };
  trustees: { known: Trustees | null } | { refused: string }; gateways: Health[];
}
/** How far the trustees are; they are numbered from 1. */
export interface Trustees {
  threshold: number; names: string[];
  ceremony: { attempt: number; rounds: [number[], number[], number[]]; complaint: { accuser: number; accused: number; founded: boolean } | null; complete: boolean } | null;
  decryption: { groups: { title: Text; shares: number[] }[]; waits_for: Text[]; refused: boolean } | null;
}
/** How many rolls were imported, and how many people are on them, by class. */
export interface Rolls { imports: number; people: Record<string, number> }
export type Verdict = "accepted" | "duplicate" | "malformed" | "ambiguous";
/** What became of a roll file's rows; what a code means is said by the gateway alone. */
export interface RollReport {
  number: number; kept: boolean; encoding: string | null; rows: number; counts: Record<Verdict, number>;
  not_accepted: { row: number; code: string }[]; codes: Record<string, Text & { verdict: Verdict }>; people: Record<string, number>;
}
export interface Health {
  address: string; readiness: "ready" | { "not-ready": string } | "unreachable" | null;
  now: { at: number; proof_queue: number; log_queue: number; in_work: number; in_work_limit: number; log_entries: number; checkpoint_age: number; waiting: number; alone: boolean } | null;
  log_lag_ms: number | null; refused: { reason: string; last_minute: number; since_start: number }[];
}
export interface Result extends Shared {
  contests: (Shared["contests"][number] & { pots: { title: Text; candidates_cost: number; spent: number; dropped: number }[] })[];
}
export type Outcome = "in" | "partial" | "out";
interface Changed { project: string; from: Outcome; to: Outcome; funded: number; reason: Text }
/** An assembly's decision, as its document says it. */
export interface Ratification {
  result: string; assembly: Text; decided_on: string; decision: "as_it_stands" | { with_changes: Changed[] };
}
export interface Published {
  entry: number; document: string; hash: string; result: Result; contests: string[];
  decision: { entry: number; document: string; assembly: Text; decided_on: string; changes: Changed[] } | null;
}

/** How long an answer may take before it counts as lost, in ms. */
const PATIENCE = 45_000;

/** What some requests need besides. */
interface More { headers?: Record<string, string>; patience?: number }

async function request(method: string, path: string, body?: BodyInit, type?: string, more: More = {}): Promise<Response> {
  const headers: Record<string, string> = type ? { ...more.headers, "content-type": type } : { ...more.headers };
  let response: Response;
  try {
    response = await fetch(`/api${path}`, {
      method, headers, body: body ?? null, cache: "no-store", credentials: "same-origin", redirect: "error",
      signal: AbortSignal.timeout(more.patience ?? PATIENCE),
    });
  } catch {
    throw new Denied("unreachable", { ko: "", en: "" }, { ko: "", en: "" }, "", []);
  }
  if (response.ok) return response;
  const problem = await response.json().catch(() => ({}));
  throw new Denied(
    String(problem.type ?? response.status).replace("urn:hanpyo:problem:", ""),
    { ko: problem.title_ko ?? "", en: problem.title ?? "" }, { ko: problem.detail_ko ?? "", en: problem.detail ?? "" },
    problem.hint ?? "", problem.faults ?? [],
  );
}

export const get = async <T>(path: string): Promise<T> => (await request("GET", path)).json();
export const getBytes = async (path: string): Promise<Uint8Array> =>
  new Uint8Array(await (await request("GET", path)).arrayBuffer());

async function send<T>(method: string, path: string, value: unknown): Promise<T> {
  const response = await request(method, path, JSON.stringify(value), "application/json");
  return response.status === 204 ? (undefined as T) : response.json();
}
export const post = <T>(path: string, value: unknown = {}): Promise<T> => send("POST", path, value);
export const put = <T>(path: string, value: unknown): Promise<T> => send("PUT", path, value);
export const upload = async <T>(method: string, path: string, bytes: Blob, more?: More): Promise<T> =>
  (await request(method, path, bytes, "application/octet-stream", more)).json();
