// The steps from picks to receipt. Each can be interrupted anywhere and started again.
import { Refused, Unreachable, postBallot, postCredential, postPending, postSpoiled, toUrlText } from "./api.ts";
import { core, prepare } from "./core.ts";
import { changeVote, exclusively, readVote, type Vote } from "./kept.ts";

export type Progress = "prepare" | "credential" | "seal" | "register";

const random = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("state");
  return value;
}

/** A receipt of the person's ballot, wherever it was cast. */
async function keepReceipt(election: string, receipt: Uint8Array): Promise<Vote> {
  const vote = await readVote(election);
  const cast = vote.sealed?.cast;
  const own = cast ? await core.checkReceipt(receipt, cast).then(() => true, () => false) : false;
  if (!own) await core.checkReceipt(receipt);
  return changeVote(election, (v) => {
    v.receipt = receipt;
    v.elsewhere = !own;
    v.step = "done";
    wipe(v);
    v.picks = [];
    delete v.checked;
  });
}

/** Zeroes and removes what could open a ballot or speak for the voter. */
function wipe(vote: Vote): void {
  [vote.key, vote.sealed?.seeds].forEach((secret) => secret?.fill(0));
  delete vote.key;
  delete vote.credential;
  delete vote.session;
  delete vote.identity;
  delete vote.sealed;
  delete vote.refused;
}

/** Gets a credential with the session and keeps it. Ends with a receipt if the person has voted. */
async function credential(election: string): Promise<Vote> {
  let vote = await changeVote(election, (v) => { v.key ??= random(32); });
  if (vote.credential) return vote;
  const key = must(vote.key);
  try {
    const bytes = await postCredential(must(vote.session).token, await core.publicKey(key));
    await core.checkCredential(key, bytes);
    vote = await changeVote(election, (v) => { v.credential = bytes; delete v.session; });
  } catch (error) {
    if (error instanceof Refused && error.receipt) return keepReceipt(election, error.receipt);
    if (error instanceof Refused && error.kind === "voter-key-used") await changeVote(election, (v) => { delete v.key; });
    throw error;
  }
  return vote;
}

/** Seals the picks and registers the tracking code. */
export function sealPicks(election: string, tell: (at: Progress) => void): Promise<Vote> {
  return exclusively("hanpyo-vote", async () => {
    tell("prepare");
    if ((await prepare()) !== election) throw new Error("another election");
    let vote = await readVote(election);
    if (vote.receipt || vote.sealed?.cast) return vote;
    tell("credential");
    vote = await credential(election);
    if (vote.receipt) return vote;
    if (!vote.sealed) {
      tell("seal");
      const chosen = [...vote.picks].sort((a, b) => a - b);
      const seeds = random(64);
      const made = await core.seal(must(vote.credential), chosen, seeds);
      vote = await changeVote(election, (v) => {
        v.sealed = { chosen, seeds, ballot: made.bytes, code: made.code, short: made.short, registered: false };
      });
    }
    if (!must(vote.sealed).registered) {
      tell("register");
      await postPending(await core.pending(must(vote.key), must(vote.credential), must(vote.sealed).ballot));
    }
    return changeVote(election, (v) => { must(v.sealed).registered = true; v.step = "decide"; });
  });
}

/** Gives up a sealed ballot that was neither cast nor checked, to choose again. */
export const unseal = (election: string): Promise<Vote> =>
  changeVote(election, (v) => {
    if (v.sealed?.cast) return;
    v.sealed?.seeds.fill(0);
    delete v.sealed;
  });

/** The device has no current credential any more: the person identified themselves elsewhere. */
export const identifyAgain = (election: string): Promise<Vote> =>
  changeVote(election, (v) => { wipe(v); v.step = "identify"; });

/** Spoils the sealed ballot's code; then, and only then, gives the opening for the second device. */
export function checkSealed(election: string): Promise<Vote> {
  return exclusively("hanpyo-vote", async () => {
    await prepare();
    const vote = await readVote(election);
    const sealed = must(vote.sealed);
    if (sealed.cast) return vote;
    await postSpoiled(await core.spoil(must(vote.key), must(vote.credential), sealed.ballot));
    const opening = toUrlText(await core.opening(must(vote.credential), sealed.chosen, sealed.seeds));
    return changeVote(election, (v) => {
      v.checked = { opening, short: sealed.short };
      v.sealed?.seeds.fill(0);
      delete v.sealed;
      v.step = "check";
    });
  });
}

export type CastState = "sending" | "waiting" | "paused" | "offline";

/** Refusals after which the same bytes may still be taken. */
const passing = (error: unknown): boolean =>
  error instanceof Unreachable ||
  (error instanceof Refused && (error.status >= 500 || error.status === 429 || error.status === 408));

function interruption(error: unknown): CastState {
  if (error instanceof Refused && error.kind === "voting-paused") return "paused";
  return navigator.onLine ? "waiting" : "offline";
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => { clearTimeout(timer); removeEventListener("online", done); resolve(); };
    const timer = setTimeout(done, ms);
    addEventListener("online", done);
  });
}

/** Signs once, keeps the bytes, and sends the very same until there is a receipt or a refusal. */
export function castSealed(election: string, tell: (state: CastState) => void): Promise<Vote> {
  return exclusively("hanpyo-vote", async () => {
    let vote = await readVote(election);
    if (vote.receipt) return vote;
    for (let attempt = 0; ; attempt++) {
      try {
        await prepare();
        vote = await signed(election);
        tell("sending");
        return await keepReceipt(election, await postBallot(must(vote.sealed?.cast)));
      } catch (error) {
        if (error instanceof Refused && error.receipt) return keepReceipt(election, error.receipt);
        if (!passing(error)) return refuse(election, error);
        tell(interruption(error));
        const asked = error instanceof Refused ? error.retryAfter : undefined;
        await pause(asked ? asked * 1000 : Math.min(30_000, 1000 * 2 ** attempt) * (0.5 + Math.random() / 2));
      }
    }
  });
}

async function signed(election: string): Promise<Vote> {
  const vote = await readVote(election);
  const sealed = must(vote.sealed);
  if (sealed.cast) return vote;
  const cast = await core.cast(must(vote.key), must(vote.credential), sealed.ballot);
  return changeVote(election, (v) => { must(v.sealed).cast ??= cast; v.step = "cast"; });
}

function refuse(election: string, error: unknown): Promise<Vote> {
  if (!(error instanceof Refused)) throw error;
  return changeVote(election, (v) => {
    v.refused = { kind: error.kind, ko: error.details.ko, en: error.details.en };
    v.step = "cast";
  });
}
