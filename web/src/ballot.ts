// The ballot as the page shows it: positions, limits, order. What holds is decided by the sealing code.
import type { Manifest, Picks, Project, Text } from "./api.ts";

export interface Option extends Project { position: number; contest: number; fieldTitle?: Text; listTitle?: Text }
export interface Limit extends Picks { title: Text; members: Set<number>; overall: boolean }

export interface Ballot { options: Option[]; limits: Limit[]; max: number; min: number }

export function readBallot(manifest: Manifest): Ballot {
  const options: Option[] = [];
  const limits: Limit[] = [];
  manifest.contests.forEach((contest, index) => {
    const own = contest.projects.map((project, i): Option => ({
      ...project, position: options.length + i, contest: index,
      fieldTitle: contest.fields?.find((f) => f.id === project.field)?.title,
      listTitle: contest.lists?.find((l) => l.id === project.list)?.title,
    }));
    const among = (keep: (o: Option) => boolean) => new Set(own.filter(keep).map((o) => o.position));
    limits.push({ ...contest.picks, title: contest.title, members: among(() => true), overall: true });
    for (const list of contest.lists ?? []) {
      if (list.picks) limits.push({ ...list.picks, title: list.title, members: among((o) => o.list === list.id), overall: false });
    }
    for (const field of contest.fields ?? []) {
      if (field.picks) limits.push({ ...field.picks, title: field.title, members: among((o) => o.field === field.id), overall: false });
    }
    options.push(...own);
  });
  const sum = (which: "min" | "max") => limits.filter((l) => l.overall).reduce((n, l) => n + l[which], 0);
  return { options, limits, max: sum("max"), min: sum("min") };
}

export const picked = (limit: Limit, picks: number[]): number => picks.filter((p) => limit.members.has(p)).length;

/** Why one more is not possible, if so. */
export const fullLimit = (ballot: Ballot, picks: number[], position: number): Limit | undefined =>
  ballot.limits.find((l) => l.members.has(position) && picked(l, picks) >= l.max);

/** What is still missing before the ballot can be sealed. */
export const missing = (ballot: Ballot, picks: number[]): Limit | undefined =>
  ballot.limits.find((l) => picked(l, picks) < l.min);

/** An order of one's own for every visitor, the same as long as the seed is kept. */
export function shuffled(options: Option[], seed: number): Option[] {
  let state = seed >>> 0;
  const next = (): number => {
    // mulberry32
    state = (state + 0x6d2b79f5) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 15), z | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return (z ^ (z >>> 14)) >>> 0;
  };
  const order = [...options];
  for (let i = order.length - 1; i > 0; i--) {
    const j = next() % (i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
