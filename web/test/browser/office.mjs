// A real console, and people with passkeys before it.
import { spawn } from "node:child_process";
import { device, program, run } from "./setting.mjs";

/** Serves a console until `t` is over. */
export async function serveConsole(t, { data, port, gateway, more = [] }) {
  const origin = `http://localhost:${port}`;
  const args = ["serve", "--data", data, "--origin", origin, "--listen", `127.0.0.1:${port}`, "--gateway", gateway, ...more];
  const child = spawn(program("console"), args, { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  const listening = new Promise((resolve, reject) => {
    child.stdout.on("data", (data) => { output += data; if (/listening/.test(output)) resolve(); });
    child.stderr.on("data", (data) => (output += data));
    child.on("exit", () => reject(new Error(output)));
  });
  t.after(async () => { const ended = new Promise((resolve) => child.on("exit", resolve)); child.kill("SIGTERM"); await ended; });
  await listening;
  const invite = async (role, name) => {
    const printed = await run("console", ["invite", "--data", data, "--role", role, "--name", name]);
    return printed.split("\n").find((line) => /^[\w-]{43}$/.test(line));
  };
  return { origin, invite, log: () => output };
}

/** A person at a computer with a passkey device of their own. */
export async function person(chrome, url) {
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
