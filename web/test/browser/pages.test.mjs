// Every page as people see it: accessible in light and dark, small to fetch, kept as pictures.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { artefacts, browser, button, cast, demo, device, heading, identify, pick, published, whole } from "./setting.mjs";
import { judge } from "./judge.mjs";

let served, finished, chrome;
const scope = whole();
before(async () => {
  [served, finished] = [await demo(scope), await published(scope)];
  chrome = await browser(scope);
});

test("every page of the way is accessible and kept as a picture", async () => {
  const { context, page, faults } = await device(chrome, served.url);
  await button(page, "사업 고르기 시작").waitFor();
  await judge(page, "1-home");
  await button(page, "사업 고르기 시작").click();
  await pick(page, 2);
  await judge(page, "2-choose");
  await page.locator(".project .acts button:nth-child(2)").first().click();
  await judge(page, "3-detail-choose");
  await page.keyboard.press("Escape");
  for (const n of [0, 1]) await page.locator(".project .acts button:nth-child(3)").nth(n).click();
  await button(page, "2건 비교").click();
  await judge(page, "4-compare-choose");
  await page.keyboard.press("Escape");
  await button(page, "고른 사업 확인").click();
  await heading(page, "이 사업들에 투표합니다").waitFor();
  await judge(page, "5-review");
  await button(page, "맞습니다. 다음으로").click();
  await button(page, "본인확인 하기").click();
  await page.getByText("이름을 적어 주십시오").waitFor();
  await judge(page, "6-identify");
  await identify(page, "화면");
  await heading(page, "표를 봉했습니다. 아직 투표한 것이 아닙니다.").waitFor();
  await judge(page, "7-decide");
  await button(page, "봉한 표를 먼저 확인하기").click();
  await heading(page, "봉한 표 확인하기").waitFor();
  await judge(page, "8-check");
  const link = await page.getByRole("link", { name: "이 기기에서 확인하기" }).getAttribute("href");
  const second = await device(chrome, link);
  await second.page.getByTestId("opened").waitFor();
  await judge(second.page, "9-opened");
  await button(page, "새로 봉해서 계속하기").click();
  await heading(page, "표를 봉했습니다. 아직 투표한 것이 아닙니다.").waitFor();
  await cast(page);
  await button(page, "지금 확인하기").click();
  await page.getByText("내 표가 공개 기록에 있습니다").waitFor();
  await judge(page, "10-done");
  for (const [kind, start] of [["그림으로 저장", "\x89PNG"], ["PDF로 저장", "%PDF-1.4"], ["확인용 파일 저장", "{"]]) {
    const saving = page.waitForEvent("download");
    await button(page, kind).click();
    const path = join(artefacts, (await saving).suggestedFilename().replace(/^hanpyo-.*\./, "receipt."));
    await (await saving).saveAs(path);
    assert.equal(readFileSync(path).subarray(0, start.length).toString("latin1"), start);
  }
  await page.goto(`${served.url}/receipt`);
  await page.getByLabel("접수증 파일").setInputFiles(join(artefacts, "receipt.json"));
  await page.getByText("확인됨: 이 표는 공개 기록에 있습니다").waitFor();
  await judge(page, "11-receipt");
  const forged = JSON.parse(readFileSync(join(artefacts, "receipt.json")));
  const bytes = Buffer.from(forged.receipt, "base64");
  bytes[bytes.length - 70] ^= 1;
  await page.getByLabel("접수증 파일").setInputFiles({
    name: "forged.json", mimeType: "application/json", buffer: Buffer.from(JSON.stringify({ receipt: bytes.toString("base64") })),
  });
  await page.getByTestId("bad").waitFor();
  assert.match(await page.getByTestId("bad").innerText(), /not signed by the log/);
  assert.equal(await page.getByText("확인됨").count(), 0);
  await judge(page, "12-receipt-forged");
  await page.goto(`${served.url}/help`);
  await heading(page, "투표 도움말").waitFor();
  await judge(page, "13-help");
  assert.deepEqual([...faults, ...second.faults], []);
  await context.close();
  await second.context.close();
});

test("after the close nobody votes, and the result is shown with its reasons", async () => {
  const { context, page, faults } = await device(chrome, finished.url);
  await page.getByText("투표가 끝났습니다").waitFor();
  assert.equal(await button(page, "사업 고르기 시작").count(), 0);
  await judge(page, "14-closed");
  await page.goto(`${finished.url}/result`);
  await page.getByText("그 항목에 담당자들의 서명이 있음").waitFor();
  assert.ok((await page.locator(".ranking .badge").count()) > 1);
  await judge(page, "15-result");
  await page.goto(`${finished.url}/observe`);
  await button(page, "지금 검증하기").click();
  await page.getByTestId("verdict").waitFor();
  await judge(page, "17-observe");
  await page.goto(`${finished.url}/my`);
  await heading(page, "나의 투표").waitFor();
  await judge(page, "18-my");
  assert.deepEqual(faults, []);
  await context.close();
});

test("a result that is not the one the log names is not shown", async () => {
  const { context, page } = await device(chrome, `${finished.url}/help`);
  await page.route("**/log/documents/*", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: (await response.text()).replace(/"funded":\d/, '"funded":9') });
  });
  await page.goto(`${finished.url}/result`);
  await page.getByText("결과 문서가 공개 기록과 맞지 않습니다").waitFor();
  assert.equal(await page.locator(".ranking").count(), 0);
  await context.close();
});

test("before a result nothing of one is shown", async () => {
  const { context, page } = await device(chrome, `${served.url}/result`);
  await page.getByText("아직 결과가 발표되지 않았습니다").waitFor();
  assert.equal(await page.locator(".ranking").count(), 0);
  await context.close();
});

test("the first page is small, and works before the WebAssembly has come", async () => {
  const context = await chrome.newContext({ viewport: { width: 360, height: 740 } });
  const page = await context.newPage();
  await page.route("**/*.wasm", () => undefined);
  const session = await context.newCDPSession(page);
  await session.send("Network.enable");
  const types = new Map();
  let bytes = 0;
  session.on("Network.responseReceived", (e) => types.set(e.requestId, e.response));
  session.on("Network.loadingFinished", (e) => {
    const response = types.get(e.requestId);
    if (response && !/woff2/.test(response.url)) bytes += e.encodedDataLength;
  });
  await page.goto(served.url);
  await button(page, "사업 고르기 시작").click();
  await pick(page, 2);
  await button(page, "고른 사업 확인").click();
  await heading(page, "이 사업들에 투표합니다").waitFor();
  console.log(`first page: ${bytes} bytes without the typeface`);
  assert.ok(bytes > 10_000 && bytes < 150_000, `${bytes} bytes`);
  await context.close();
});

test("the whole way with a keyboard alone, in English and large type", async () => {
  const { context, page, faults } = await device(chrome, served.url);
  await button(page, "사업 고르기 시작").waitFor();
  const press = async (name) => {
    for (let i = 0; i < 400; i++) {
      await page.keyboard.press("Tab");
      const at = await page.evaluate(() => document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent);
      if (name.test(at.trim())) return page.keyboard.press("Enter");
    }
    throw new Error(`${name} is not reached with Tab`);
  };
  await press(/^큰 글씨$/);
  await press(/^English$/);
  await press(/^Start choosing$/);
  await press(/^Choose: /);
  await press(/^Review my choice$/);
  await press(/^That is right/);
  await page.locator("#name").waitFor();
  for (let i = 0; i < 20 && !(await page.evaluate(() => document.activeElement.id === "name")); i++) await page.keyboard.press("Tab");
  await page.keyboard.type("keyboard");
  await page.keyboard.press("Enter");
  await heading(page, "Your vote is sealed. It is not cast yet.").waitFor();
  await press(/^Cast this vote$/);
  await heading(page, "Your vote is in").waitFor();
  await page.screenshot({ path: join(artefacts, "16-english-large.png") });
  assert.deepEqual(faults, []);
  await context.close();
});

test("files are immutable, compressed, typed, and bound by a strict policy", async () => {
  const html = await fetch(served.url);
  const policy = html.headers.get("content-security-policy");
  assert.match(policy, /default-src 'none'/);
  assert.doesNotMatch(policy, /unsafe-inline|'unsafe-eval'|https?:/);
  const text = await html.text();
  const files = [...text.matchAll(/(?:src|href)="(\/assets\/[^"]+)"( integrity="sha384-)?/g)];
  assert.ok(files.length >= 3);
  assert.doesNotMatch(text, /<script(?![^>]*src=)|<style|style=|https?:\/\//);
  for (const [, path, integrity] of files) {
    if (/\.(js|css)$/.test(path)) assert.ok(integrity, `${path} has no integrity`);
    const file = await fetch(served.url + path, { headers: { "accept-encoding": "br" } });
    assert.equal(file.headers.get("content-encoding"), "br");
    assert.match(file.headers.get("cache-control"), /immutable/);
    assert.equal(file.headers.get("x-content-type-options"), "nosniff");
  }
  assert.equal((await fetch(`${served.url}/assets/none.js`)).status, 404);
  assert.equal((await fetch(`${served.url}/assets/..%2findex.html`)).status, 404);
});
