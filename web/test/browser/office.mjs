// A staff console that is served, and people before it, each with a passkey device of their own.
import { spawn } from "node:child_process";
import { button, device, heading, program, run } from "./setting.mjs";

/** A console that keeps its data in `folder` and speaks to the gateway at a URL. */
export async function openConsole(scope, { folder, origin, gateway, more = [] }) {
  const data = ["--data", folder];
  const args = ["serve", ...data, "--origin", origin, "--listen", `127.0.0.1:${new URL(origin).port}`, "--gateway", gateway, ...more];
  const child = spawn(program("console"), args, { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  const listening = new Promise((resolve, reject) => {
    child.stdout.on("data", (data) => { output += data; if (/listening/.test(output)) resolve(); });
    child.stderr.on("data", (data) => (output += data));
    child.on("exit", () => reject(new Error(output)));
  });
  scope.after(async () => { const ended = new Promise((resolve) => child.on("exit", resolve)); child.kill("SIGTERM"); await ended; });
  await listening;
  const invite = async (role, name) => {
    const printed = await run("console", ["invite", ...data, "--role", role, "--name", name]);
    return printed.split("\n").find((line) => /^[\w-]{43}$/.test(line));
  };
  return { invite, log: () => output };
}

/** A person at a computer with a passkey device. */
export async function personAt(chrome, url) {
  const { context, page, faults } = await device(chrome, "about:blank", { viewport: { width: 1280, height: 800 } });
  const session = await context.newCDPSession(page);
  await session.send("WebAuthn.enable");
  await session.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2", ctap2Version: "ctap2_1", transport: "internal", hasResidentKey: true, hasUserVerification: true,
      isUserVerified: true, automaticPresenceSimulation: true, hasPrf: true,
    },
  });
  await page.goto(url);
  return { context, page, faults };
}

/** Somebody who has come with an invitation and made a passkey. */
export async function enrolAt(chrome, invitation) {
  const one = await personAt(chrome, invitation);
  // A browser makes a passkey for the page in front alone.
  await one.page.bringToFront();
  await button(one.page, "패스키 만들기").click();
  await heading(one.page, "진행 중인 선거").waitFor();
  return one;
}

export const menu = (page, name) => page.getByRole("navigation").getByRole("link", { name, exact: true }).click();

export async function registerKey({ page }) {
  await menu(page, "담당자");
  await button(page, "서명 열쇠 등록").click();
  await page.getByText("아직 서명 열쇠가 없습니다").waitFor({ state: "detached" });
}

/** Saves what a button of the page keeps as a file; where. */
export async function download(page, name) {
  const saving = page.waitForEvent("download");
  await button(page, name).click();
  return (await saving).path();
}
