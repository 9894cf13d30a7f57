// The receipt to keep: image, PDF, file. None holds a choice.
import qrcode from "qrcode-generator";
import { toBase64 } from "./api.ts";
import type { ReceiptFacts } from "./core.worker.ts";
import { count, t, time } from "./i18n.ts";

const WIDTH = 1000;
const HEIGHT = 1400;

export function save(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

const name = (facts: ReceiptFacts, suffix: string): string => `hanpyo-${facts.short.slice(0, 9)}.${suffix}`;

/** The receipt's bytes with what they say, as JSON; `/receipt` reads it. */
export function receiptFile(receipt: Uint8Array, facts: ReceiptFacts): [Blob, string] {
  const content = { format: "hanpyo receipt v1", receipt: toBase64(receipt), code: facts.code, index: facts.index };
  return [new Blob([JSON.stringify(content, null, 1) + "\n"], { type: "application/json" }), name(facts, "json")];
}

export const receiptImage = async (facts: ReceiptFacts, title: string): Promise<[Blob, string]> =>
  [await blob(await draw(facts, title), "image/png"), name(facts, "png")];

export async function receiptPdf(facts: ReceiptFacts, title: string): Promise<[Blob, string]> {
  const jpeg = new Uint8Array(await (await blob(await draw(facts, title), "image/jpeg")).arrayBuffer());
  return [pdf(jpeg), name(facts, "pdf")];
}

const blob = (canvas: HTMLCanvasElement, type: string): Promise<Blob> =>
  new Promise((resolve, reject) => canvas.toBlob((b) => (b ? resolve(b) : reject(new Error("image"))), type, 0.92));

async function draw(facts: ReceiptFacts, title: string): Promise<HTMLCanvasElement> {
  await document.fonts.ready;
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [WIDTH, HEIGHT];
  const c = canvas.getContext("2d")!;
  const family = getComputedStyle(document.body).fontFamily;
  const write = (text: string, y: number, size: number, weight = 400) => {
    c.font = `${weight} ${size}px ${family}`;
    let line = "";
    for (const word of text.split(/(?<= )/)) {
      if (line && c.measureText(line + word).width > WIDTH - 160) { c.fillText(line, 80, y); y += size * 1.4; line = ""; }
      line += word;
    }
    c.fillText(line, 80, y);
    return y + size * 1.4;
  };
  c.fillStyle = "#fff";
  c.fillRect(0, 0, WIDTH, HEIGHT);
  c.fillStyle = "#0b50d0";
  c.fillRect(0, 0, WIDTH, 24);
  c.fillStyle = "#1e2124";
  let y = write(t("receipt.heading"), 140, 60, 700);
  y = write(title, y + 10, 36);
  y = write(t("done.title"), y + 30, 44, 700);
  y = write(t("done.code"), y + 40, 32);
  y = write(facts.short, y, 48, 700);
  y = write(`${t("done.time")}  ${time(facts.time, true)}`, y + 30, 32);
  y = write(`${t("done.index")}  ${count(facts.index)}`, y, 32);
  y = write(t("done.saveWhy"), y + 20, 28);
  drawQr(c, facts.code, 80, y);
  return canvas;
}

function drawQr(c: CanvasRenderingContext2D, content: string, x: number, y: number): void {
  const code = qrcode(0, "M");
  code.addData(content);
  code.make();
  const n = code.getModuleCount();
  for (let i = 0; i < n * n; i++) if (code.isDark(Math.floor(i / n), i % n)) c.fillRect(x + (i % n) * 9, y + Math.floor(i / n) * 9, 9, 9);
}

/** A PDF of one A4 page with one JPEG: PDF 32000-1, 7.5 and 8.9.5. */
function pdf(jpeg: Uint8Array): Blob {
  const page = "q 515 0 0 721 40 80 cm /I Do Q";
  const objects: (string | Uint8Array)[][] = [
    ["<</Type/Catalog/Pages 2 0 R>>"],
    ["<</Type/Pages/Kids[3 0 R]/Count 1>>"],
    ["<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</XObject<</I 4 0 R>>>>/Contents 5 0 R>>"],
    [`<</Type/XObject/Subtype/Image/Width ${WIDTH}/Height ${HEIGHT}/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode/Length ${jpeg.length}>>stream\n`, jpeg, "\nendstream"],
    [`<</Length ${page.length}>>stream\n${page}\nendstream`],
  ];
  const parts: (string | Uint8Array)[] = ["%PDF-1.4\n"];
  const offsets: number[] = [];
  const length = () => parts.reduce((n, part) => n + part.length, 0);
  objects.forEach((object, i) => {
    offsets.push(length());
    parts.push(`${i + 1} 0 obj`, ...object, "endobj\n");
  });
  const start = length();
  parts.push(`xref\n0 6\n0000000000 65535 f \n${offsets.map((o) => `${String(o).padStart(10, "0")} 00000 n \n`).join("")}`);
  parts.push(`trailer<</Size 6/Root 1 0 R>>\nstartxref\n${start}\n%%EOF\n`);
  return new Blob(parts as BlobPart[], { type: "application/pdf" });
}
