// Two managers with a passkey each, from a spreadsheet to a published result, on a real console and gateway.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { download, enrolAt, menu, openConsole, personAt, registerKey } from "./office.mjs";
import { browser, button, device, freePort, heading, logIn, openIdProvider, run, serve, temporary, whole } from "./setting.mjs";
import { judge } from "./judge.mjs";

const SCRYPT = ["--test-scrypt-work-factor", "4"];
const SHEET = `번호,사업명,분야,유형,자치구,사업비(천원),종류,Title
P01,초등학교 통학로 정비,교통,제안형,노원구,"470,000",일반,Safer ways to school
P02,마을 축제,문화,제안형,마포구,90000,행사성,A village festival
P03,동네 쉼터,복지,협치형,관악구,220000,일반,A neighbourhood shelter
P04,작은 도서관,문화,협치형,은평구,150000,일반,A small library
P05,자전거길 정비,교통,제안형,송파구,300000,일반,Cycle paths
`;

let chrome, office;
const scope = whole();
before(async () => {
  chrome = await browser(scope);
  office = await openOffice();
});

/** A console that is served, and the folder in which the keys of everyone else lie. */
async function openOffice() {
  const folder = temporary(scope);
  const [port, gatewayPort, operationsPort] = [await freePort(), await freePort(), await freePort()];
  const origin = `http://localhost:${port}`;
  const file = (name) => join(folder, name);
  writeFileSync(file("keys.json"), await run("gateway", ["keygen", file("keys")]));
  writeFileSync(file("passphrase"), "for tests\n");
  mkdirSync(file("console"));
  for (const n of [1, 2, 3]) {
    const args = ["keygen", "--out", file(`trustee-${n}.key`), "--name", `수탁자 ${n}`, "--passphrase-file", file("passphrase"), ...SCRYPT];
    writeFileSync(file(`trustee-${n}.json`), await run("trustee", args));
  }
  const gateway = `http://127.0.0.1:${gatewayPort}`;
  const { issuers: [issuer], clients: [client] } = await openIdProvider(scope, `${origin}/openid`);
  writeFileSync(file("client-secret"), `${client.client_secret}\n`);
  const openid = ["--oidc-issuer", issuer, "--oidc-client-id", client.client_id, "--oidc-client-secret-file", file("client-secret")];
  const more = ["--operations", `http://127.0.0.1:${operationsPort}`, ...openid];
  const served = await openConsole(scope, { folder: file("console"), origin, gateway, more });
  return { folder, file, origin, gateway, gatewayPort, operationsPort, ...served };
}

const person = (url) => personAt(chrome, url);
const enrol = (invitation) => enrolAt(chrome, invitation);

/** An instant as an input of type datetime-local has it, in Korea. */
const kst = (ms) => new Date(ms + 9 * 3_600_000).toISOString().slice(0, 19);

async function sign({ page }) {
  await button(page, "내 패스키로 서명하기").click();
}

/** The other manager finds the newest proposal, reads it and signs it. */
async function countersign({ page }, action, state) {
  await menu(page, "두 사람 서명");
  await page.getByRole("link", { name: action, exact: true }).first().click();
  await page.getByTestId("words").waitFor();
  await sign({ page });
  await page.getByTestId("state").getByText(state).waitFor();
}

async function ask({ page }, action, fill = async () => undefined) {
  await menu(page, "진행");
  await page.getByLabel("무엇을").selectOption({ label: action });
  await fill(page);
  await button(page, "제안하기").click();
}

async function propose(who, action, fill) {
  await ask(who, action, fill);
  await who.page.getByTestId("words").waitFor();
}

/** The result, its files, the assembly's decision beside it, and the end of the pseudonym key. */
async function decide(one, two) {
  const { page } = one;
  await menu(page, "결과");
  await page.getByText("선정 기준선").waitFor();
  await page.getByRole("heading", { name: "총회 승인" }).waitFor();
  await judge(page, "staff-10-result");
  const published = JSON.parse(await readFile(await download(page, "결과 문서 (JSON)")));
  const starts = { "보고서 (HTML)": "<!doctype html>", "사업 표 (CSV)": "\ufeff", "사업 표 (엑셀)": "PK", "예산 사업 (Pabulib .pb)": "META" };
  for (const [name, start] of Object.entries(starts)) assert.ok((await readFile(await download(page, name))).startsWith(start), name);
  const chosen = published.contests[0].projects.find((p) => p.outcome === "in");
  const fill = async (p) => {
    await p.getByLabel("총회 (한국어)").fill("한마당 총회");
    await p.getByLabel("총회 (영어)").fill("The assembly");
    await p.getByLabel("결정한 날").fill("2027-09-01");
    await button(p, "달리 정한 사업 더하기").click();
    await p.getByLabel("사업", { exact: true }).selectOption(chosen.id);
    await p.getByText("시민의 결과: 선정").waitFor();
    await p.getByLabel("까닭 (한국어)").fill("땅을 얻지 못했습니다");
    await p.getByLabel("까닭 (영어)").fill("No land was found");
  };
  await fill(page);
  await judge(page, "staff-11-ratify");
  // Money for a project that is out, or less than its cost for one that is in, fits no outcome.
  await page.getByLabel("총회의 결정").selectOption("partial");
  await page.getByLabel("지원할 금액(원)").fill(String(chosen.cost));
  await button(page, "제안하기").click();
  await page.getByText("총회 결정을 받을 수 없습니다").waitFor();
  await page.getByLabel("총회의 결정").selectOption("out");
  await button(page, "제안하기").click();
  await page.getByTestId("decision").getByText("시민의 결과에서 1건을 달리 정합니다.").waitFor();
  await judge(page, "staff-12-decision");
  await sign(one);
  await countersign(two, "총회 승인", "공개 기록에 들어감");
  await menu(two.page, "결과");
  await two.page.getByTestId("decided").getByText("땅을 얻지 못했습니다").waitFor();
  // The citizens' result stands as it was.
  assert.deepEqual(JSON.parse(await readFile(await download(two.page, "결과 문서 (JSON)"))), published);
  await judge(two.page, "staff-13-decided");
  await button(two.page, "English").click();
  await two.page.getByTestId("decided").getByText("No land was found").waitFor();
  await judge(two.page, "staff-16-english");
  await button(two.page, "한국어").click();
  await menu(two.page, "진행");
  await two.page.getByTestId("stage").getByText("승인").waitFor();
  await propose(two, "가명 열쇠 파기 기록");
  await sign(two);
  await countersign(one, "가명 열쇠 파기 기록", "공개 기록에 들어감");
  await menu(page, "진행");
  await page.getByText("일 제안하기").waitFor();
  assert.deepEqual((await page.getByLabel("무엇을").locator("option").allInnerTexts()).slice(1), ["공지", "선거 무효"]);
}

const readFile = async (path) => readFileSync(path, "utf8");

test("from a spreadsheet to a published result by two people", async () => {
  const { file, origin, gateway } = office;
  const one = await enrol(`${origin}/#invite=${await office.invite("manager", "김운영")}`);
  assert.equal(new URL(one.page.url()).hash, "", "the invitation stays in the address bar");
  await judge(one.page, "staff-1-before");
  await registerKey(one);
  await one.page.getByLabel("이름").fill("이운영");
  await button(one.page, "초대 만들기").click();
  const invitation = await one.page.getByTestId("invitation").innerText();
  const two = await enrol(invitation);
  await registerKey(two);
  await judge(two.page, "staff-2-members");

  // An invitation is used once, and a device without a passkey signs nobody in.
  const late = await person(invitation);
  await button(late.page, "패스키 만들기").click();
  await late.page.getByText("초대가 유효하지 않습니다").waitFor();
  await judge(late.page, "staff-3-refused");
  await late.page.goto("about:blank");
  await late.page.goto(origin);
  await button(late.page, "패스키로 로그인").click();
  await late.page.getByText("맞는 패스키가 없습니다").waitFor();
  await late.context.close();
  await button(two.page, "이운영 로그아웃").click();
  await heading(two.page, "로그인").waitFor();
  await button(two.page, "패스키로 로그인").click();
  await menu(two.page, "담당자");

  // The draft.
  const page = one.page;
  await menu(page, "초안");
  await page.getByLabel("규칙의 바탕").selectOption("district-2025");
  await button(page, "초안 시작").click();
  const upload = (name, text) => page.getByLabel("사업 표 파일").setInputFiles({ name, mimeType: "text/csv", buffer: Buffer.from(text) });
  await upload("bad.csv", SHEET.replace("90000", "구천만"));
  await page.getByText("사업비는 0부터 10조 원까지의 정수여야 합니다.").waitFor();
  await page.getByText("3행").waitFor();
  await upload("good.csv", SHEET);
  await page.getByTestId("imported").getByText("5건").waitFor();
  const fill = (label, value) => page.getByLabel(label, { exact: true }).fill(value);
  const select = (label, value) => page.getByLabel(label, { exact: true }).selectOption(value);
  await fill("선거 제목 (한국어)", "우리 동네 예산 투표");
  await fill("선거 제목 (영어)", "Our neighbourhood's budget vote");
  await fill("공개 기록의 이름(주소 꼴)", "vote.example.org/2027");
  await page.getByLabel("연습입니다.").check();
  await fill("투표의 이름 (한국어)", "예산 사업");
  await fill("투표의 이름 (영어)", "Budget projects");
  await fill("적어도 골라야 하는 수", "0");
  await fill("고를 수 있는 수", "2");
  await select("반영 비율의 기준", { label: "집단이 준 표의 합" });
  await select("표가 없는 집단의 비율", { label: "결과를 내지 않음" });
  await select("선정 방법", { label: "예산이 찰 때까지 위에서부터" });
  await fill("예산(원)", "700000000");
  await select("점수가 같을 때", { label: "사업비가 적은 것, 먼저 제안된 것" });
  await fill("지역 (한국어)", "우리 구");
  await fill("지역 (영어)", "Our district");
  await button(page, "관계를 묻지 않음").click();
  await select("작은 집단의 표 (1번째)", { label: "열지 않음" });
  await fill("작은 집단의 기준(표 수)", "1");
  await fill("마감 뒤 처리 한도(밀리초)", "1000");
  for (const box of await page.getByRole("group", { name: "확인할 것" }).getByRole("checkbox").all()) await box.check();
  await page.getByLabel("김운영").check();
  await page.getByLabel("이운영").check();
  await page.getByLabel("개표 관리자(수탁자)").setInputFiles([1, 2, 3].map((n) => file(`trustee-${n}.json`)));
  await page.getByLabel("선거 서버의 공개 열쇠").setInputFiles(file("keys.json"));
  const opensAt = Math.floor(Date.now() / 1000) * 1000;
  // Long enough for the founding, the ceremony and the ballots; the test waits for the rest of it.
  const closesAt = opensAt + 120_000;
  await fill("투표 시작", kst(opensAt));
  await fill("투표 마감", kst(opensAt - 60_000));
  await fill("연장 한도", kst(closesAt + 3_600_000));
  await fill("이의 신청 마감", kst(closesAt + 7_200_000));
  await button(page, "저장하고 확인하기").click();
  await page.getByText("schedule.closes_at: is not after opens_at").waitFor();
  await fill("투표 마감", kst(closesAt));
  await button(page, "저장하고 확인하기").click();
  await page.getByTestId("election").waitFor();
  await button(page, "계산하기").click();
  await page.getByTestId("simulated").getByText("5건 가운데").waitFor();
  const election = await page.getByTestId("election").innerText();

  // The founding.
  await button(page, "설립 제안하기").click();
  await page.getByTestId("founding").waitFor();
  assert.ok((await page.getByTestId("words").innerText()).includes(election));
  await sign(one);
  await page.getByText("서명이 1개 더 필요합니다.").waitFor();
  assert.equal(await button(page, "내 패스키로 서명하기").count(), 0, "one person signs twice");
  await countersign(two, "선거 설립", "서명 완료");
  const saving = two.page.waitForEvent("download");
  await button(two.page, "서명 파일 내려받기").click();
  await (await saving).saveAs(file("founding"));
  const created = await run("gateway", ["create", "--founding", file("founding"), "--data", file("store"), "--keys", file("keys")]);
  assert.ok(created.includes(election));

  // The election.
  const served = ["serve", "--data", file("store"), "--keys", file("keys"), "--listen", `127.0.0.1:${office.gatewayPort}`];
  const operations = { HANPYO_GATEWAY__SERVER__OPERATIONS_LISTEN: `127.0.0.1:${office.operationsPort}` };
  await serve(scope, "gateway", served, gateway, ["ceremony"], undefined, operations);
  const trustee = (n, step, ...more) => run("trustee", [
    step, ...more, "--url", gateway, "--key", file(`trustee-${n}.key`), "--state", file(`trustee-${n}.state`), "--passphrase-file", file("passphrase"), ...SCRYPT,
  ]);
  await ask(one, "선거 열기");
  await page.getByText("열쇠 만들기가 끝나지 않았습니다").waitFor();
  // Who of the trustees is missing is seen as they go.
  await menu(page, "진행");
  await page.getByText("1단계: 수탁자 1, 수탁자 2, 수탁자 3 차례입니다.").waitFor();
  for (const n of [1, 2, 3]) await trustee(n, "round1");
  await trustee(1, "round2");
  await page.getByText("2단계: 수탁자 2, 수탁자 3 차례입니다.").waitFor();
  await judge(page, "staff-8-ceremony");
  for (const n of [2, 3]) await trustee(n, "round2");
  for (const n of [1, 2, 3]) await trustee(n, "confirm");
  await page.getByText("모두 마쳤습니다. 선거를 열 수 있습니다.").waitFor();
  await propose(one, "선거 열기");
  await sign(one);
  await countersign(two, "선거 열기", "공개 기록에 들어감");
  await run("load-tests", ["vote-demo", "--url", gateway, "--voters", "6", "--name", "staff", "--receipts", file("receipts")]);
  await menu(page, "진행");
  await page.getByTestId("stage").getByText("열림").waitFor();
  await page.getByRole("row", { name: /시민/ }).getByText("6").first().waitFor();
  const server = page.getByTestId("gateways").getByRole("row", { name: `127.0.0.1:${office.operationsPort}` });
  await server.getByText("정상").waitFor();
  await judge(page, "staff-6-running");
  const reason = async (p) => { await p.getByLabel("까닭 (한국어)").fill("점검"); await p.getByLabel("까닭 (영어)").fill("maintenance"); };
  await propose(two, "투표 멈춤", reason);
  await sign(two);
  await countersign(one, "투표 멈춤", "공개 기록에 들어감");
  await propose(one, "투표 다시 시작", reason);
  await sign(one);
  await countersign(two, "투표 다시 시작", "공개 기록에 들어감");

  // What everybody is told stands on the voters' page.
  const told = async (p) => {
    await p.getByLabel("알릴 글 (한국어)").fill("점검을 마쳤습니다. 마감은 그대로입니다.");
    await p.getByLabel("알릴 글 (영어)").fill("The maintenance is over. Voting ends as announced.");
  };
  await propose(one, "공지", told);
  await sign(one);
  await countersign(two, "공지", "공개 기록에 들어감");
  const citizen = await device(chrome, gateway);
  await citizen.page.getByTestId("announcements").getByText("점검을 마쳤습니다. 마감은 그대로입니다.").waitFor();
  await judge(citizen.page, "50-announcement");
  assert.deepEqual(citizen.faults, []);
  await citizen.context.close();

  // What is served now is announced by the hash of every file.
  const files = Buffer.from(await (await fetch(`${gateway}/assets.json`)).arrayBuffer());
  const json = (name, buffer) => ({ name, mimeType: "application/json", buffer });
  const list = (buffer) => (p) => p.getByLabel("파일 해시 목록(assets.json)").setInputFiles(json("assets.json", buffer));
  await ask(two, "화면 변경 알림", list(Buffer.from('{"files":[]}')));
  await two.page.getByText("목록을 받을 수 없습니다").waitFor();
  await propose(two, "화면 변경 알림", list(files));
  await two.page.getByTestId("software").getByText(`파일 ${JSON.parse(files).files.length}개의 해시`).waitFor();
  await sign(two);
  await countersign(one, "화면 변경 알림", "공개 기록에 들어감");

  // The close is the clock's: before it nobody can propose to finalise it.
  if (Date.now() < closesAt) {
    await ask(one, "마감 확정");
    await page.getByText("할 수 없는 내용입니다").waitFor();
  }
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, closesAt + 1_500 - Date.now())));
  await propose(one, "마감 확정");
  await sign(one);
  await countersign(two, "마감 확정", "공개 기록에 들어감");
  // The trustees compare the close that each of them was shown, and then give its root.
  const shown = [];
  for (const n of [1, 3]) shown.push((await trustee(n, "share").catch((e) => e.message)).match(/--close-root ([0-9a-f]{64})/)?.[1]);
  assert.equal(shown[0], shown[1]);
  await trustee(1, "share", "--close-root", shown[0]);
  await menu(page, "진행");
  await page.getByText("아직 보내지 않은 사람: 수탁자 2, 수탁자 3").waitFor();
  assert.deepEqual((await page.getByLabel("무엇을").locator("option").allInnerTexts()).slice(1), ["결과 발표", "공지", "선거 무효"]);
  await judge(page, "staff-9-decryption");
  await trustee(3, "share", "--close-root", shown[0]);
  await page.getByText("필요한 만큼 모두 들어왔습니다.").waitFor();
  await run("observer", ["result", gateway, "--election", election, "--out", file("result.json")]);

  // A result that its totals do not give is not even proposed.
  const forged = readFileSync(file("result.json"), "utf8").replace(/"funded":\d+/, '"funded":1');
  const result = (buffer) => (p) => p.getByLabel("결과 문서(JSON)").setInputFiles(json("result.json", buffer));
  await menu(two.page, "결과");
  await two.page.getByText("아직 발표된 결과가 없습니다").waitFor();
  await ask(two, "결과 발표", result(Buffer.from(forged)));
  await two.page.getByText("결과 문서를 받을 수 없습니다").waitFor();
  await propose(two, "결과 발표", result(readFileSync(file("result.json"))));
  await two.page.getByTestId("outcome").getByText("5건 가운데").waitFor();
  await judge(two.page, "staff-7-publish");
  await sign(two);
  await countersign(one, "결과 발표", "공개 기록에 들어감");
  await menu(page, "진행");
  await page.getByTestId("stage").getByText("발표").waitFor();
  await decide(one, two);
  await menu(page, "초안");
  await page.getByRole("link", { name: "우리 동네 예산 투표" }).click();
  await page.getByText("이 초안은 고칠 수 없습니다").waitFor();
  await button(page, "계산하기").click();
  await page.getByTestId("simulated").waitFor();
  await judge(page, "staff-4-draft");
  await page.getByRole("link", { name: "설립 서명 보기" }).click();
  await page.getByTestId("founding").waitFor();
  await judge(page, "staff-5-founding");
  const verified = await run("observer", ["verify", gateway, "--election", election]);
  assert.match(verified, /pass +cut-off/);
  assert.match(verified, /pass +result-document/);
  assert.match(verified, /pass +held-checkpoint/);
  assert.equal((await (await fetch(`${gateway}/api/v1/election`)).json()).stage, "ratified");
  assert.deepEqual([...one.faults, ...two.faults], []);
  assert.doesNotMatch(office.log(), /panicked/);
  await one.context.close();
  await two.context.close();
});

test("an observer of the office reads and is offered nothing to change, with a keyboard alone", async () => {
  const { page, context, faults } = await person(`${office.origin}/#invite=${await office.invite("observer", "박열람")}`);
  const press = async (name) => {
    for (let i = 0; i < 100; i++) {
      await page.keyboard.press("Tab");
      const at = await page.evaluate(() => document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent);
      if (name.test(at.trim())) return page.keyboard.press("Enter");
    }
    throw new Error(`${name} is not reached with Tab`);
  };
  await press(/^패스키 만들기$/);
  await page.getByRole("navigation").waitFor();
  await press(/^English$/);
  await press(/^Drafts$/);
  await heading(page, "Drafts").waitFor();
  assert.equal(await page.getByRole("button", { name: "Begin a draft" }).count(), 0);
  await press(/^Staff$/);
  await heading(page, "Staff").waitFor();
  assert.equal(await page.getByRole("button", { name: "Make an invitation" }).count(), 0);
  await press(/^Two-person acts$/);
  await heading(page, "Acts that two people sign").waitFor();
  assert.deepEqual(faults, []);
  await context.close();
});

test("an account of the office's provider opens a session and signs nothing", async () => {
  const { origin } = office;
  const invitation = `${origin}/#invite=${await office.invite("manager", "최계정")}`;
  const { page, context, faults } = await person(invitation);
  const codes = [];
  page.on("request", (r) => { if (new URL(r.url()).pathname === "/openid") codes.push(new URL(r.url()).searchParams.get("code")); });
  await button(page, "기관 계정으로 등록").click();
  await logIn(page, { name: "최계정" });
  await heading(page, "진행 중인 선거").waitFor();
  assert.equal(page.url(), `${origin}/`);
  assert.ok(!office.log().includes(codes[0]), "the code was logged");
  await menu(page, "담당자");
  await page.getByText("패스키가 없어 서명할 수 없습니다").waitFor();
  assert.equal(await button(page, "서명 열쇠 등록").count(), 0);
  await judge(page, "staff-14-account");

  // What the provider sent back once opens nothing again, and nothing to a browser that did not begin.
  await page.goto(`${origin}/openid?code=${codes[0]}&state=x`);
  await heading(page, "담당자").or(heading(page, "진행 중인 선거")).waitFor();
  await button(page, "최계정 로그아웃").click();
  await heading(page, "로그인").waitFor();
  await judge(page, "staff-15-enter");
  await page.goto(`${origin}/openid?code=${codes[0]}&state=x`);
  await page.getByText("다시 시작해 주십시오").waitFor();
  await button(page, "기관 계정으로 로그인").click();
  await page.getByRole("button", { name: "최계정 로그아웃" }).waitFor();

  // An account that nobody enrolled, and an invitation that was used, make no member.
  const stranger = await person(origin);
  await button(stranger.page, "기관 계정으로 로그인").click();
  await logIn(stranger.page, { name: "모르는 사람" });
  await stranger.page.getByText("등록되지 않은 계정입니다").waitFor();
  await stranger.page.goto("about:blank");
  await stranger.page.goto(invitation);
  await button(stranger.page, "기관 계정으로 등록").click();
  await stranger.page.getByText("초대가 유효하지 않습니다").waitFor();

  // Who has a passkey links an account, and still signs with the passkey.
  const both = await enrol(`${origin}/#invite=${await office.invite("manager", "한둘다")}`);
  await menu(both.page, "담당자");
  await button(both.page, "기관 계정 연결").click();
  await logIn(both.page, { name: "한둘다" });
  await menu(both.page, "담당자");
  await button(both.page, "서명 열쇠 등록").waitFor();
  const leave = async () => { await button(both.page, "한둘다 로그아웃").click(); await heading(both.page, "로그인").waitFor(); };
  await leave();
  await button(both.page, "기관 계정으로 로그인").click();
  await menu(both.page, "담당자");
  // The provider lets in whom it likes: no signing key is registered in such a session.
  await button(both.page, "서명 열쇠 등록").click();
  await both.page.getByText("패스키로 로그인하십시오").waitFor();
  await leave();
  await button(both.page, "패스키로 로그인").click();
  await registerKey(both);
  // A link that a manager ends opens nothing more.
  await button(both.page, "최계정의 기관 계정 연결 끊기").click();
  await button(both.page, "최계정의 기관 계정 연결 끊기").waitFor({ state: "detached" });
  await page.reload();
  await button(page, "기관 계정으로 로그인").click();
  await page.getByText("등록되지 않은 계정입니다").waitFor();
  assert.deepEqual([...faults, ...stranger.faults, ...both.faults], []);
  for (const one of [{ context }, stranger, both]) await one.context.close();
});

test("the console's page is bound by a strict policy, and its interface by its own origin", async () => {
  const url = office.origin.replace("localhost", "127.0.0.1");
  const html = await fetch(url);
  assert.match(html.headers.get("content-security-policy"), /default-src 'none'/);
  assert.doesNotMatch(html.headers.get("content-security-policy"), /unsafe-inline|'unsafe-eval'|https?:/);
  const text = await html.text();
  assert.match(text, /<script[^>]*integrity="sha384-/);
  assert.doesNotMatch(text, /<script(?![^>]*src=)|<style|style=|https?:\/\//);
  const headers = { "content-type": "application/json", origin: "https://evil.example" };
  const answer = await fetch(`${url}/api/signin/start`, { method: "POST", headers, body: "{}" });
  assert.equal(answer.status, 403);
  const me = await fetch(`${url}/api/me`);
  assert.deepEqual([me.status, me.headers.get("cache-control")], [401, "no-store"]);
});
