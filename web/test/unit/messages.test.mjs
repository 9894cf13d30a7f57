// Both languages say everything, with the same values; and no text of a page stands outside them.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

const values = (text) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort();

/** A page's messages and sources; `of` is its folder in src. */
function page(of) {
  const src = new URL(`../../src/${of}`, import.meta.url);
  const read = (name) => JSON.parse(readFileSync(new URL(`messages/${name}.json`, src)));
  const files = [...readdirSync(src), ...readdirSync(new URL("pages/", src), { recursive: true }).map((f) => `pages/${f}`)];
  const sources = files.filter((f) => /\.tsx?$/.test(f)).map((f) => [`${of}${f}`, readFileSync(new URL(f, src), "utf8")]);
  return { ko: read("ko"), en: read("en"), sources };
}

for (const of of ["", "staff/"]) {
  const { ko, en, sources } = page(of);
  const name = of || "citizens/";

  test(`${name} both languages have every key with the same values`, () => {
    assert.deepEqual(Object.keys(ko).sort(), Object.keys(en).sort());
    for (const key of Object.keys(ko)) {
      assert.ok(ko[key].trim() && en[key].trim(), `${key} is empty`);
      assert.deepEqual(new Set(values(ko[key])), new Set(values(en[key])), key);
    }
  });

  test(`${name} every key in the sources exists, and every key is used`, () => {
    const all = sources.map(([, text]) => text).join("\n");
    const used = [...all.matchAll(/["`]([a-z]+\.[A-Za-z.]+\d?)["`]/g)].map((m) => m[1]);
    const families = [...all.matchAll(/`([a-z]+\.(?:[a-zA-Z]+\.)?)\$\{/g)].map((m) => m[1]);
    for (const match of all.matchAll(/\bt\("([^"]+)"/g)) assert.ok(ko[match[1]], `${match[1]} is missing`);
    const unused = Object.keys(ko).filter((key) => !used.includes(key) && !families.some((f) => key.startsWith(f)));
    assert.deepEqual(unused, []);
  });

  test(`${name} no Korean text stands in a source outside the language switch`, () => {
    for (const [file, text] of sources) {
      if (file === "i18n.ts") continue;
      const code = text.replace(/\/\/.*|\/\*[^]*?\*\//g, "").replace(/docs\/ko\/\S+/g, "");
      assert.ok(!/[\uac00-\ud7a3]/.test(code), file);
    }
  });
}
