// Fetching what shows that a receipt's promise was kept; the WebAssembly judges it.
import { bundlePath, getBytes, getStatus } from "./api.ts";
import { core, prepare } from "./core.ts";

export interface Proof { size: string; root: string; file: string }

/** Verifies a receipt against the public log: signature, entry, inclusion under a signed checkpoint. */
export async function prove(receipt: Uint8Array): Promise<Proof> {
  await prepare();
  const facts = await core.checkReceipt(receipt);
  const index = Number(facts.index);
  const { log_size: size } = await getStatus();
  const bundle = Math.floor(index / 256);
  // As narrow as the entry allows: what comes after it is of others. Full bundles come from caches.
  const full = (bundle + 1) * 256 <= size;
  const width = full ? 256 : (index % 256) + 1;
  const [proof, entries] = await Promise.all([getBytes(`/log/proof/${index}`), getBytes(bundlePath(bundle, width))]);
  return core.checkInclusion(receipt, proof, entries, width, index % 256);
}
