// A certified OpenID provider on loopback, for the gateway's tests: two issuers with the same keys, two
// clients, people whose claims are in their names.
//
//   node provider.mjs RETURN_URL   prints a JSON line: the issuers' addresses and the clients
//
// A login is whoever one types in: the claims as JSON, in base64url. `POST /swap` with an ID token makes the first issuer
// hand out that token instead of its own, once: what somebody between it and the gateway would do.
import { createServer } from "node:http";
import { generateKeyPairSync } from "node:crypto";
import Provider from "oidc-provider";

const [returnUrl] = process.argv.slice(2);
const clients = ["hanpyo", "other"].map((client_id) => ({
  client_id, client_secret: `secret of ${client_id} +/&`, redirect_uris: [returnUrl],
}));
const key = { ...generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" }), alg: "RS256", use: "sig" };

const configuration = {
  clients,
  jwks: { keys: [key] },
  cookies: { keys: ["tests"] },
  claims: { openid: ["sub", "ci", "ties"], profile: ["name", "birthdate"], phone: ["phone_number"] },
  // What the gateway wants to know stands in the ID token.
  conformIdTokenClaims: false,
  ttl: { IdToken: 300, AuthorizationCode: 120, Session: 600, Grant: 600, Interaction: 600, AccessToken: 300 },
  findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId, ...JSON.parse(Buffer.from(accountId, "base64url")) }) }),
};

let swapped;

/** An issuer on a free port. */
async function issuer(first) {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const url = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(url, configuration);
  if (first) provider.use(async (context, next) => {
    if (context.path === "/swap") {
      const parts = [];
      for await (const part of context.req) parts.push(part);
      swapped = Buffer.concat(parts).toString();
      context.status = 204;
      return;
    }
    await next();
    if (context.path === "/token" && swapped && context.body.id_token) {
      context.body.id_token = swapped;
      swapped = undefined;
    }
  });
  server.on("request", provider.callback());
  return url;
}

console.log(JSON.stringify({ issuers: [await issuer(true), await issuer(false)], clients }));
// Ends with whoever started it.
process.stdin.on("end", () => process.exit(0)).resume();
