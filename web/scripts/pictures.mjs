// The guides' pictures, from what the browser tests saw: `npm run browser && npm run pictures`. The tests keep every page
// as it is; here the top of some of them is cut out, and made small enough to lie beside a text.
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";

const root = new URL("../../", import.meta.url).pathname;
const [from, to] = [join(root, "web/artefacts"), join(root, "docs/ko/pictures")];
/** The most bytes of a picture. */
const MOST = 100_000;

/** Name in the guide: the picture of the tests, how much of its top, and how wide it becomes, in px. */
const PICTURES = {
  "console-members": ["staff-2-members-1280-light", 800, 960],
  "console-draft": ["staff-4-draft-1280-light", 1100, 960],
  "console-founding": ["staff-5-founding-1280-light", 1100, 960],
  "console-running": ["staff-6-running-1280-light", 1100, 960],
  "console-publish": ["staff-7-publish-1280-light", 1100, 960],
  "page-not-yet": ["22-not-yet-360-light", 740, 360],
  "page-home": ["1-home-360-light", 740, 360],
  "page-paused": ["24-paused-360-light", 740, 360],
  "page-not-eligible": ["26-not-eligible-360-light", 900, 360],
  "page-notices": ["31-notices-360-light", 1700, 360],
  "page-result": ["15-result-360-light", 900, 360],
  "report": ["30-report-ko-360", 900, 360],
};

/** Runs in the browser: the top of a picture as WebP. */
async function cut({ png, height, width }) {
  const image = new Image();
  image.src = `data:image/png;base64,${png}`;
  await image.decode();
  const scale = width / image.naturalWidth;
  const shown = Math.min(height, image.naturalHeight);
  const canvas = Object.assign(document.createElement("canvas"), { width, height: Math.round(shown * scale) });
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(image, 0, 0, image.naturalWidth, shown, 0, 0, width, canvas.height);
  return canvas.toDataURL("image/webp", 0.8).split(",")[1];
}

mkdirSync(to, { recursive: true });
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
const page = await browser.newPage();
for (const [name, [source, height, width]] of Object.entries(PICTURES)) {
  const png = readFileSync(join(from, `${source}.png`)).toString("base64");
  const file = join(to, `${name}.webp`);
  writeFileSync(file, Buffer.from(await page.evaluate(cut, { png, height, width }), "base64"));
  if (statSync(file).size > MOST) throw new Error(`${file} is larger than ${MOST} bytes`);
  console.log(`${file.slice(root.length)} ${statSync(file).size} bytes`);
}
await browser.close();
