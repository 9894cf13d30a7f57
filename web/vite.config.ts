import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { defineConfig, type Plugin } from "vite";

const tokens = "krds-uiux/resources/css/token/krds_tokens.css";

/** Only those KRDS tokens that our style sheets use, and those that these are made of. */
function usedTokens(): Plugin {
  const uses = (css: string) => [...css.matchAll(/var\((--krds-[\w-]+)/g)].map((m) => m[1]!);
  return {
    name: "used-krds-tokens",
    enforce: "pre",
    load(id) {
      if (!id.includes("krds_tokens.css")) return null;
      const all = new Map<string, string>();
      const css = readFileSync(`node_modules/${tokens}`, "utf8");
      for (const [, name, value] of css.matchAll(/(--krds-[\w-]+):\s*([^;]+);/g)) all.set(name!, value!);
      const styles = readdirSync("src").filter((f) => f.endsWith(".css"));
      const wanted = new Set<string>();
      const want = (name: string): void => {
        const value = all.get(name);
        if (value === undefined) throw new Error(`KRDS has no token ${name}`);
        if (!wanted.has(name)) { wanted.add(name); uses(value).forEach(want); }
      };
      styles.flatMap((f) => uses(readFileSync(`src/${f}`, "utf8"))).forEach(want);
      return `:root{${[...wanted].map((n) => `${n}:${all.get(n)}`).join(";")}}`;
    },
  };
}

const integrity = (module: string) =>
  JSON.stringify("sha384-" + createHash("sha384").update(readFileSync(`src/wasm/${module}_bg.wasm`)).digest("base64"));

export default defineConfig({
  plugins: [usedTokens()],
  define: {
    // The workers refuse WebAssembly with another hash, whoever serves it.
    WASM_INTEGRITY: integrity("hanpyo_web"),
    OBSERVER_INTEGRITY: integrity("hanpyo_observer_web"),
  },
  build: { target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  worker: { format: "es" },
});
