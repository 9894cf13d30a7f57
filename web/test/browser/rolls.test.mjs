// Rolls in the console: from a file to the people of a class, judged first, on a real console and gateway.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { download, enrolAt, menu, openConsole, registerKey } from "./office.mjs";
import { browser, button, freePort, heading, root, run, serve, temporary, whole } from "./setting.mjs";
import { judge } from "./judge.mjs";

const HEADING = "성명,생년월일,휴대전화,연계정보";
/** Three people, one of them twice, one CI beside two people, and 60 rows with a year of two digits. */
const FILE = [
  HEADING, "홍길동,1990-01-02,010-1234-5678,", "김새봄,19910203,01022223333,roll-ci-1", "이가을,1992. 3. 4.,010 3333 4444,",
  "홍 길 동,1990/01/02,+82 10 1234 5678,", "박여름,1993-01-02,01044445555,roll-ci-2", "최겨울,1994-01-02,01055556666,roll-ci-2",
  ...Array.from({ length: 60 }, (_, n) => `정${n},90-01-02,0101111${1000 + n},`),
].join("\n");

let chrome, office;
const scope = whole();
before(async () => {
  chrome = await browser(scope);
  office = await openOffice();
});

/** A console, a manager with a signing key, and an election of which they are on the staff. */
async function openOffice() {
  const folder = temporary(scope);
  const file = (name) => join(folder, name);
  const [port, gatewayPort] = [await freePort(), await freePort()];
  const [origin, gateway] = [`http://localhost:${port}`, `http://127.0.0.1:${gatewayPort}`];
  mkdirSync(file("console"));
  const served = await openConsole(scope, { folder: file("console"), origin, gateway });
  const manager = await enrolAt(chrome, `${origin}/#invite=${await served.invite("manager", "김운영")}`);
  await registerKey(manager);
  const key = await manager.page.evaluate(async () => (await (await fetch("/api/me")).json()).key);
  await create(file, key);
  await serve(scope, "gateway", ["serve", ...data(file), "--keys", file("keys"), "--listen", `127.0.0.1:${gatewayPort}`], gateway, ["ceremony"]);
  return { file, origin, gateway, manager, ...served };
}

const data = (file) => ["--data", file("store")];

/** The sample election, whose class of the committee has a roll; founded by two other members of its staff. */
async function create(file, key) {
  const manifest = JSON.parse(readFileSync(join(root, "docs/samples/manifest.json")));
  manifest.keys = JSON.parse(await run("gateway", ["keygen", file("keys")]));
  const others = [1, 2].map((n) => file(`staff-${n}.key`));
  const members = [{ name: "김운영", key }];
  for (const other of others) members.push({ name: other.slice(-11), key: (await run("gateway", ["staff-keygen", other])).match(/[0-9a-f]{64}/)[0] });
  manifest.staff = { required: 2, members };
  manifest.witnesses = { quorum: 0, members: [] };
  writeFileSync(file("manifest.json"), JSON.stringify(manifest));
  await run("gateway", ["create", "--manifest", file("manifest.json"), ...data(file), "--keys", file("keys"), ...others.flatMap((other) => ["--staff-key", other])]);
}

const choose = (page, text, name = "roll.csv") =>
  page.getByLabel("명부 파일").setInputFiles({ name, mimeType: "text/csv", buffer: Buffer.from(text) });
const rolls = async () => (await fetch(`${office.gateway}/api/v1/rolls`)).json();
const onRoll = (page, n) => page.getByTestId("people").getByRole("row", { name: `위원회 ${n}`, exact: true }).waitFor();
const counts = async (page) => {
  await page.getByTestId("report").waitFor();
  const of = (verdict) => page.getByTestId(verdict).innerText();
  return [await of("accepted"), await of("duplicate"), await of("malformed"), await of("ambiguous")];
};

test("a roll is judged, read row by row, and imported by a passkey", async () => {
  const { page } = office.manager;
  await menu(page, "명부");
  await heading(page, "명부").waitFor();
  await onRoll(page, 0);
  await choose(page, FILE);
  await page.getByLabel("줄마다의 투표자 구분").selectOption({ label: "위원회" });
  await judge(page, "rolls-1-before");
  await button(page, "확인").click();
  assert.deepEqual(await counts(page), ["3", "1", "60", "2"]);
  await page.getByText("아직 올리지 않았습니다").waitFor();
  const rows = page.getByTestId("rows").getByRole("row");
  assert.equal(await rows.count(), 51);
  assert.match(await rows.nth(1).innerText(), /^5\s+이미 있는 줄\s+이름·생년월일·휴대전화가 같은 사람이 이미 명부에 있습니다\.$/);
  await page.getByText("63줄 가운데 1–50").waitFor();
  await judge(page, "rolls-2-checked");
  await button(page, "다음").click();
  await page.getByText("63줄 가운데 51–63").waitFor();
  assert.equal(await rows.count(), 14);
  assert.deepEqual(await rolls(), { imports: 0, people: { committee: 0 } }, "checking imported something");

  await button(page, "명부에 올리기").click();
  await page.getByText("명부에 올렸습니다. 1번째 명부입니다.").waitFor();
  assert.deepEqual(await counts(page), ["3", "1", "60", "2"]);
  await onRoll(page, 3);
  assert.equal(await button(page, "명부에 올리기").count(), 0);
  assert.deepEqual(await rolls(), { imports: 1, people: { committee: 3 } });
  await judge(page, "rolls-3-imported");
  const report = readFileSync(await download(page, "보고서 내려받기 (CSV)"), "utf8");
  assert.ok(report.startsWith("\ufeffrow,verdict,code,ko,en\n5,duplicate,same-person,"));
  assert.equal(report.trim().split("\n").length, 64);

  // Nobody of the file is in the report, or in anything that the console keeps or logs.
  const kept = readdirSync(office.file("console")).map((name) => readFileSync(join(office.file("console"), name)));
  for (const secret of ["홍길동", "roll-ci-1", "01022223333"]) {
    assert.ok(!report.includes(secret) && !office.log().includes(secret), secret);
    assert.ok(kept.every((bytes) => !bytes.includes(secret)), `${secret} was kept`);
  }
});

test("what is no roll changes nothing, and of two imports the later is begun again", async () => {
  const { page } = office.manager;
  await choose(page, "사업명,사업비\n쉼터,1000\n", "projects.csv");
  await button(page, "확인").click();
  await page.getByText("roll-refused").waitFor();
  await judge(page, "rolls-4-refused");

  await choose(page, `${HEADING}\n,,,roll-ci-9\n`);
  await page.getByLabel("파일에 나오는 구분의 지금 명부를 비우고").check();
  await button(page, "확인").click();
  assert.deepEqual(await counts(page), ["1", "0", "0", "0"]);
  await page.getByText("올리면 파일에 나오는 구분의 지금 명부가 비워집니다.").waitFor();
  // Somebody else comes first, on the gateway's machine.
  writeFileSync(office.file("other.csv"), "class,ci\ncommittee,roll-ci-8\n");
  await run("gateway", ["roll", ...data(office.file), "import", "--keys", office.file("keys"), office.file("other.csv")]);
  await button(page, "명부에 올리기").click();
  await page.getByText("roll-number").waitFor();
  await onRoll(page, 4);
  assert.equal(await page.getByTestId("report").count(), 0);
  await button(page, "확인").click();
  await button(page, "명부에 올리기").click();
  await page.getByText("명부에 올렸습니다. 3번째 명부입니다.").waitFor();
  await onRoll(page, 1);
  assert.deepEqual(await rolls(), { imports: 3, people: { committee: 1 } });

  // Nothing to import is said.
  await choose(page, `${HEADING}\n,,,roll-ci-9\n`);
  await page.getByLabel("파일에 나오는 구분의 지금 명부를 비우고").uncheck();
  await button(page, "확인").click();
  await page.getByText("명부에 오를 줄이 없어 올릴 것이 없습니다.").waitFor();
  assert.equal(await button(page, "명부에 올리기").count(), 0);
  assert.deepEqual(office.manager.faults, []);
});

test("whoever only reads sees how many people are on the rolls, in English too", async () => {
  const { page, context, faults } = await enrolAt(chrome, `${office.origin}/#invite=${await office.invite("observer", "박열람")}`);
  await button(page, "English").click();
  await menu(page, "Rolls");
  await page.getByTestId("people").getByRole("row", { name: "Committee 1", exact: true }).waitFor();
  assert.equal(await page.getByLabel("The roll's file").count(), 0);
  await judge(page, "rolls-5-english");
  assert.deepEqual(faults, []);
  await context.close();
});
