// Identified at an OpenID provider, and back: the whole path through a certified one.
import assert from "node:assert/strict";
import { test } from "node:test";
import { browser, button, cast, code, demoWithOpenId, device, heading, logIn, pick } from "./setting.mjs";

const person = (more) => ({
  ci: "browser-1", name: "홍길동", birthdate: "1990-01-02", phone_number: "010-1234-5678", ties: ["work"], ...more,
});

async function toProvider(page) {
  await button(page, "사업 고르기 시작").click();
  await pick(page, 2);
  await button(page, "고른 사업 확인").click();
  await button(page, "맞습니다. 다음으로").click();
  await button(page, "본인확인 기관으로 가기").click();
}

test("an OpenID provider's people vote, once, and what it gave stays nowhere", async (t) => {
  const stops = [];
  t.after(async () => { for (const stop of stops.reverse()) await stop(); });
  const scope = { after: (stop) => stops.push(stop) };
  const served = await demoWithOpenId(scope);
  const chrome = await browser(scope);

  const one = await device(chrome, served.url);
  const codes = [];
  one.page.on("request", (r) => {
    const url = new URL(r.url());
    if (url.pathname === "/identified") codes.push(url.searchParams.get("code"));
  });
  await toProvider(one.page);
  await logIn(one.page, person());
  await heading(one.page, "표를 봉했습니다. 아직 투표한 것이 아닙니다.").waitFor();
  assert.equal(codes.length, 1);
  assert.equal(new URL(one.page.url()).search, "");
  const noted = await cast(one.page);
  assert.ok(!served.log().includes(codes[0]), "the code was logged");

  // Somebody who finds the address has nothing without the browser that began.
  const thief = await device(chrome, `${served.url}/identified?code=${codes[0]}&state=x`);
  await heading(thief.page, "시민참여예산 한마당 총회 투표 (시연)").waitFor();

  const two = await device(chrome, served.url);
  await toProvider(two.page);
  await logIn(two.page, person({ name: "다른 이름" }));
  await two.page.getByText("이미 투표하셨습니다").waitFor();
  assert.equal(await code(two.page), noted);

  const three = await device(chrome, served.url);
  await toProvider(three.page);
  await logIn(three.page, person({ ci: "browser-2", ties: [] }));
  await three.page.getByTestId("unmet").waitFor();
  assert.match(await three.page.getByTestId("unmet").innerText(), /연고/);
  assert.deepEqual([one, two, thief, three].flatMap((d) => d.faults), []);
});
