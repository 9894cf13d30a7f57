// Whoever trusts nobody: the observer's own code in the browser, on good logs and on tampered ones.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { browser, button, demo, device, published, toSealed, cast, whole } from "./setting.mjs";
import { judge } from "./judge.mjs";

let served, finished, chrome;
const scope = whole();
before(async () => {
  [served, finished] = [await demo(scope), await published(scope)];
  chrome = await browser(scope);
});

const verdict = async (page) => {
  await button(page, "지금 검증하기").click();
  await page.getByTestId("verdict").waitFor();
  return page.getByTestId("verdict").innerText();
};

test("a whole election is verified in the browser, the served files too", async () => {
  const { context, page, faults } = await device(chrome, `${finished.url}/observe`);
  await page.getByText("기록은 늘어나기만 했습니다").waitFor();
  const text = await verdict(page);
  assert.match(text, /모두 맞습니다. 발표된 결과는 이 표들에서 나온 것입니다./);
  assert.equal((text.match(/확인됨/g) ?? []).length, 6, text);
  await page.getByText(/파일 \d+개의 해시가 기록의 \d+번 항목과 같습니다/).waitFor();
  assert.deepEqual(faults, []);
  await context.close();
});

test("a changed entry is found, and named", async () => {
  const { context, page } = await device(chrome, `${finished.url}/observe`);
  // A late byte of the first bundle: somewhere in a ballot or after it.
  await page.route("**/log/tile/entries/**", async (route) => {
    const response = await route.fetch();
    const body = await response.body();
    body[body.length - 100] ^= 1;
    await route.fulfill({ response, body });
  });
  await button(page, "지금 검증하기").click();
  await page.getByTestId("verdict").waitFor();
  assert.match(await page.getByTestId("verdict").innerText(), /맞지 않는 것이 있습니다[^]*merkle-tree[^]*번 항목/);
  await context.close();
});

test("a log that does not lead on from what this browser saw is not believed", async () => {
  const { context, page } = await device(chrome, `${served.url}/observe`);
  await page.getByText("기록은 늘어나기만 했습니다").waitFor();
  const seen = Number(await page.getByTestId("size").innerText());
  // Another log of the same size, as far as this browser knows: it kept a root that never was.
  await page.evaluate(() => {
    const name = Object.keys(localStorage).find((key) => key.startsWith("checkpoint-"));
    const lines = localStorage.getItem(name).split("\n");
    lines[2] = "AAAA" + lines[2].slice(4);
    localStorage.setItem(name, lines.join("\n"));
  });
  await page.reload();
  await page.getByText("공개 기록이 맞지 않습니다").waitFor();
  assert.equal(await page.getByText("기록은 늘어나기만 했습니다").count(), 0);
  assert.ok(seen > 0);
  await context.close();
});

test("a ballot appears in the explorer, and the log leads on to it", async () => {
  const { context, page, faults } = await device(chrome, `${served.url}/observe`);
  await page.getByText("이 기기에서는 처음 보았습니다").waitFor();
  const before = Number(await page.getByTestId("size").innerText());
  await page.goto(served.url);
  await toSealed(page, "탐색");
  const code = await cast(page);
  await page.goto(`${served.url}/observe`);
  await page.getByText(`지난번 방문 때의 ${before}개 항목이 그대로 들어 있습니다.`).waitFor();
  await page.getByLabel("종류").selectOption("투표");
  await page.locator(".entries").getByText(code).waitFor();
  assert.deepEqual(faults, []);
  await context.close();
});

test("who has checked is counted once a device, when they say so and not before", async () => {
  const counts = async () => (await fetch(`${finished.url}/api/v1/checks`)).json();
  const before = await counts();
  const { context, page, faults } = await device(chrome, `${finished.url}/observe`);
  const sent = [];
  context.on("request", (r) => { if (r.method() === "POST") sent.push({ url: r.url(), body: r.postData(), headers: r.headers() }); });
  await verdict(page);
  assert.deepEqual(sent, [], "verifying sent something");
  await page.getByTestId("checks").getByText(`${before.elections}명`).first().waitFor();
  await button(page, "확인한 사람 수에 더하기").click();
  await page.getByText("더했습니다. 고맙습니다.").waitFor();
  await page.getByTestId("checks").getByText(`${before.elections + 1}명`).waitFor();
  assert.equal(sent.length, 1);
  assert.equal(sent[0].body, JSON.stringify({ what: "election" }));
  for (const name of ["cookie", "authorization", "referer"]) assert.ok(!sent[0].headers[name], name);
  await page.reload();
  await verdict(page);
  await button(page, "확인한 사람 수에 더하기").click();
  await page.getByText("더했습니다. 고맙습니다.").waitFor();
  assert.equal((await counts()).elections, before.elections + 1, "one device was counted twice");
  await page.goto(`${finished.url}/result`);
  await page.getByTestId("checks").getByText(`${before.elections + 1}명`).waitFor();
  await judge(page, "28-result-checked");
  assert.deepEqual(faults, []);
  await context.close();
});
