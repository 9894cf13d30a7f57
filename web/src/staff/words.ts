// The staff page's texts. Numbers, money and times are said as on the citizens' page.
import ko from "./messages/ko.json";
import en from "./messages/en.json";
import { language } from "../i18n.ts";

export type Key = keyof typeof ko;
const all: Record<"ko" | "en", Record<Key, string>> = { ko, en };

export function t(key: Key, values: Record<string, string | number> = {}): string {
  return all[language][key].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
}

/** A text of a family whose member is not one that this page knows: the member itself. */
export const maybe = (key: string, otherwise: string): string => (key in ko ? t(key as Key) : otherwise);

/** Minutes and seconds in Korea, as an input of type datetime-local has them. */
export const toInput = (ms: number | null): string =>
  ms === null ? "" : new Date(ms + 9 * 3_600_000).toISOString().slice(0, 19);
export const fromInput = (value: string): number | null => {
  const ms = Date.parse(`${value}+09:00`);
  return Number.isFinite(ms) ? ms : null;
};
