// The result's report, as `tally result` writes it, on a telephone and on a desk.
import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { test } from "node:test";
import { artefacts, browser, device, root, run, temporary, whole } from "./setting.mjs";

const scope = whole();

/** What does not fit: charts wider than the page, and texts that leave their chart or touch another. */
const misfits = () => {
  const found = [];
  for (const chart of document.querySelectorAll("svg.chart")) {
    const frame = chart.getBoundingClientRect();
    if (frame.left < 0 || frame.right > innerWidth + 1) found.push(`a chart is ${frame.width} wide`);
    const texts = [...chart.querySelectorAll("text")].map((text) => ({ box: text.getBoundingClientRect(), what: text.textContent }));
    for (const { box, what } of texts) {
      if (box.left < frame.left - 1 || box.right > frame.right + 1 || box.bottom > frame.bottom + 1) found.push(`"${what}" leaves its chart`);
    }
    texts.forEach((one, i) => texts.slice(i + 1).forEach((other) => {
      const [a, b] = [one.box, other.box];
      const over = Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4;
      if (over) found.push(`"${one.what}" lies on "${other.what}"`);
    }));
  }
  if (document.documentElement.scrollWidth > innerWidth) found.push("the page scrolls sideways");
  return found;
};

test("the report's charts fit a telephone, in both languages", async () => {
  const folder = temporary(scope);
  const replay = join(folder, "replay");
  await run("load-tests", ["replay", join(root, "load-tests/fixtures/small.pb"), "--data", replay]);
  const chrome = await browser(scope);
  const { context, page } = await device(chrome, "about:blank");
  for (const lang of ["ko", "en"]) {
    const file = join(folder, `report-${lang}.html`);
    await run("tally", ["result", join(replay, "published.json"), "--manifest", join(replay, "manifest.json"), "--lang", lang, "--html", file]);
    await page.goto(pathToFileURL(file).href);
    assert.ok((await page.locator("svg.chart").count()) >= 2);
    for (const [width, height] of [[320, 640], [360, 740], [1280, 800]]) {
      await page.setViewportSize({ width, height });
      assert.deepEqual(await page.evaluate(misfits), [], `${lang} at ${width} px`);
      await page.screenshot({ path: join(artefacts, `30-report-${lang}-${width}.png`), fullPage: true });
    }
  }
  await context.close();
});
