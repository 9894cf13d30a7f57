// The waiting room: while a real gateway is kept busy, a newcomer waits, keeps the place, and goes on.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { toCode, type } from "./kiosk.mjs";
import { browser, button, cast, demoWith, device, heading, identify, pick, toSealed, withDesk } from "./setting.mjs";

/** A gateway that calls few newcomers a second, and thinks itself full early. */
const SMALL = {
  HANPYO_GATEWAY__ADMISSION__MIN_IN_FLIGHT: "1",
  HANPYO_GATEWAY__ADMISSION__MAX_IN_FLIGHT: "64",
  HANPYO_GATEWAY__ADMISSION__WAITING_ROOM_OPENS_PERCENT: "1",
  HANPYO_GATEWAY__ADMISSION__NEWCOMERS_PER_SECOND: "20",
};

/** Keeps the gate busy with a ballot that is in the log already. */
function busy(url, ballot) {
  let stopped = false;
  const headers = { "content-type": "application/octet-stream" };
  const send = async () => {
    while (!stopped) await fetch(`${url}/api/v1/ballots`, { method: "POST", headers, body: ballot }).then((r) => r.arrayBuffer(), () => 0);
  };
  const senders = Array.from({ length: 8 }, send);
  return async () => { stopped = true; await Promise.all(senders); };
}

const room = async (url, method = "GET") => (await fetch(`${url}/api/v1/waiting-room`, { method })).json();

test("a newcomer waits in line, keeps the place over a reload, and goes on by itself", async (t) => {
  const served = await demoWith(t, SMALL);
  const chrome = await browser(t);
  const first = await device(chrome, served.url);
  let ballot;
  first.page.on("request", (request) => { if (request.url().endsWith("/api/v1/ballots")) ballot = request.postDataBuffer(); });
  await toSealed(first.page, "먼저");
  await cast(first.page);
  const { context, page, faults } = await device(chrome, served.url);
  await button(page, "사업 고르기 시작").click();
  await pick(page, 2);
  await button(page, "고른 사업 확인").click();

  const stop = busy(served.url, ballot);
  t.after(stop);
  while (!(await room(served.url)).open) await new Promise((resolve) => setTimeout(resolve, 50));
  for (let n = 0; n < 300; n++) await room(served.url, "POST");
  await button(page, "맞습니다. 다음으로").click();
  await heading(page, "차례를 기다리고 있습니다").waitFor();
  const place = async () => Number((await page.getByTestId("position").innerText()).replace(/\D/g, ""));
  const before = await place();
  assert.ok(before > 1, `${before}`);
  await page.getByText("예상 대기 시간은").waitFor();
  await page.screenshot({ path: new URL("../../artefacts/19-waiting-360.png", import.meta.url).pathname });
  await page.reload();
  await heading(page, "차례를 기다리고 있습니다").waitFor();
  assert.ok((await place()) <= before, "the place was lost");
  await stop();
  await button(page, "본인확인 하기").waitFor();
  await identify(page, "나중");
  await heading(page, "표를 봉했습니다. 아직 투표한 것이 아닙니다.").waitFor();
  await cast(page);
  assert.deepEqual(faults, []);
  await context.close();
  await first.context.close();
});

test("whoever brings a desk's code to a kiosk is not kept waiting", async (t) => {
  const served = await withDesk(t, { toml: () => "", env: SMALL });
  const chrome = await browser(t);
  const ask = async (path, body, headers) => (await fetch(`${served.url}/api/v1/${path}`, {
    method: "POST", headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body),
  })).json();
  const { session } = await ask("identity/demo", { ci: "made-up-desk" });
  const token = readFileSync(served.token, "utf8").trim();
  const { code } = await ask("desk/kiosk-codes", { session }, { authorization: `Bearer ${token}` });
  const first = await device(chrome, served.url);
  let ballot;
  first.page.on("request", (request) => { if (request.url().endsWith("/api/v1/ballots")) ballot = request.postDataBuffer(); });
  await toSealed(first.page, "먼저");
  await cast(first.page);
  const { context, page, faults } = await device(chrome, `${served.url}/kiosk`);
  const stop = busy(served.url, ballot);
  t.after(stop);
  while (!(await room(served.url)).open) await new Promise((resolve) => setTimeout(resolve, 50));
  for (let n = 0; n < 300; n++) await room(served.url, "POST");
  await toCode(page);
  await type(page, code);
  await heading(page, "표를 봉했습니다. 아직 투표한 것이 아닙니다.").waitFor();
  assert.equal((await room(served.url)).open, true, "nobody had to wait");
  await stop();
  assert.deepEqual(faults, []);
  await context.close();
  await first.context.close();
});
