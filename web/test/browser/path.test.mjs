// The citizen's whole path and everything that may interrupt it, on a real gateway.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { browser, button, cast, code, demo, device, heading, identify, pick, slow, toSealed, watch, whole } from "./setting.mjs";

let served, chrome;
const scope = whole();
before(async () => {
  served = await demo(scope);
  chrome = await browser(scope);
});

const nothingWrong = (faults) => assert.deepEqual(faults, []);

test("a vote from the first page to a verified receipt, on a slow phone and network", async () => {
  const { context, page, faults } = await device(chrome, served.url);
  await slow(context, page);
  await page.reload();
  await toSealed(page, "느린 전화");
  const noted = await code(page);
  assert.equal(await cast(page), noted);
  await button(page, "지금 확인하기").click();
  await page.getByText("내 표가 공개 기록에 있습니다").waitFor();
  await page.goto(`${served.url}/receipt`);
  await page.getByLabel("확인번호 20자리").fill(noted.toLowerCase());
  await button(page, "확인하기").click();
  await page.getByText("확인됨: 이 표는 공개 기록에 있습니다").waitFor();
  nothingWrong(faults);
  await context.close();
});

test("a browser that keeps nothing votes all the same, as long as its page stays", async () => {
  const context = await chrome.newContext({ viewport: { width: 360, height: 740 }, locale: "ko-KR" });
  const page = await context.newPage();
  await page.addInitScript(() => {
    Object.defineProperty(globalThis, "indexedDB", { value: { open() { throw new Error("private"); } } });
  });
  await page.goto(served.url);
  await toSealed(page, "사생활 창");
  await cast(page);
  await context.close();
});

test("no choice leaves the device in clear", async () => {
  const { context, page, faults } = await device(chrome, served.url);
  const seen = [];
  context.on("request", (r) => seen.push(r.url(), JSON.stringify(r.headers()), r.postDataBuffer()?.toString("latin1") ?? ""));
  const titles = await toSealed(page, "비밀");
  await button(page, "봉한 표를 먼저 확인하기").click();
  await heading(page, "봉한 표 확인하기").waitFor();
  const link = await page.getByRole("link", { name: "이 기기에서 확인하기" }).getAttribute("href");
  const second = await context.newPage();
  watch(second, faults);
  await second.goto(link);
  await second.getByTestId("opened").waitFor();
  assert.equal(new URL(second.url()).hash, "", "the opening stays in the address bar");
  await button(page, "새로 봉해서 계속하기").click();
  await heading(page, "표를 봉했습니다. 아직 투표한 것이 아닙니다.").waitFor();
  await cast(page);
  const manifest = await (await fetch(`${served.url}/api/v1/manifest`)).json();
  const projects = manifest.contests.flatMap((contest) => contest.projects);
  const chosen = titles.map((title) => projects.find((p) => p.title.ko === title));
  const opening = new URL(link).hash.slice(1);
  const seed = Buffer.from(opening, "base64url").subarray(67, 99);
  const forms = chosen.flatMap((p) => [p.id, p.title.ko, encodeURIComponent(p.title.ko), p.title.en]);
  forms.push(opening, seed.toString("latin1"), seed.toString("hex"), seed.toString("base64"));
  const everything = [...seen, served.log()].join("\n");
  assert.ok(seen.some((s) => s.includes("/api/v1/ballots")), "the ballot was recorded");
  for (const form of forms) assert.ok(!new RegExp(`(?<![A-Za-z0-9])${RegExp.escape?.(form) ?? form.replace(/[^\w]/g, "\\$&")}(?![A-Za-z0-9])`).test(everything), `${form} was sent or logged`);
  nothingWrong(faults);
  await context.close();
});

test("a checked ballot shows the choices on a second device, never counts, and another is cast", async () => {
  const { context, page, faults } = await device(chrome, served.url);
  const titles = await toSealed(page, "의심", 4);
  const spoiled = await code(page);
  await button(page, "봉한 표를 먼저 확인하기").click();
  const link = await page.getByRole("link", { name: "이 기기에서 확인하기" }).getAttribute("href");
  const other = await device(chrome, link);
  await other.page.getByTestId("opened").waitFor();
  const read = await other.page.locator("[data-testid=opened] h2").allInnerTexts();
  assert.deepEqual(read.sort(), titles.sort());
  assert.equal(await code(other.page), spoiled);
  await page.reload();
  await button(page, "새로 봉해서 계속하기").click();
  await heading(page, "표를 봉했습니다. 아직 투표한 것이 아닙니다.").waitFor();
  assert.notEqual(await cast(page), spoiled);
  assert.equal((await fetch(`${served.url}/api/v1/receipts/${spoiled}`)).status, 404, "the checked ballot has a receipt");
  nothingWrong([...faults, ...other.faults]);
  await context.close();
  await other.context.close();
});

test("a lost answer is asked for again with the very same bytes, and gives the same receipt", async () => {
  const { context, page, faults } = await device(chrome, served.url);
  await toSealed(page, "끊긴 전화");
  const sent = [];
  const answers = [];
  await page.route("**/api/v1/ballots", async (route) => {
    sent.push(route.request().postDataBuffer().toString("base64"));
    const response = await route.fetch();
    answers.push((await response.body()).toString("base64"));
    if (sent.length < 3) return route.abort("connectionreset");
    return route.fulfill({ response });
  });
  await cast(page);
  assert.equal(sent.length, 3);
  assert.equal(new Set(sent).size, 1, "other bytes were sent");
  assert.equal(new Set(answers).size, 1, "another receipt was given");
  nothingWrong(faults);
  await context.close();
});

test("a phone that dies after sending shows the receipt when it returns", async () => {
  const { context, page, faults } = await device(chrome, served.url);
  await toSealed(page, "꺼진 전화");
  const noted = await code(page);
  let reached;
  const arrived = new Promise((resolve) => (reached = resolve));
  await context.route("**/api/v1/ballots", async (route) => {
    await route.fetch();
    reached();
    await route.abort("connectionreset").catch(() => undefined);
  });
  await button(page, "이대로 투표하기").click();
  await arrived;
  await page.close();
  await context.unroute("**/api/v1/ballots");
  const returned = await context.newPage();
  watch(returned, faults);
  await returned.goto(served.url);
  await heading(returned, "투표가 완료되었습니다").waitFor();
  assert.equal(await code(returned), noted);
  const kept = await returned.evaluate(() => new Promise((resolve) => {
    indexedDB.open("hanpyo").onsuccess = (e) =>
      (e.target.result.transaction("votes").objectStore("votes").getAll().onsuccess = (f) => resolve(f.target.result[0]));
  }));
  for (const secret of ["key", "sealed", "credential", "session", "checked"]) assert.equal(kept[secret], undefined, `${secret} is kept`);
  assert.deepEqual(kept.picks, []);
  nothingWrong(faults);
  await context.close();
});

test("two tabs vote once", async () => {
  const { context, page, faults } = await device(chrome, served.url);
  await toSealed(page, "두 창");
  const second = await context.newPage();
  watch(second, faults);
  await second.goto(served.url);
  await heading(second, "표를 봉했습니다. 아직 투표한 것이 아닙니다.").waitFor();
  const bodies = new Set();
  context.on("request", (r) => { if (r.url().endsWith("/ballots")) bodies.add(r.postDataBuffer().toString("base64")); });
  await Promise.all([page, second].map((p) => button(p, "이대로 투표하기").click({ timeout: 5000 }).catch(() => undefined)));
  for (const p of [page, second]) await heading(p, "투표가 완료되었습니다").waitFor();
  assert.equal(await code(page), await code(second));
  assert.equal(bodies.size, 1, "two ballots were sent");
  nothingWrong(faults);
  await context.close();
});

test("reloading and going back lose nothing at any step", async () => {
  const { context, page, faults } = await device(chrome, served.url);
  await button(page, "사업 고르기 시작").click();
  await page.locator(".project h2").first().waitFor();
  const first = await page.locator(".project h2").allInnerTexts();
  const titles = await pick(page, 2);
  await page.reload();
  await page.locator(".project h2").first().waitFor();
  assert.deepEqual(await page.locator(".project h2").allInnerTexts(), first, "the order changed");
  await button(page, "고른 사업 확인").click();
  await page.waitForFunction(() => history.state?.step === "review");
  await page.reload();
  await page.locator(".project h2").first().waitFor();
  assert.deepEqual((await page.locator(".project h2").allInnerTexts()).sort(), titles.sort());
  await button(page, "맞습니다. 다음으로").click();
  await page.waitForFunction(() => history.state?.step === "identify");
  await page.reload();
  await page.goBack();
  await heading(page, "이 사업들에 투표합니다").waitFor();
  await page.goForward();
  await identify(page, "새로고침");
  await heading(page, "표를 봉했습니다. 아직 투표한 것이 아닙니다.").waitFor();
  const noted = await code(page);
  await page.reload();
  assert.equal(await code(page), noted);
  assert.equal(await cast(page), noted);
  await page.reload();
  await heading(page, "투표가 완료되었습니다").waitFor();
  await page.goBack();
  await heading(page, "투표가 완료되었습니다").waitFor();
  nothingWrong(faults);
  await context.close();
});

test("who has voted gets that receipt on another device", async () => {
  const one = await device(chrome, served.url);
  await toSealed(one.page, "두 기기");
  const noted = await cast(one.page);
  const two = await device(chrome, served.url);
  await button(two.page, "사업 고르기 시작").click();
  await pick(two.page, 1);
  await button(two.page, "고른 사업 확인").click();
  await button(two.page, "맞습니다. 다음으로").click();
  await identify(two.page, "두 기기");
  await two.page.getByText("이미 투표하셨습니다").waitFor();
  assert.equal(await code(two.page), noted);
  nothingWrong([...one.faults, ...two.faults]);
  await one.context.close();
  await two.context.close();
});

test("offline is said, and the ballot is sent when the network is back", async () => {
  const { context, page, faults } = await device(chrome, served.url);
  await toSealed(page, "지하철");
  await context.setOffline(true);
  await page.getByText("인터넷이 끊겼습니다. 고른 사업은").waitFor();
  await button(page, "이대로 투표하기").click();
  await page.getByText("연결되면 저절로 다시 보냅니다").waitFor();
  await context.setOffline(false);
  await heading(page, "투표가 완료되었습니다").waitFor();
  nothingWrong(faults);
  await context.close();
});

test("one pick more than a list allows is refused with the reason", async () => {
  const { context, page, faults } = await device(chrome, served.url);
  await button(page, "사업 고르기 시작").click();
  await page.getByText("걸러 보기").click();
  await page.getByLabel("유형").selectOption({ label: "광역협치형" });
  await pick(page, 3);
  await page.locator(".project").nth(3).locator(".pick").click({ force: true });
  await page.locator(".project .why").waitFor();
  assert.match(await page.locator(".project .why").innerText(), /광역협치형에서 이미 3건/);
  assert.match(await page.locator(".tray").innerText(), /3건 골랐습니다/);
  nothingWrong(faults);
  await context.close();
});

test("who does not meet a requirement reads which, and what to show at a desk", async () => {
  const { context, page, faults } = await device(chrome, served.url);
  // The demonstration believes whatever is said: here, that there is no tie to the city, or a late birth.
  let said = { ties: [] };
  await page.route("**/api/v1/identity/demo", (route) =>
    route.continue({ postData: JSON.stringify({ ...route.request().postDataJSON(), ...said }) }));
  await button(page, "사업 고르기 시작").click();
  await pick(page, 1);
  await button(page, "고른 사업 확인").click();
  await button(page, "맞습니다. 다음으로").click();
  await identify(page, "외지인");
  const unmet = page.getByTestId("unmet");
  await unmet.getByText("이 투표에 참여할 수 있는 분이 아닙니다.").waitFor();
  assert.match(await unmet.innerText(), /연고\(.*거주.*\)가 있어야 투표할 수 있습니다/);
  await page.getByRole("img", { name: "창구에 보여 줄 QR코드" }).waitFor();
  await button(page, "English").click();
  assert.match(await unmet.innerText(), /Voters have a tie to .*residence/);
  await button(page, "한국어").click();
  said = { ties: [], birth_date: "2020-01-01" };
  await button(page, "본인확인 하기").click();
  await unmet.getByText("세 이상이어야 투표할 수 있습니다", { exact: false }).waitFor();
  assert.equal(await page.getByRole("img", { name: "창구에 보여 줄 QR코드" }).count(), 0, "a desk cannot overrule an age");
  said = {};
  await button(page, "본인확인 하기").click();
  await heading(page, "표를 봉했습니다. 아직 투표한 것이 아닙니다.").waitFor();
  nothingWrong(faults);
  await context.close();
});
