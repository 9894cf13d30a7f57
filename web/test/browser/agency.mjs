// An identity agency that gives its answer sealed through the browser, with its own side of the seal.
import { createCipheriv, createDecipheriv, createHash, createHmac } from "node:crypto";
import { createServer } from "node:http";

export const SITE = "G1234";

/** The keys of a transaction: 44 characters that both sides make of time, number and token. */
function keysOf(time, number, token) {
  const text = createHash("sha256").update(time + number + token).digest("base64");
  const cipher = [Buffer.from(text.slice(0, 16)), Buffer.from(text.slice(28))];
  const mac = (data) => createHmac("sha256", text.slice(0, 32)).update(data).digest("base64");
  return {
    open({ enc_data, integrity_value }) {
      if (mac(enc_data) !== integrity_value) throw new Error("the seal of the request");
      const opening = createDecipheriv("aes-128-cbc", ...cipher);
      return JSON.parse(Buffer.concat([opening.update(enc_data, "base64"), opening.final()]).toString());
    },
    seal(token_version_id, answer) {
      const sealing = createCipheriv("aes-128-cbc", ...cipher);
      const enc_data = Buffer.concat([sealing.update(JSON.stringify(answer)), sealing.final()]).toString("base64");
      return { token_version_id, enc_data, integrity_value: mac(enc_data) };
    },
  };
}

const page = (fields) => `<!doctype html><html lang="ko"><meta charset="utf-8"><title>본인확인 기관 (시험)</title>
<form method="post" action="/done"><label>누구 <input name="ci"></label>
${Object.entries(fields).map(([name, value]) => `<input type="hidden" name="${name}" value="${value}">`).join("")}
<button>본인확인 완료</button></form></html>`;

async function read(request) {
  let body = "";
  for await (const part of request) body += part;
  return body;
}

/** Starts one; `t` stops it. `seen` holds the paths it was asked for. */
export async function startAgency(t) {
  const [keys, seen] = [new Map(), []];
  const paths = {
    "/token": async (request) => {
      const { req_dtim, req_no } = JSON.parse(await read(request)).dataBody;
      const [version, token] = [`version-${keys.size}`, `token-value-${keys.size}`];
      keys.set(version, keysOf(req_dtim, req_no, token));
      const body = { result_cd: "0000", site_code: SITE, token_version_id: version, token_val: token };
      return { json: { dataHeader: { GW_RSLT_CD: "1200" }, dataBody: body } };
    },
    "/form": async (request) => {
      const { m: _, ...fields } = Object.fromEntries(new URLSearchParams(await read(request)));
      keys.get(fields.token_version_id).open(fields);
      return { html: page(fields) };
    },
    "/done": async (request) => {
      const { ci, ...fields } = Object.fromEntries(new URLSearchParams(await read(request)));
      const key = keys.get(fields.token_version_id);
      const asked = key.open(fields);
      const answer = { resultcode: "0000", requestno: asked.requestno, sitecode: SITE, ci, utf8_name: encodeURIComponent("홍길동"), birthdate: "19900102" };
      // As some agencies do: base64 as it is, plus signs and all, and a field that nobody asked for.
      const query = Object.entries(key.seal(fields.token_version_id, answer)).map(([name, value]) => `${name}=${value}`);
      return { location: `${asked.returnurl}?${query.join("&")}&enc_mode=1` };
    },
  };
  const server = createServer(async (request, response) => {
    seen.push(request.url);
    try {
      const { json, html, location } = await paths[request.url](request);
      if (location) return response.writeHead(303, { location }).end();
      response.writeHead(200, { "content-type": json ? "application/json" : "text/html" }).end(html ?? JSON.stringify(json));
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => { server.closeAllConnections(); return new Promise((resolve) => server.close(resolve)); });
  const url = `http://127.0.0.1:${server.address().port}`;
  const toml = (site) => `[agency]\ntoken_url = "${url}/token"\nform_url = "${url}/form"\nreturn_url = "${site}/identified"
site_code = "${SITE}"\nproduct_id = "1"\n`;
  return { url, seen, toml, env: { HANPYO_GATEWAY__AGENCY__ACCESS_TOKEN: "the-contract" } };
}
