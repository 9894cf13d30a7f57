// Signing in with an account of the office's provider: a session, and no signature.
import { get, post } from "./api.ts";

/** Where the provider sends the browser back to. */
export const RETURN_PATH = "/openid";
const TICKET = "hanpyo-openid";

/** The provider's host, where the console has one. */
export const provider = async (): Promise<string | null> => (await get<{ openid: string | null }>("/signin/ways")).openid;

/** Goes to the provider: to sign in, to enrol with an invitation, or, signed in, to link an account. */
export async function toProvider(invitation: string | null, link = false): Promise<void> {
  const begun = await post<{ ticket: string; url: string }>(link ? "/me/openid" : "/openid/start", link ? {} : { invitation });
  // Only the browser that began can finish.
  sessionStorage.setItem(TICKET, begun.ticket);
  location.assign(begun.url);
  await new Promise(() => undefined);
}

/** Finishes what was begun, if the provider has sent the browser back; whether it has. */
export async function finish(): Promise<boolean> {
  if (location.pathname !== RETURN_PATH) return false;
  const query = new URLSearchParams(location.search);
  // The code is used up by this: it stays neither in the address bar nor in the history.
  history.replaceState(null, "", "/");
  const ticket = sessionStorage.getItem(TICKET) ?? "";
  sessionStorage.removeItem(TICKET);
  const said = (name: string) => query.get(name) ?? undefined;
  await post("/openid/finish", { ticket, callback: { code: said("code") ?? "", state: said("state") ?? "", iss: said("iss") } });
  return true;
}
