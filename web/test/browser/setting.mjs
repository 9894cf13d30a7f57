// A real gateway with a demonstration election, and a real browser that looks at it.
import { execFileSync, spawn } from "node:child_process";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import assert from "node:assert/strict";
import { after } from "node:test";
import { chromium } from "playwright-core";

export const root = new URL("../../../", import.meta.url).pathname;
const programs = process.env.CARGO_TARGET_DIR ?? join(root, "target");
export const program = (name) => join(programs, "release", name);
export const artefacts = join(root, "web/artefacts");
mkdirSync(artefacts, { recursive: true });

export const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/** What is started for all tests of a file, stopped after the last one in the opposite order. */
export function whole() {
  const stops = [];
  after(async () => {
    for (const stop of stops.reverse()) await stop();
  });
  return { after: (stop) => stops.push(stop) };
}

export const temporary = (t) => {
  const folder = mkdtempSync(join(tmpdir(), "hanpyo-web-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

export function run(name, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program(name), args, { stdio: ["ignore", "pipe", "pipe"], ...options });
    let output = "";
    child.stdout.on("data", (data) => (output += data));
    child.stderr.on("data", (data) => (output += data));
    child.on("exit", (code) => (code === 0 ? resolve(output) : reject(new Error(`${name} ${args[0]}: ${output}`))));
  });
}

/** Starts a server and waits until its election answers with one of `stages`. */
export async function serve(t, name, args, url, stages, folder, env = {}) {
  const child = spawn(program(name), args, { cwd: root, stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env } });
  let output = "";
  child.stdout.on("data", (data) => (output += data));
  child.stderr.on("data", (data) => (output += data));
  const ended = new Promise((resolve) => child.on("exit", resolve));
  t.after(async () => {
    child.kill("SIGTERM");
    await ended;
  });
  for (let tries = 0; ; tries++) {
    const stage = await fetch(`${url}/api/v1/election`).then((r) => r.json()).then((e) => e.stage, () => "");
    if (stages.includes(stage)) break;
    assert.equal(child.exitCode, null, output);
    assert.ok(tries < 600, `not served in time: ${output}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return { url, log: () => output + (folder ? readLog(folder) : "") };
}

const readLog = (folder) => {
  try { return readFileSync(join(folder, "gateway.log"), "utf8"); } catch { return ""; }
};

export const demo = (t, ...more) => demoWith(t, {}, ...more);

/** The demonstration, with variables that override the gateway's configuration. */
export async function demoWith(t, env, ...more) {
  const [folder, port] = [join(temporary(t), "demo"), await freePort()];
  const args = ["demo", "--data", folder, "--listen", `127.0.0.1:${port}`, ...more];
  return { ...(await serve(t, "load-tests", args, `http://127.0.0.1:${port}`, ["open"], folder, env)), folder };
}

/** A demonstration that has a desk, which issues kiosk codes; and an agency, if one is given. */
export async function withDesk(t, agency) {
  const stops = [];
  const { folder } = await demo({ after: (stop) => stops.push(stop) });
  const [remove, stop] = stops;
  await stop();
  t.after(remove);
  const [token, config, port] = [join(folder, "desk.token"), join(folder, "gateway.toml"), await freePort()];
  const line = (await run("gateway", ["desk-token", "city-hall", "--out", token])).trim();
  const url = `http://127.0.0.1:${port}`;
  writeFileSync(config, `[desk]\ndesks = ["${line}"]\n${agency?.toml(url) ?? ""}`);
  const data = ["--data", join(folder, "store"), "--keys", join(folder, "keys"), "--config", config];
  const args = ["serve", ...data, "--listen", `127.0.0.1:${port}`];
  return { ...(await serve(t, "gateway", args, url, ["open"], undefined, agency?.env)), token };
}

/** A certified OpenID provider that sends browsers back to `returnUrl`: its issuers and clients. */
export async function openIdProvider(t, returnUrl) {
  const tests = join(root, "gateway/tests/oidc");
  if (!existsSync(join(tests, "node_modules"))) execFileSync("npm", ["ci", "--no-audit", "--no-fund", "--silent"], { cwd: tests });
  const provider = spawn("node", ["provider.mjs", returnUrl], { cwd: tests, stdio: ["pipe", "pipe", "ignore"] });
  t.after(() => provider.kill());
  return JSON.parse(await new Promise((resolve) => createInterface(provider.stdout).once("line", resolve)));
}

/** Logs in at that provider as whoever these claims are of, and consents. */
export async function logIn(page, claims) {
  await page.locator("input[name=login]").fill(Buffer.from(JSON.stringify(claims)).toString("base64url"));
  await page.locator("input[name=password]").fill("any");
  await page.getByRole("button").first().click();
  await page.locator("input[name=prompt][value=consent]").waitFor({ state: "attached" });
  await page.getByRole("button").first().click();
}

/** A demonstration whose people are identified by an OpenID provider as well. */
export async function demoWithOpenId(t) {
  const [folder, port] = [join(temporary(t), "demo"), await freePort()];
  const url = `http://127.0.0.1:${port}`;
  const { issuers, clients } = await openIdProvider(t, `${url}/identified`);
  const said = { ISSUER: issuers[0], CLIENT_ID: clients[0].client_id, CLIENT_SECRET: clients[0].client_secret, RETURN_URL: `${url}/identified` };
  const env = Object.fromEntries(Object.entries(said).map(([name, value]) => [`HANPYO_GATEWAY__OIDC__${name}`, value]));
  const args = ["demo", "--data", folder, "--listen", `127.0.0.1:${port}`];
  return serve(t, "load-tests", args, url, ["open"], folder, env);
}

/** A whole election that was replayed, decided and published; served again. */
export async function published(t) {
  const [folder, port] = [join(temporary(t), "replay"), await freePort()];
  await run("load-tests", ["replay", join(root, "load-tests/fixtures/small.pb"), "--data", folder]);
  const data = ["--data", join(folder, "store"), "--keys", join(folder, "keys")];
  const args = ["serve", ...data, "--listen", `127.0.0.1:${port}`];
  return serve(t, "gateway", args, `http://127.0.0.1:${port}`, ["published", "ratified"]);
}

export async function browser(t) {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"];
  const started = await chromium.launch({ executablePath, args });
  t.after(() => started.close());
  return started;
}

/** One voter's device. Fails the test on anything the page's policy forbids or that it throws. */
export async function device(browser, url, options = {}) {
  const context = await browser.newContext({
    viewport: { width: 360, height: 740 }, locale: "ko-KR", serviceWorkers: "block", ...options,
  });
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  const faults = [];
  watch(page, faults);
  await page.goto(url);
  return { context, page, faults };
}

export function watch(page, faults) {
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", (message) => {
    const text = message.text();
    if (message.type() === "error" && !/Failed to load resource/.test(text)) faults.push(text);
  });
}

/** A cheap phone on a slow network: CPU 6 times slower, 400 ms there and back, 1.6 Mbit/s. */
export async function slow(context, page) {
  const devtools = await context.newCDPSession(page);
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: 6 });
  await devtools.send("Network.enable");
  await devtools.send("Network.emulateNetworkConditions", {
    offline: false, latency: 400, downloadThroughput: 200_000, uploadThroughput: 96_000,
  });
}

export const button = (page, name) => page.getByRole("button", { name, exact: true });
export const heading = (page, name) => page.getByRole("heading", { name, level: 1 });

/** Picks the first `n` projects shown; their titles. */
export async function pick(page, n) {
  const titles = [];
  for (let i = 0; i < n; i++) {
    const card = page.locator(".project").nth(i);
    titles.push(await card.getByRole("heading").innerText());
    await card.locator(".pick").click();
    await card.locator(".pick[aria-pressed=true]").waitFor();
  }
  return titles;
}

export async function toSealed(page, name, n = 3) {
  await button(page, "사업 고르기 시작").click();
  const titles = await pick(page, n);
  await button(page, "고른 사업 확인").click();
  await button(page, "맞습니다. 다음으로").click();
  await identify(page, name);
  await heading(page, "표를 봉했습니다. 아직 투표한 것이 아닙니다.").waitFor();
  return titles;
}

export async function identify(page, name) {
  await page.getByLabel("이름").fill(name);
  await button(page, "본인확인 하기").click();
}

export async function cast(page) {
  await button(page, "이대로 투표하기").click();
  await heading(page, "투표가 완료되었습니다").waitFor();
  return code(page);
}

export const code = async (page) => (await page.getByTestId("code").first().innerText()).replace(/\s/g, "");
