// The gateway's HTTP interface, as docs/GATEWAY.md says it.

export interface Text { ko: string; en: string }

export interface Status {
  election: string; title: Text; demonstration: boolean; stage: string; server_time: number;
  opens_at: number; closes_at: number; accepting: boolean; log_size: number;
  election_key: string | null; withdrawn: { project: number; reason: Text }[]; announcements: { time: number; text: Text }[]; identity_providers: string[];
  notices: { channels: Channel[]; events: NoticeEvent[] } | null;
}

export interface Picks { min: number; max: number }
export interface Part { id: string; title: Text; picks?: Picks }
export interface Project {
  id: string; title: Text; field?: string; list?: string; district?: Text; cost: number | string;
  kind: "general" | "event"; place?: Text; summary?: Text;
}
export interface Contest {
  id: string; title: Text; lists?: Part[]; fields?: Part[]; picks: Picks; projects: Project[];
}
export interface Manifest {
  title: Text; contests: Contest[]; trustees: { threshold: number; members: unknown[] };
  eligibility: { area: Text; age?: unknown };
  classes: { id: string; title: Text; admission: string }[];
}

/** A requirement of the manifest that is not met; with what a desk needs to confirm that it is. */
export interface Unmet { requirement: string; text: Text; case?: string }

/** A refusal: an RFC 9457 document. */
export class Refused extends Error {
  constructor(
    readonly kind: string, readonly status: number, readonly titles: Text, readonly details: Text,
    readonly receipt?: Uint8Array, readonly retryAfter?: number, readonly unmet?: Unmet,
  ) {
    super(kind);
  }
}

/** No answer: the network, or something between us and the gateway. */
export class Unreachable extends Error {}

const BINARY = "application/octet-stream";
/** How long an answer may take before it counts as lost, in ms. */
const PATIENCE = 45_000;

async function request(path: string, init: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, {
      cache: "no-store", credentials: "omit", redirect: "error", ...init, signal: AbortSignal.timeout(PATIENCE),
    });
  } catch {
    throw new Unreachable(path.split("/")[3]);
  }
  if (response.ok) return response;
  throw await refusal(response);
}

async function refusal(response: Response): Promise<Error> {
  try {
    const problem = await response.json();
    const kind = String(problem.type).replace("urn:hanpyo:problem:", "");
    const wait = Number(response.headers.get("retry-after") ?? NaN);
    return new Refused(
      kind, response.status, { ko: problem.title_ko, en: problem.title },
      { ko: problem.detail_ko, en: problem.detail },
      problem.receipt ? fromBase64(problem.receipt) : undefined, Number.isFinite(wait) ? wait : undefined,
      problem.requirement ? { requirement: problem.requirement, text: { ko: problem.text_ko, en: problem.text }, case: problem.case } : undefined,
    );
  } catch {
    return new Unreachable(String(response.status));
  }
}

async function body(response: Response): Promise<Uint8Array> {
  try {
    return new Uint8Array(await response.arrayBuffer());
  } catch {
    throw new Unreachable("body");
  }
}

export const getBytes = async (path: string): Promise<Uint8Array> => body(await request(path, { cache: "default" }));
// Asked for by the document itself, before this code has come: as a preload asks. There are no cookies.
const PRELOADED: RequestInit = { credentials: "same-origin" };
export const getStatus = async (): Promise<Status> => (await request("/api/v1/election", PRELOADED)).json();
export const getManifest = async (): Promise<Uint8Array> =>
  body(await request("/api/v1/manifest", { ...PRELOADED, cache: "default" }));

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const post = (path: string, bytes: Uint8Array, session?: string): Promise<Response> => {
  const headers = { "content-type": BINARY, ...(session ? bearer(session) : {}) };
  return request(path, { method: "POST", headers, body: bytes as BodyInit });
};

/** A newcomer's place while many people vote. */
export interface Place {
  open: boolean; called: boolean; position?: number; estimate_seconds: number; poll_after_seconds: number; ticket?: string;
}

const withTicket = (ticket?: string): Record<string, string> => (ticket ? { "hanpyo-ticket": ticket } : {});
export const lookRoom = async (ticket?: string): Promise<Place> =>
  (await request("/api/v1/waiting-room", { headers: withTicket(ticket) })).json();
export const takeTicket = async (): Promise<Place> => (await request("/api/v1/waiting-room", { method: "POST" })).json();

export interface Identified { session: string; expires_at: number; class: string }
/** Where the browser goes to be identified, by an address or with a form, and what it keeps meanwhile. */
export interface Begun { kind: string; transaction?: string; url?: string; action?: string; fields?: Record<string, string> }

const postJson = async (path: string, content: unknown, more: Record<string, string> = {}): Promise<Response> => {
  const headers = { "content-type": "application/json", ...more };
  return request(path, { method: "POST", headers, body: JSON.stringify(content) });
};

export const beginIdentity = async (provider: string, ticket?: string): Promise<Begun> =>
  (await postJson(`/api/v1/identity/${provider}/begin`, {}, withTicket(ticket))).json();
/**
 * What the provider gave, for a session: in the demonstration whoever one says one is, at a kiosk a desk's
 * one-time code, elsewhere the query that the provider sent the browser back with. `shared` is a device that others use as well.
 */
export const identify = async (provider: string, evidence: unknown, ticket?: string, shared = false): Promise<Identified> => {
  const headers = { ...withTicket(ticket), ...(shared ? { "hanpyo-shared-device": "1" } : {}) };
  return (await postJson(`/api/v1/identity/${provider}`, evidence, headers)).json();
};

/** A one-time code with which a person votes at a kiosk. */
export interface KioskCode { code: string; expires_at: number }
/** For whoever speaks for a desk, by a pass or its token: a code for the person of a session. */
export const issueCode = async (pass: string, session: string): Promise<KioskCode> =>
  (await postJson("/api/v1/desk/kiosk-codes", { session }, bearer(pass))).json();
/** For the same: a proof of what a person of a case does not meet by the provider's word was seen. */
export const confirmCase = async (pass: string, found: string, requirement: string): Promise<void> =>
  void (await postJson("/api/v1/desk/confirmations", { case: found, requirement }, bearer(pass)));

/** How many people said that they had checked. */
export interface Checks { receipts: number; elections: number }
export type What = "receipt" | "election";
export const getChecks = async (): Promise<Checks> => (await request("/api/v1/checks")).json();
export const postCheck = async (what: What): Promise<void> => void (await postJson("/api/v1/checks", { what }));

export type Channel = "sms" | "mail";
export type NoticeEvent = "opened" | "published";
/** Whom to tell what; no events: nothing any more. Sent without a session: it is nobody's. */
export interface NoticeWanted { channel: Channel; contact: string; language: "ko" | "en"; events: NoticeEvent[] }
export const postNotice = async (wanted: NoticeWanted): Promise<void> => void (await postJson("/api/v1/notices", wanted));

/** Ends a session of a shared device. */
export const endSession = async (session: string): Promise<void> =>
  void (await request("/api/v1/session/end", { method: "POST", headers: bearer(session) }));

export const postCredential = async (session: string, key: Uint8Array): Promise<Uint8Array> =>
  body(await post("/api/v1/credentials", key, session));
export const postPending = async (bytes: Uint8Array): Promise<void> => void (await post("/api/v1/pending", bytes));
export const postSpoiled = async (bytes: Uint8Array): Promise<void> => void (await post("/api/v1/spoiled", bytes));
export const postBallot = async (bytes: Uint8Array): Promise<Uint8Array> => body(await post("/api/v1/ballots", bytes));

export async function findReceipts(code: string): Promise<Uint8Array[]> {
  const found = await (await request(`/api/v1/receipts/${encodeURIComponent(code)}`)).json();
  return found.matches.map((match: { receipt: string }) => fromBase64(match.receipt));
}

export function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}

export function toBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join(""));
}

/** Base64 for URLs, without padding. */
export const toUrlText = (bytes: Uint8Array): string =>
  toBase64(bytes).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
export const fromUrlText = (text: string): Uint8Array => fromBase64(text.replace(/-/g, "+").replace(/_/g, "/"));

/** The C2SP path of the bundle of entries at `index`, `width` of them wide. */
export function bundlePath(index: number, width: number): string {
  const groups = [String(index % 1000).padStart(3, "0")];
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    groups.unshift("x" + String(rest % 1000).padStart(3, "0"));
  }
  return `/log/tile/entries/${groups.join("/")}${width === 256 ? "" : `.p/${width}`}`;
}
