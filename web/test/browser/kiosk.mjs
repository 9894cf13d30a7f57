// A kiosk, as a voter and whoever looks for their traces find it.
import { button, heading, pick } from "./setting.mjs";

export async function toCode(page) {
  await button(page, "사업 고르기 시작").click();
  await pick(page, 2);
  await button(page, "고른 사업 확인").click();
  await button(page, "맞습니다. 다음으로").click();
  await heading(page, "창구에서 받은 번호를 입력해 주십시오").waitFor();
}

export async function type(page, code) {
  for (const symbol of code.replace(/\s/g, "")) await button(page, symbol).click();
  await button(page, "다음으로").click();
}

/** Everything a browser can keep. */
export const traces = (page) => page.evaluate(async () => ({
  local: { ...localStorage }, session: { ...sessionStorage }, cookies: document.cookie,
  databases: (await indexedDB.databases()).map((d) => d.name), state: history.state, url: location.href,
}));
