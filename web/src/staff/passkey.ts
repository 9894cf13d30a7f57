// Passkeys: who signs in, and the signing key that each one makes.
//
// The signing key is not stored anywhere. The authenticator's PRF extension (WebAuthn Level 3) gives 32 bytes that
// only this passkey, on this console's host, can give again, and only after its holder was verified; HKDF-SHA-256 makes an
// Ed25519 seed of them. What the console gets is the public half and signatures.
import { fromUrlText, toUrlText } from "../api.ts";
import { post } from "./api.ts";

type Bytes = Uint8Array<ArrayBuffer>;
const text = (words: string): Bytes => new TextEncoder().encode(words);
/** What the PRF is asked for, and what the seed is derived for. Another word is another key. */
const PRF_INPUT = text("hanpyo v1 staff passkey prf");
const HKDF_INFO = text("hanpyo v1 staff signing key");

/** How long a device is waited for, in ms. */
const TIMEOUT = 60_000;

/** This device or its passkey cannot make a signing key. */
export class NoPrf extends Error {}

interface Ceremony<T> { ticket: string; options: { publicKey: T } }
const bytes = (value: string): Bytes => fromUrlText(value) as Bytes;

export async function enrol(invitation: string): Promise<void> {
  const begun = await post<Ceremony<any>>("/enrol/start", { invitation });
  const asked = begun.options.publicKey;
  const made = await navigator.credentials.create({
    publicKey: {
      ...asked, challenge: bytes(asked.challenge), user: { ...asked.user, id: bytes(asked.user.id) }, excludeCredentials: [],
      // Resident, so that one signs in without a name; and with the PRF, so that one can sign.
      authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
      extensions: { prf: {} },
    },
  }) as PublicKeyCredential;
  const response = made.response as AuthenticatorAttestationResponse;
  await post("/enrol/finish", {
    ticket: begun.ticket,
    credential: {
      id: made.id, rawId: toUrlText(new Uint8Array(made.rawId)), type: made.type, extensions: {},
      response: {
        attestationObject: toUrlText(new Uint8Array(response.attestationObject)),
        clientDataJSON: toUrlText(new Uint8Array(response.clientDataJSON)),
        transports: response.getTransports?.() ?? null,
      },
    },
  });
}

export async function signIn(): Promise<void> {
  const begun = await post<Ceremony<any>>("/signin/start");
  const got = await navigator.credentials.get({
    publicKey: { challenge: bytes(begun.options.publicKey.challenge), allowCredentials: [], userVerification: "required", timeout: TIMEOUT },
  }) as PublicKeyCredential;
  const response = got.response as AuthenticatorAssertionResponse;
  await post("/signin/finish", {
    ticket: begun.ticket,
    credential: {
      id: got.id, rawId: toUrlText(new Uint8Array(got.rawId)), type: got.type, extensions: {},
      response: {
        authenticatorData: toUrlText(new Uint8Array(response.authenticatorData)),
        clientDataJSON: toUrlText(new Uint8Array(response.clientDataJSON)),
        signature: toUrlText(new Uint8Array(response.signature)),
        userHandle: response.userHandle ? toUrlText(new Uint8Array(response.userHandle)) : null,
      },
    },
  });
}

/** Has the holder verified, gives `use` the seed of their signing key, and wipes it. */
export async function withSeed<T>(credentials: string[], use: (seed: Uint8Array) => Promise<T> | T): Promise<T> {
  const got = await navigator.credentials.get({
    publicKey: {
      challenge: crypto.getRandomValues(new Uint8Array(32)), userVerification: "required", timeout: TIMEOUT,
      allowCredentials: credentials.map((id) => ({ type: "public-key", id: bytes(id) })),
      extensions: { prf: { eval: { first: PRF_INPUT } } },
    },
  }) as PublicKeyCredential;
  const prf = got.getClientExtensionResults().prf?.results?.first;
  if (!prf) throw new NoPrf();
  const key = await crypto.subtle.importKey("raw", prf as ArrayBuffer, "HKDF", false, ["deriveBits"]);
  const parameters = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(32), info: HKDF_INFO };
  const seed = new Uint8Array(await crypto.subtle.deriveBits(parameters, key, 256));
  new Uint8Array(prf as ArrayBuffer).fill(0);
  try {
    return await use(seed);
  } finally {
    seed.fill(0);
  }
}
