// A desk: a clerk comes from the console, confirms one person after another, and nothing of them stays.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { startAgency } from "./agency.mjs";
import { judge } from "./judge.mjs";
import { toCode, traces, type } from "./kiosk.mjs";
import { openConsole, personAt } from "./office.mjs";
import { artefacts, browser, button, cast, device, freePort, heading, identify, pick, temporary, watch, whole, withDesk } from "./setting.mjs";

let agency, served, chrome, token;
const scope = whole();
before(async () => {
  agency = await startAgency(scope);
  served = await withDesk(scope, agency);
  chrome = await browser(scope);
  token = readFileSync(served.token, "utf8").trim();
});

const ready = (page) => button(page, "다음 사람 확인").waitFor();
const next = async (page) => { await button(page, "다음 사람 (지우기)").click(); await ready(page); };
/** What a browser keeps of whoever is at the desk: the typeface is the device's. */
const left = async (page) => {
  const found = await traces(page);
  delete found.local.typeface;
  return found;
};
/** The typeface comes last, and is kept: from then on pictures have it. */
const dressed = (page) => page.waitForFunction(() => !document.documentElement.classList.contains("later"));
const codeOn = async (page) => (await page.getByTestId("kiosk-code").innerText()).replace(/\s/g, "");

/** Opens a desk by its token, as an office without the console does. */
async function byToken(page) {
  await page.getByText("운영 콘솔이 없는 곳").click();
  await page.getByLabel("창구 토큰").fill(token);
  await button(page, "창구 열기").click();
  await ready(page);
}

/** To the agency and back as `ci`. */
async function atAgency(page, ci) {
  await button(page, "본인확인 창으로 가기").click();
  await page.waitForURL(`${agency.url}/form`);
  await page.locator("input[name=ci]").fill(ci);
  await button(page, "본인확인 완료").click();
  await page.waitForURL(`${served.url}/desk`);
}

/** A clerk whom the office has invited, at the desk's page of the console. */
async function clerk(more) {
  const [folder, origin] = [join(temporary(scope), "console"), `http://localhost:${await freePort()}`];
  const office = await openConsole(scope, { folder, origin, gateway: served.url, more });
  const one = await personAt(chrome, `${origin}/#invite=${await office.invite("clerk", "박창구")}`);
  await one.page.bringToFront();
  await button(one.page, "패스키 만들기").click();
  await heading(one.page, "창구").waitFor();
  return { ...one, office };
}

test("a clerk opens the desk, a person votes with its code, and a second time there is none", async () => {
  const { page: console, context, faults, office } = await clerk(["--desk-token", served.token]);
  assert.deepEqual(await console.getByRole("navigation").getByRole("link").allInnerTexts(), ["창구"]);
  const refused = await console.evaluate(async () => (await fetch("/api/election")).status);
  assert.equal(refused, 403);
  await button(console, "창구 열기").waitFor();
  await judge(console, "staff-17-desk");
  const opening = context.waitForEvent("page");
  await button(console, "창구 열기").click();
  const page = await opening;
  watch(page, faults);
  await ready(page);
  await console.getByText("새 탭에서 창구를 열었습니다").waitFor();
  assert.equal(page.url(), `${served.url}/desk`, "the pass stays in the address bar");
  assert.equal(await page.evaluate(() => opener), null);
  await dressed(page);
  const empty = await left(page);
  assert.deepEqual(Object.keys(empty.session), ["hanpyo-desk"]);
  assert.deepEqual([empty.databases, empty.local], [[], {}]);
  await judge(page, "30-desk-ready");

  const ended = [];
  page.on("request", (r) => { if (r.url().endsWith("/api/v1/session/end")) ended.push(r); });
  await button(page, "다음 사람 확인").click();
  await heading(page, "오신 분 본인확인").waitFor();
  await judge(page, "31-desk-identify");
  await identify(page, "창구 손님");
  await heading(page, "이 번호를 드리십시오").waitFor();
  const code = await codeOn(page);
  assert.match(code, /^[0-9A-HJKMNP-TV-Z]{12}$/);
  await judge(page, "32-desk-code");
  await page.emulateMedia({ media: "print" });
  assert.equal(await page.getByRole("button").count(), 0, "paper has no buttons");
  await page.screenshot({ path: join(artefacts, "33-desk-print.png"), fullPage: true });
  await page.emulateMedia({ media: "screen" });
  await page.evaluate(() => { globalThis.print = () => { globalThis.printed = true; }; });
  await button(page, "인쇄").click();
  assert.equal(await page.evaluate(() => globalThis.printed), true);

  const kiosk = await device(chrome, `${served.url}/kiosk`);
  await toCode(kiosk.page);
  await type(kiosk.page, code);
  await heading(kiosk.page, "표를 봉했습니다. 아직 투표한 것이 아닙니다.").waitFor();
  await cast(kiosk.page);

  await next(page);
  assert.equal(ended.length, 1, "the person's session was not ended");
  assert.deepEqual(await left(page), empty);
  await button(page, "다음 사람 확인").click();
  await identify(page, "창구 손님");
  await page.getByText("이미 투표하신 분입니다").waitFor();
  await judge(page, "34-desk-voted");
  await next(page);
  assert.deepEqual(await left(page), empty);
  await page.goBack().catch(() => null);
  assert.equal(await page.getByTestId("kiosk-code").count(), 0);

  const pass = empty.session["hanpyo-desk"];
  for (const log of [served.log(), office.log()]) {
    for (const secret of [pass, token, code, "박창구"]) assert.ok(!log.includes(secret), "a secret or a name was logged");
  }
  assert.deepEqual([...faults, ...kiosk.faults], []);
  await kiosk.context.close();
  await context.close();
});

test("a console without a desk's token says so", async () => {
  const { page, context, faults } = await clerk([]);
  await page.getByText("이 콘솔에는 창구가 설정되어 있지 않습니다").waitFor();
  assert.equal(await button(page, "창구 열기").count(), 0);
  assert.deepEqual(faults, []);
  await context.close();
});

test("without a pass the page says where it is opened from, and takes a desk's token", async () => {
  const { page, context, faults } = await device(chrome, `${served.url}/desk`);
  await heading(page, "창구").waitFor();
  await page.getByText("운영 콘솔의 창구 화면에서 엽니다").waitFor();
  await page.getByText("운영 콘솔이 없는 곳").click();
  await dressed(page);
  await judge(page, "35-desk-closed");
  await page.getByLabel("창구 토큰").fill("no token");
  await button(page, "창구 열기").click();
  await page.getByText("창구 토큰의 형식이 아닙니다").waitFor();
  // One that looks like a token is found out at the first person.
  await page.getByLabel("창구 토큰").fill("A".repeat(43));
  await button(page, "창구 열기").click();
  await button(page, "다음 사람 확인").click();
  await identify(page, "토큰 손님");
  await page.getByText("창구의 토큰이나 그 토큰으로 받은 출입증이 있어야 합니다").waitFor();
  assert.deepEqual((await left(page)).session, {});
  // An address with a pass is taken and wiped in a tab that is open already, too.
  await page.evaluate((pass) => { location.hash = `pass=${pass}`; }, token);
  await ready(page);
  assert.equal(page.url(), `${served.url}/desk`);
  await button(page, "이 창구 닫기").click();
  await page.getByText("운영 콘솔의 창구 화면에서 엽니다").waitFor();
  assert.deepEqual((await left(page)).session, {});
  assert.deepEqual(faults, []);
  await context.close();
});

test("a person goes to the agency and back to the desk, whose clerk has seen a proof; the clerk's own vote stays", async () => {
  const { page, context, faults } = await device(chrome, served.url);
  await button(page, "사업 고르기 시작").click();
  await pick(page, 2);
  await page.goto(`${served.url}/desk`);
  await byToken(page);
  await button(page, "다음 사람 확인").click();
  await atAgency(page, "desk-ci-1");
  await heading(page, "번호를 드릴 수 없습니다").waitFor();
  assert.match(await page.getByTestId("unmet").innerText(), /연고/);
  assert.equal(await page.getByRole("img").count(), 0, "the clerk is shown no QR code");
  await dressed(page);
  await judge(page, "36-desk-unmet");
  await button(page, "증빙을 확인했습니다").click();
  await page.getByText("확인을 적었습니다").waitFor();
  await button(page, "본인확인 다시 하기").click();
  await atAgency(page, "desk-ci-1");
  await heading(page, "이 번호를 드리십시오").waitFor();
  assert.match(await codeOn(page), /^\w{12}$/);
  await next(page);
  assert.deepEqual(Object.keys((await left(page)).session), ["hanpyo-desk"]);

  // Whoever turns back at the agency and votes in this tab is no person of the desk's.
  await button(page, "다음 사람 확인").click();
  await button(page, "본인확인 창으로 가기").click();
  await page.waitForURL(`${agency.url}/form`);
  await page.goto(served.url);
  await page.locator(".pick").first().waitFor();
  assert.equal(await page.locator(".pick[aria-pressed=true]").count(), 2, "the clerk's own picks are gone");
  await button(page, "고른 사업 확인").click();
  await button(page, "맞습니다. 다음으로").click();
  await button(page, "본인확인 창으로 가기").click();
  await page.locator("input[name=ci]").fill("desk-ci-2");
  await button(page, "본인확인 완료").click();
  await page.getByText("가까운 창구에서 이 QR코드를").waitFor();
  assert.equal(new URL(page.url()).pathname, "/identified");
  assert.deepEqual(faults, []);
  await context.close();
});

test("a person who was refused on their phone brings the case, and votes there", async () => {
  const phone = await device(chrome, served.url);
  await button(phone.page, "사업 고르기 시작").click();
  await pick(phone.page, 1);
  await button(phone.page, "고른 사업 확인").click();
  await button(phone.page, "맞습니다. 다음으로").click();
  const go = async () => {
    await button(phone.page, "본인확인 창으로 가기").click();
    await phone.page.locator("input[name=ci]").fill("desk-ci-3");
    await button(phone.page, "본인확인 완료").click();
  };
  const refusal = phone.page.waitForResponse((r) => r.url().endsWith("/api/v1/identity/agency"));
  await go();
  const { case: found } = await (await refusal).json();
  const { page, context, faults } = await device(chrome, `${served.url}/desk`);
  await byToken(page);
  await dressed(page);
  await page.getByText("휴대전화의 QR코드로 온 분").click();
  await page.getByLabel("QR코드의 내용").fill("not a case");
  await button(page, "증빙을 확인했습니다").click();
  await page.getByText("이 서버가 발급한 접수번호가 아니거나").waitFor();
  await page.getByLabel("QR코드의 내용").fill(found);
  await judge(page, "37-desk-phone");
  await button(page, "증빙을 확인했습니다").click();
  await page.getByText("확인을 적었습니다").waitFor();
  assert.equal(await page.getByLabel("QR코드의 내용").inputValue(), "");
  await phone.page.getByRole("link", { name: "다시 시도" }).click();
  await go();
  await heading(phone.page, "표를 봉했습니다. 아직 투표한 것이 아닙니다.").waitFor();
  assert.deepEqual([...faults, ...phone.faults], []);
  await phone.context.close();
  await context.close();
});

test("a desk that nobody touches forgets the person", async () => {
  const context = await chrome.newContext({ viewport: { width: 1280, height: 800 }, locale: "ko-KR" });
  const page = await context.newPage();
  await page.clock.install();
  await page.goto(`${served.url}/desk#pass=${token}`);
  await button(page, "다음 사람 확인").click();
  await identify(page, "오래 있는 손님");
  await heading(page, "이 번호를 드리십시오").waitFor();
  await page.clock.runFor(119_000);
  assert.equal(await page.getByTestId("kiosk-code").count(), 1);
  await page.clock.runFor(2_000);
  await ready(page);
  assert.equal(await page.getByTestId("kiosk-code").count(), 0);
  await context.close();
});
