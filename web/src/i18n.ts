// Texts from the message files, numbers as won, times in Korea.
import ko from "./messages/ko.json";
import en from "./messages/en.json";
import type { Text } from "./api.ts";

export type Key = keyof typeof ko;
export type Language = "ko" | "en";

const all: Record<Language, Record<Key, string>> = { ko, en };
const stored = (name: string): string | null => {
  try { return localStorage.getItem(name); } catch { return null; }
};
const store = (name: string, value: string): void => {
  if (location.pathname === "/kiosk") return;
  try { localStorage.setItem(name, value); } catch { /* it holds for this visit */ }
};

export let language: Language = stored("language") === "en" ? "en" : "ko";

export function setLanguage(to: Language): void {
  language = to;
  document.documentElement.lang = to;
  store("language", to);
}

export const isLarge = (): boolean => document.documentElement.classList.contains("large");

export function setLarge(large: boolean): void {
  document.documentElement.classList.toggle("large", large);
  store("large", large ? "1" : "");
}

export function begin(): void {
  document.documentElement.lang = language;
  document.documentElement.classList.toggle("large", stored("large") === "1");
}

export function t(key: Key, values: Record<string, string | number> = {}): string {
  return all[language][key].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
}

export const text = (both: Text): string => both[language];

/** Won: exact, with 억 and 만 in Korean as people say them. */
export function won(amount: number | string): string {
  const n = BigInt(amount);
  if (language === "en") return `₩${n.toLocaleString("en")}`;
  const parts: string[] = [];
  const eok = n / 100_000_000n;
  const man = (n / 10_000n) % 10_000n;
  const rest = n % 10_000n;
  if (eok > 0n) parts.push(`${eok.toLocaleString("ko")}억`);
  if (man > 0n) parts.push(`${man.toLocaleString("ko")}만`);
  if (rest > 0n || parts.length === 0) parts.push(rest.toLocaleString("ko"));
  return `${parts.join(" ")}${rest > 0n || n === 0n ? "원" : " 원"}`;
}

export const count = (n: number | string): string => BigInt(n).toLocaleString(language);

export function time(ms: number, seconds = false): string {
  const format = new Intl.DateTimeFormat(language === "ko" ? "ko-KR" : "en-GB", {
    timeZone: "Asia/Seoul", dateStyle: "long", timeStyle: seconds ? "medium" : "short",
  });
  return `${format.format(ms)}${language === "en" ? " KST" : ""}`;
}

export function left(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [d, h, m, s] = [Math.floor(seconds / 86400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60];
  if (d > 0) return `${t("time.days", { n: d })} ${t("time.hours", { n: h })}`;
  if (h > 0) return `${t("time.hours", { n: h })} ${t("time.minutes", { n: m })}`;
  return m > 0 ? `${t("time.minutes", { n: m })} ${t("time.seconds", { n: s })}` : t("time.seconds", { n: s });
}
