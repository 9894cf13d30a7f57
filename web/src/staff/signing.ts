// What is signed is read and checked by voting-core in this browser; the console's word for it is not asked.
import init, { RollFile, StaffProposal, claim_staff_key, content_address, public_key } from "../wasm/hanpyo_web.js";
import wasm from "../wasm/hanpyo_web_bg.wasm?url";
import { bundlePath, fromBase64, toBase64, toUrlText, type Manifest, type Text } from "../api.ts";
import { get, getBytes, post, upload, type Me, type Proposal, type Ratification, type RollReport } from "./api.ts";
import { withSeed } from "./passkey.ts";

declare const WASM_INTEGRITY: string;
let ready: Promise<void> | undefined;

function load(): Promise<void> {
  ready ??= fetch(wasm, { integrity: WASM_INTEGRITY }).then(async (response) => { await init({ module_or_path: response }); });
  return ready.catch((error) => { ready = undefined; throw error; });
}

/** What an action says, read from the bytes that are signed. */
export interface Said {
  election: string; title: Text; demonstration: boolean; number: number; action: string; reason: Text | null;
  closes_at: number | null; project: { position: number; id: string; title: Text } | null;
  document: { hash: string; length: number } | null; opening: { election_key: string; ceremony: string } | null;
  /** An offline group's totals, whose signature the module has verified. */
  totals: { group: string; title: Text; ballots: string; marks: { id: string; title: Text; marks: string }[] } | null;
  roll: { class: string; title: Text; people: string } | null;
  checkpoint: { size: string; root: string } | null; required: number; signed: string[];
}
/** `document` is the one whose hash is signed; `holds` is whether a decision is on the published result, where it is one. */
export interface Read { said: Said; manifest: Manifest & Record<string, any>; document: Uint8Array | undefined; holds: boolean; proposal: StaffProposal }

/** Registers the signing key that this member's passkey makes, with proof that they have it. */
export async function registerKey(me: Me): Promise<void> {
  await load();
  await withSeed(me.credentials, async (seed) => {
    const hex = Array.from(public_key(seed), (b) => b.toString(16).padStart(2, "0")).join("");
    const signature = toBase64(claim_staff_key(seed, location.origin, fromBase64(me.handle)));
    await post("/me/key", { key: hex, signature });
  });
}

/** Reads a proposal; an opening's keys are computed again from the log before it may be signed. */
export async function read(id: number): Promise<Read> {
  const [manifest, file] = await Promise.all([getBytes(`/proposals/${id}/manifest`), getBytes(`/proposals/${id}/file`), load()]);
  const proposal = new StaffProposal(manifest, file);
  const said: Said = JSON.parse(proposal.say());
  const document = proposal.document;
  const holds = said.action !== "ratify" || await isOnPublished(document!).catch(() => false);
  return { said, proposal, document, holds, manifest: JSON.parse(new TextDecoder().decode(manifest)) };
}

/** Whether a decision is on the published result and on no other: the result is read again, and hashed here. */
async function isOnPublished(document: Uint8Array): Promise<boolean> {
  const decision: Ratification = JSON.parse(new TextDecoder().decode(document));
  const published = new TextDecoder().decode(await getBytes("/result/result.json?lang=ko"));
  // An envelope's canonical form is the result and then the signatures.
  const bare = published.startsWith('{"result":') ? published.slice('{"result":'.length, published.lastIndexOf(',"signatures":')) : published;
  return content_address(new TextEncoder().encode(bare)) === decision.result;
}

async function verifyOpening(proposal: StaffProposal): Promise<void> {
  const size = proposal.entries_needed;
  for (let from = 0; from < size; from += 256) {
    const width = Math.min(256, size - from);
    proposal.feed(await getBytes(bundlePath(from / 256, width)), width);
  }
  if (size > 0) proposal.check_opening();
}

/** Has the member verified by their device, signs, and gives the signature to the console. */
export async function sign(me: Me, id: number): Promise<Proposal> {
  const { proposal, holds } = await read(id);
  try {
    if (!holds) throw new Error("the decision is not on the published result");
    await verifyOpening(proposal);
    const signature = await withSeed(me.credentials, (seed) => toBase64(proposal.sign(seed)));
    return await post<Proposal>(`/proposals/${id}/signature`, { signature });
  } finally {
    proposal.free();
  }
}

/** What is to be done with a roll file; `number` is the last import, `class` is empty where a column names it. */
export interface RollOrder { number: number; class: string; replace: boolean; keep: boolean }
/** How long a large roll may be judged, in ms. */
const ROLL_PATIENCE = 200_000;

/** Has the member verified by their device, signs for a roll file, and sends it: what became of its rows. */
export async function sendRoll(me: Me, bytes: Uint8Array, order: RollOrder): Promise<RollReport> {
  const [manifest] = await Promise.all([getBytes("/manifest"), load()]);
  const roll = new RollFile(manifest, bytes);
  try {
    const sign = (seed: Uint8Array) => toUrlText(roll.sign(seed, order.number, order.class, order.replace, order.keep));
    const headers = { "hanpyo-roll-claim": await withSeed(me.credentials, sign) };
    return await upload<RollReport>("POST", "/rolls", new Blob([bytes as BlobPart]), { headers, patience: ROLL_PATIENCE });
  } finally {
    roll.free();
  }
}

export const me = (): Promise<Me> => get("/me");
