// After Vite: Subresource Integrity in the page, compressed copies, and the list that its server
// embeds: `finish.mjs FOLDER PAGE`. Everything is a function of dist's content, so two builds of one tree are the same.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const [dist, page] = process.argv.slice(2);
const all = (folder) =>
  readdirSync(folder).sort().flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? all(path) : [path];
  });
const integrity = (path) => "sha384-" + createHash("sha384").update(readFileSync(path)).digest("base64");

const index = join(dist, page);
const html = readFileSync(index, "utf8").replace(
  /<(script|link)([^>]*?)(src|href)="\/(assets\/[^"]+\.(?:js|css))"([^>]*)>/g,
  (_, tag, before, attribute, file, after) => {
    const rest = `${before}${after}`.replace(/\s*crossorigin(="[^"]*")?/g, "");
    return `<${tag}${rest} ${attribute}="/${file}" integrity="${integrity(join(dist, file))}" crossorigin>`;
  },
);
if (!/<script[^>]*integrity=/.test(html)) throw new Error(page + " has no script with integrity");
writeFileSync(index, html);

const already = /\.(woff2|png|br|gz)$/;
const files = all(dist).filter((path) => !/\.(br|gz)$/.test(path) && !path.endsWith("assets.json"));
const list = files.map((path) => {
  const bytes = readFileSync(path);
  const compressed = !already.test(path);
  if (compressed) {
    writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
    writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
  }
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { path: relative(dist, path), bytes: bytes.length, sha256, compressed };
});
writeFileSync(join(dist, "assets.json"), JSON.stringify({ files: list }, null, 1) + "\n");
