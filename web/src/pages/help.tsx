// The citizen's help: docs/ko/투표-안내.md and docs/en/voting.md, as they are.
import ko from "../../../docs/ko/투표-안내.md?raw";
import en from "../../../docs/en/voting.md?raw";
import { Sheet } from "../app.tsx";
import { language, t } from "../i18n.ts";

/** Headings, lists and paragraphs: all that the guide uses. */
export function HelpPage() {
  const blocks = (language === "ko" ? ko : en).replace(/^# .*\n/, "").trim().split(/\n{2,}/);
  return (
    <Sheet title={t("help.title")}>
      {blocks.map((block, i) => {
        if (block.startsWith("## ")) return <h2 key={i}>{block.slice(3)}</h2>;
        if (block.startsWith("- ")) return <ul class="steps" key={i}>{block.split(/\n(?=- )/).map((line, n) => <li key={n}>{plain(line.slice(2))}</li>)}</ul>;
        if (/^1\. /.test(block)) return <ol class="steps" key={i}>{block.split(/\n(?=\d+\. )/).map((line, n) => <li key={n}>{plain(line.replace(/^\d+\. /, ""))}</li>)}</ol>;
        return <p key={i}>{plain(block)}</p>;
      })}
    </Sheet>
  );
}

const plain = (text: string): string => text.replace(/\n\s*/g, " ");
