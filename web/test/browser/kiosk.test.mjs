// A kiosk: one voter after another, with a desk's codes, and nothing left of any of them.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { toCode, traces, type } from "./kiosk.mjs";
import { artefacts, browser, button, cast, device, heading, identify, pick, run, temporary, withDesk, whole } from "./setting.mjs";

let served, chrome;
const scope = whole();
before(async () => {
  served = await withDesk(scope);
  chrome = await browser(scope);
});

/** What a desk does for a person: they identify, it asks for a code. */
async function codeFor(t, name) {
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ ci: `made-up-${name}` });
  const { session } = await (await fetch(`${served.url}/api/v1/identity/demo`, { method: "POST", headers, body })).json();
  const file = join(temporary(t), "session");
  writeFileSync(file, session);
  return (await run("gateway", ["kiosk-code", "--url", served.url, "--desk-token", served.token, "--session", file])).trim();
}

test("a voter votes with the desk's code, and the next one finds nothing of it", async (t) => {
  const { context, page, faults } = await device(chrome, `${served.url}/kiosk`);
  const empty = await traces(page);
  const code = await codeFor(t, "창구 손님");
  await toCode(page);
  await page.screenshot({ path: join(artefacts, "20-kiosk-code-360.png"), fullPage: true });
  await type(page, "0000 0000 0000");
  await page.getByText("번호가 맞지 않거나 이미 쓰였습니다").waitFor();
  await type(page, code);
  await heading(page, "표를 봉했습니다. 아직 투표한 것이 아닙니다.").waitFor();
  await cast(page);
  assert.equal(await button(page, "그림으로 저장").count(), 0);
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.screenshot({ path: join(artefacts, "21-kiosk-done-1280.png"), fullPage: true });
  await button(page, "마침 (다음 분을 위해 지우기)").click();
  await button(page, "사업 고르기 시작").waitFor();
  assert.deepEqual(await traces(page), empty);
  await page.goBack().catch(() => null);
  await page.goto(`${served.url}/kiosk`);
  await button(page, "사업 고르기 시작").waitFor();
  assert.equal(await page.getByTestId("code").count(), 0);

  // The code worked once; and the person's telephone finds the same ballot.
  await toCode(page);
  await type(page, code);
  await page.getByText("번호가 맞지 않거나 이미 쓰였습니다").waitFor();
  const phone = await device(chrome, served.url);
  await button(phone.page, "사업 고르기 시작").click();
  await pick(phone.page, 1);
  await button(phone.page, "고른 사업 확인").click();
  await button(phone.page, "맞습니다. 다음으로").click();
  await identify(phone.page, "창구 손님");
  await phone.page.getByTestId("code").waitFor();
  assert.deepEqual([...faults, ...phone.faults], []);
  await phone.context.close();
  await context.close();
});

test("a kiosk that somebody left asks, and forgets", async () => {
  const context = await chrome.newContext({ viewport: { width: 1280, height: 800 }, locale: "ko-KR" });
  const page = await context.newPage();
  await page.clock.install();
  await page.goto(`${served.url}/kiosk`);
  await button(page, "사업 고르기 시작").click();
  await pick(page, 2);
  await page.clock.runFor(80_000);
  assert.equal(await page.getByRole("dialog").count(), 0);
  await page.clock.runFor(11_000);
  await page.getByRole("dialog", { name: "아직 계십니까?" }).waitFor();
  await button(page, "계속하기").click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.clock.runFor(1000);
  assert.equal(await page.locator(".pick[aria-pressed=true]").count(), 2, "who answers goes on");
  await page.clock.runFor(91_000);
  await page.getByRole("dialog", { name: "아직 계십니까?" }).waitFor();
  await page.clock.runFor(31_000);
  await button(page, "사업 고르기 시작").waitFor();
  await button(page, "사업 고르기 시작").click();
  assert.equal(await page.locator(".pick[aria-pressed=true]").count(), 0);
  await context.close();
});
