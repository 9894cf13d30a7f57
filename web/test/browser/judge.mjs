// What is shown is accessible in light and dark, and kept as pictures at 360 px, 1280 px and 200 % text.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { artefacts } from "./setting.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Judges what is shown; a picture is of the whole page but where it is a long list to choose from. */
export async function judge(page, name) {
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const session = await page.context().newCDPSession(page);
    // The page's policy holds for axe too, so it is evaluated and not added as a script.
    await session.send("Runtime.evaluate", { expression: axe });
    const { violations } = await page.evaluate(() => globalThis.axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }));
    const told = violations.map((v) => `${v.id}: ${v.nodes.map((n) => `${n.target} ${n.failureSummary}`).join("; ")}`);
    assert.deepEqual(told, [], `${name}, ${colorScheme}`);
    for (const [width, height] of [[360, 740], [1280, 800]]) {
      await page.setViewportSize({ width, height });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(wide <= 0, `${name} scrolls sideways at ${width} px by ${wide}`);
      await page.screenshot({ path: join(artefacts, `${name}-${width}-${colorScheme}.png`), fullPage: !name.includes("choose") });
    }
    await page.setViewportSize({ width: 360, height: 740 });
  }
  await page.emulateMedia({ colorScheme: "light" });
  // The page's root is 62.5 % of the browser's size: twice that.
  await page.evaluate(() => document.documentElement.style.setProperty("font-size", "125%"));
  await page.screenshot({ path: join(artefacts, `${name}-200-percent.png`) });
  await page.evaluate(() => document.documentElement.style.removeProperty("font-size"));
}
