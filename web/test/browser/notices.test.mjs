// A notice from the page to whoever sends text messages, who fails at first; and a page that offers none.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import { before, test } from "node:test";
import { judge } from "./judge.mjs";
import { browser, button, demo, demoWith, device, heading, whole } from "./setting.mjs";

const SECRET = "a secret of the webhook's receiver";
const OPENS_S = 75;
let receiver, early, plain, chrome;
const scope = whole();

/** Refuses the first request and takes the others; keeps all of them. */
async function startReceiver(t) {
  const handed = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    handed.push({ headers: request.headers, body });
    response.writeHead(handed.length === 1 ? 500 : 204).end();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => { server.closeAllConnections(); return new Promise((resolve) => server.close(resolve)); });
  return { url: `http://127.0.0.1:${server.address().port}/notices`, handed };
}

before(async () => {
  receiver = await startReceiver(scope);
  const said = { WEBHOOK_URL: receiver.url, WEBHOOK_SECRET: SECRET, PAGE_URL: "https://vote.example.org", POLL_MS: "100", FIRST_RETRY_MS: "500" };
  const env = Object.fromEntries(Object.entries(said).map(([name, value]) => [`HANPYO_GATEWAY__NOTICES__${name}`, value]));
  plain = await demo(scope);
  chrome = await browser(scope);
  early = await demoWith(scope, env, "--opens-in-seconds", String(OPENS_S));
});

test("who asks and agrees is told once, by a signed request that was refused first", async () => {
  const { context, page, faults } = await device(chrome, `${early.url}/my`);
  const sent = [];
  page.on("request", (r) => { if (r.method() === "POST") sent.push({ url: r.url(), headers: r.headers(), body: r.postData() }); });
  const go = () => button(page, "알림 신청").click();
  await heading(page, "나의 투표").waitFor();
  await go();
  await page.getByText("연락처를 적어 주십시오.").waitFor();
  await page.getByLabel("휴대전화 번호").fill("010 0000");
  await go();
  await page.getByText("동의하셔야 연락처를 받을 수 있습니다.").waitFor();
  assert.deepEqual(sent, [], "something was sent without consent");
  await page.getByLabel("위의 내용으로 연락처를 쓰는 데 동의합니다.").check();
  await go();
  await page.getByText("휴대전화 번호나 전자우편 주소의 형식이 아닙니다.").waitFor();
  await judge(page, "31-notices");
  await page.getByLabel("휴대전화 번호").fill("010-1234-5678");
  await go();
  await page.getByText("신청했습니다. 때가 되면 한 번 알려 드리고").waitFor();
  assert.equal(await page.getByLabel("휴대전화 번호").inputValue(), "", "the contact stays on the page");
  for (const { headers } of sent) {
    for (const name of ["authorization", "cookie", "hanpyo-ticket"]) assert.equal(headers[name], undefined, name);
  }
  assert.deepEqual(JSON.parse(sent.at(-1).body), { channel: "sms", contact: "010-1234-5678", language: "ko", events: ["opened", "published"] });
  const stored = await page.evaluate(() => JSON.stringify({ ...localStorage }));
  assert.ok(!stored.includes("1234"), "the contact stays in the browser");

  // Another contact is withdrawn again, in English.
  await button(page, "English").click();
  await page.getByLabel("Mail", { exact: true }).check();
  await page.getByLabel("Mail address").fill("hong@seoul.example");
  await page.getByLabel("I agree that my contact is used as said above.").check();
  await button(page, "Ask for it").click();
  await page.getByText("Done. You are told once").waitFor();
  await page.getByLabel("Mail address").fill("hong@seoul.example");
  await button(page, "Withdraw").click();
  await page.getByText("What was asked for with this contact is deleted.").waitFor();

  for (let tries = 0; receiver.handed.length < 2; tries++) {
    assert.ok(tries < (OPENS_S + 30) * 10, `handed over: ${receiver.handed.length}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await new Promise((resolve) => setTimeout(resolve, 2000));
  assert.equal(receiver.handed.length, 2, "the one that was withdrawn was told too, or one twice");
  for (const { headers, body } of receiver.handed) {
    const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
    assert.equal(headers["webhook-signature"], `v1,${createHmac("sha256", SECRET).update(signed).digest("base64")}`);
    assert.equal(headers["webhook-id"], receiver.handed[0].headers["webhook-id"]);
  }
  const told = JSON.parse(receiver.handed[1].body);
  assert.deepEqual([told.type, told.to, told.language], ["opened", "01012345678", "ko"]);
  assert.ok(!early.log().includes("1234-5678") && !early.log().includes("01012345678"), "a contact was logged");
  await page.reload();
  await page.getByLabel("When the result is out").waitFor();
  assert.equal(await page.getByLabel("When voting begins").count(), 0, "what is over is still offered");
  assert.deepEqual(faults, []);
  await context.close();
});

test("where notices are not configured nothing of them is shown", async () => {
  const { context, page, faults } = await device(chrome, `${plain.url}/my`);
  await page.getByText("진행 단계").waitFor();
  assert.equal(await page.getByText("알림 받기").count(), 0);
  assert.deepEqual(faults, []);
  await context.close();
});
