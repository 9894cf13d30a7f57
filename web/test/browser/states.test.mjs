// What people find when they cannot vote now: not yet open, paused, closed, already voted, not eligible.
import assert from "node:assert/strict";
import { join } from "node:path";
import { before, test } from "node:test";
import { browser, button, cast, code, demo, device, heading, identify, pick, published, run, toSealed, whole } from "./setting.mjs";
import { judge } from "./judge.mjs";

let chrome, served, early, soon;
const scope = whole();
const SOON_S = 45;
before(async () => {
  served = await demo(scope);
  early = await demo(scope, "--opens-in-seconds", String(26 * 3600));
  chrome = await browser(scope);
});

/** An act of the demonstration's two staff members. */
const act = ({ url, folder }, ...action) => {
  const keys = [1, 2].flatMap((n) => ["--key", join(folder, `staff-${n}.key`)]);
  return run("gateway", ["staff", "--url", url, ...keys, ...action]);
};

async function toIdentify(page) {
  await button(page, "사업 고르기 시작").click();
  await pick(page, 1);
  await button(page, "고른 사업 확인").click();
  await button(page, "맞습니다. 다음으로").click();
}

test("before the opening the page says when, and counts down by the server's clock", async () => {
  // The device's clock is a day ahead: by it voting would be open soon.
  const { context, page, faults } = await device(chrome, "about:blank");
  await page.clock.install({ time: Date.now() + 24 * 3_600_000 });
  await page.clock.resume();
  await page.goto(early.url);
  const hours = page.getByTestId("hours");
  await hours.getByText(/부터 투표할 수 있습니다/).waitFor();
  assert.match(await hours.innerText(), /1일 [12]시간 뒤에 열립니다/);
  assert.equal(await button(page, "사업 고르기 시작").count(), 0);
  assert.deepEqual(faults, []);
  await context.close();
  const right = await device(chrome, early.url);
  await right.page.getByText("뒤에 열립니다").waitFor();
  await judge(right.page, "22-not-yet");
  await button(right.page, "English").click();
  await right.page.getByText(/You can vote from .* KST/).waitFor();
  await right.page.goto(`${early.url}/my`);
  await heading(right.page, "My vote").waitFor();
  assert.equal(await right.page.getByRole("link", { name: "Vote", exact: true }).count(), 1, "only the menu leads to voting");
  assert.equal(await right.page.locator("[aria-current=step]").count(), 0, "voting is said to be under way");
  assert.deepEqual(right.faults, []);
  await right.context.close();
});

test("when the hour comes voting opens without a reload", async () => {
  soon = await demo(scope, "--opens-in-seconds", String(SOON_S));
  const { context, page, faults } = await device(chrome, soon.url);
  await page.getByText(/초 뒤에 열립니다/).waitFor();
  assert.equal(await button(page, "사업 고르기 시작").count(), 0);
  await button(page, "사업 고르기 시작").waitFor({ timeout: (SOON_S + 20) * 1000 });
  await page.getByText("까지 투표할 수 있습니다").waitFor();
  assert.deepEqual(faults, []);
  await context.close();
});

test("a pause is said everywhere, keeps the choice, and ends by itself", async () => {
  const sealed = await device(chrome, served.url);
  await toSealed(sealed.page, "멈춤");
  const choosing = await device(chrome, served.url);
  await button(choosing.page, "사업 고르기 시작").click();
  await pick(choosing.page, 2);
  await act(served, "pause", "--reason-ko", "점검", "--reason-en", "Maintenance");
  await button(sealed.page, "이대로 투표하기").click();
  await sealed.page.getByText("투표가 잠시 멈춰 있습니다. 봉한 표는 이 기기에 있고").waitFor();
  await judge(sealed.page, "23-paused-casting");
  await choosing.page.reload();
  await choosing.page.getByText("투표가 잠시 멈춰 있습니다. 고른 사업은").waitFor();
  assert.equal(await button(choosing.page, "이어서 투표하기").count(), 0);
  await judge(choosing.page, "24-paused");
  await act(served, "resume", "--reason-ko", "점검 끝", "--reason-en", "Done");
  await heading(sealed.page, "투표가 완료되었습니다").waitFor();
  await choosing.page.getByText("2건 골랐습니다").waitFor();
  assert.deepEqual([...sealed.faults, ...choosing.faults], []);
  await sealed.context.close();
  await choosing.context.close();
});

test("who has voted is shown the receipt, and that this was before", async () => {
  const one = await device(chrome, served.url);
  await toSealed(one.page, "먼저 투표");
  const noted = await cast(one.page);
  const two = await device(chrome, served.url);
  await toIdentify(two.page);
  await identify(two.page, "먼저 투표");
  await two.page.getByText("이미 투표하셨습니다").waitFor();
  assert.equal(await code(two.page), noted);
  await judge(two.page, "25-already-voted");
  await two.page.goto(two.page.url());
  await two.page.getByText("이미 투표하셨습니다").waitFor();
  assert.deepEqual([...one.faults, ...two.faults], []);
  await one.context.close();
  await two.context.close();
});

test("who may not vote reads why, what can be done, and gets no further", async () => {
  const { context, page, faults } = await device(chrome, served.url);
  await page.route("**/api/v1/identity/demo", (route) =>
    route.continue({ postData: JSON.stringify({ ...route.request().postDataJSON(), ties: [] }) }));
  await toIdentify(page);
  await identify(page, "먼 곳");
  await page.getByTestId("unmet").getByText("이 투표에 참여할 수 있는 분이 아닙니다.").waitFor();
  await judge(page, "26-not-eligible");
  assert.equal(await page.evaluate(() => history.state?.step), "identify");
  assert.deepEqual(faults, []);
  await context.close();
});

test("after the close nothing begins, not even what was begun before", async () => {
  const finished = await published(scope);
  const { context, page, faults } = await device(chrome, finished.url);
  await page.getByText("투표가 끝났습니다").waitFor();
  await page.evaluate(async (id) => {
    const opening = indexedDB.open("hanpyo", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("votes", { keyPath: "election" });
    await new Promise((resolve) => (opening.onsuccess = resolve));
    const work = opening.result.transaction("votes", "readwrite");
    work.objectStore("votes").put({ election: id, orderSeed: 1, picks: [0], step: "choose" });
    await new Promise((resolve) => (work.oncomplete = resolve));
  }, (await (await fetch(`${finished.url}/api/v1/election`)).json()).election);
  await page.reload();
  await page.getByText("투표가 끝났습니다").waitFor();
  assert.equal(await page.locator(".project").count(), 0);
  assert.equal(await button(page, "이어서 투표하기").count(), 0);
  assert.equal(await page.getByText("원하는 사업을 골라 주십시오").count(), 0, "it still asks to choose");
  await judge(page, "27-closed");
  await page.getByRole("link", { name: "결과 보기" }).click();
  await heading(page, "투표 결과").waitFor();
  assert.deepEqual(faults, []);
  await context.close();
});
