// Identified by an agency's form, and back with its sealed answer: the whole way in a real browser.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, test } from "node:test";
import { startAgency } from "./agency.mjs";
import { judge } from "./judge.mjs";
import { browser, button, cast, code, device, heading, pick, whole, withDesk } from "./setting.mjs";

let agency, served, chrome;
const scope = whole();
before(async () => {
  agency = await startAgency(scope);
  served = await withDesk(scope, agency);
  chrome = await browser(scope);
});

async function toAgency(page) {
  await button(page, "사업 고르기 시작").click();
  await pick(page, 2);
  await button(page, "고른 사업 확인").click();
  await button(page, "맞습니다. 다음으로").click();
  await button(page, "본인확인 창으로 가기").waitFor();
}

async function confirm(page, ci) {
  await button(page, "본인확인 창으로 가기").click();
  await page.waitForURL(`${agency.url}/form`);
  await page.locator("input[name=ci]").fill(ci);
  await button(page, "본인확인 완료").click();
}

test("people go to the agency with a form, come back sealed, and vote once", async () => {
  const one = await device(chrome, served.url);
  const sealed = [];
  one.page.on("request", (r) => {
    const url = new URL(r.url());
    if (url.pathname === "/identified" && url.search) sealed.push(url.search);
  });
  await toAgency(one.page);
  await judge(one.page, "29-agency-identify");
  // The agency knows nothing of where people live: that is confirmed at a desk.
  const refusal = one.page.waitForResponse((r) => r.url().endsWith("/api/v1/identity/agency"));
  await confirm(one.page, "agency-ci-1");
  const { case: found } = await (await refusal).json();
  await one.page.getByTestId("unmet").waitFor();
  assert.equal(new URL(one.page.url()).search, "", "the sealed answer stays in the address bar");
  const token = readFileSync(served.token, "utf8").trim();
  const confirmed = await fetch(`${served.url}/api/v1/desk/confirmations`, {
    method: "POST", headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify({ case: found, requirement: "tie" }),
  });
  assert.equal(confirmed.status, 204);
  await one.page.getByRole("link", { name: "다시 시도" }).click();
  await confirm(one.page, "agency-ci-1");
  await heading(one.page, "표를 봉했습니다. 아직 투표한 것이 아닙니다.").waitFor();
  const noted = await cast(one.page);
  assert.equal(sealed.length, 2);
  for (const query of sealed) assert.ok(!served.log().includes(query.slice(-40)), "the sealed answer was logged");

  // Whoever finds the address has nothing without the browser that began.
  const thief = await device(chrome, `${served.url}/identified${sealed[1]}`);
  await button(thief.page, "사업 고르기 시작").waitFor();
  const two = await device(chrome, served.url);
  await toAgency(two.page);
  await confirm(two.page, "agency-ci-1");
  await two.page.getByText("이미 투표하셨습니다").waitFor();
  assert.equal(await code(two.page), noted);
  assert.deepEqual([one, two, thief].flatMap((d) => d.faults), []);
  for (const { context } of [one, two, thief]) await context.close();
});

test("a way back by the browser's button leaves a page that works", async () => {
  const { context, page, faults } = await device(chrome, served.url);
  await toAgency(page);
  await button(page, "본인확인 창으로 가기").click();
  await page.waitForURL(`${agency.url}/form`);
  await page.goBack();
  await confirm(page, "agency-ci-2");
  await page.getByTestId("unmet").waitFor();
  assert.deepEqual(faults, []);
  await context.close();
});

test("what the agency gave outlives a line, a lost answer and a reload, and no refusal", async () => {
  const { context, page, faults } = await device(chrome, served.url);
  await toAgency(page);
  const words = { title: "wait", title_ko: "대기", detail: "wait", detail_ko: "대기" };
  const line = JSON.stringify({ type: "urn:hanpyo:problem:waiting-room", ...words });
  const turns = [
    (route) => route.fulfill({ status: 503, contentType: "application/problem+json", body: line }),
    (route) => route.abort(),
  ];
  await page.route("**/api/v1/identity/agency", (route) => (turns.shift() ?? ((last) => last.continue()))(route));
  const asked = () => agency.seen.filter((path) => path === "/form").length;
  const before = asked();
  await confirm(page, "agency-ci-3");
  await button(page, "다시 시도").waitFor();
  assert.deepEqual(turns, []);
  await page.reload();
  await page.getByTestId("unmet").waitFor();
  assert.equal(asked(), before + 1, "the agency was paid twice");
  // That was an answer: what was given is gone.
  await page.goto(`${served.url}/identified`);
  await button(page, "본인확인 창으로 가기").waitFor();
  assert.deepEqual(faults, []);
  await context.close();
});

test("the browser lets no form go anywhere else, not even to another page of the agency", async () => {
  for (const to of [`${agency.url}/other`, `${agency.url}/form/more`, `${served.url}/api/v1/checks`]) {
    const { context, page } = await device(chrome, served.url);
    const violated = await page.evaluate((action) => new Promise((resolve) => {
      addEventListener("securitypolicyviolation", (event) => resolve(event.effectiveDirective));
      const form = Object.assign(document.createElement("form"), { method: "post", action });
      document.body.append(form);
      form.submit();
    }), to);
    assert.equal(violated, "form-action", to);
    assert.ok(!agency.seen.includes(new URL(to).pathname), `${to} was reached`);
    await context.close();
  }
});
