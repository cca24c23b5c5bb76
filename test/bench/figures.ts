import type { Measured } from './contests.ts';

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  const median = sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
  return { median, min: sorted[0] ?? Number.NaN, max: sorted.at(-1) ?? Number.NaN };
}

/** One line of the result: a figure, and what is asked of it. */
export interface Finding {
  readonly dimensions: number;
  readonly what: string;
  readonly ours: string;
  readonly against: string;
  readonly value: Spread;
  readonly unit: 'x' | 'MiB' | 'ms';
  /** null: nothing is asked, the figure stands for itself. */
  readonly asked: { readonly atLeast: number } | { readonly atMost: number } | null;
  readonly met: boolean | null;
}

export type Asked = Finding['asked'];

export function finding(line: Omit<Finding, 'met'>): Finding {
  const { asked, value } = line;
  const met = asked === null ? null : 'atLeast' in asked ? value.median >= asked.atLeast : value.median <= asked.atMost;
  return { ...line, met };
}

export interface Side {
  readonly name: string;
  readonly runs: readonly Measured[];
  /** Milliseconds of a run that count; all of them unless said otherwise. */
  readonly ms?: (run: Measured) => number;
}

const msOf = ({ ms }: Side, run: Measured): number => ms?.(run) ?? run.ms;

/** Points a second, median. */
export function rate(side: Side): number {
  return spread(side.runs.map((run) => (run.points * 1000) / msOf(side, run))).median;
}

/** How many times as fast ours is, pair by pair: run n against run n, which followed one another. */
export function speedRatio(ours: Side, baseline: Side): Spread {
  return pairwise(baseline, ours);
}

/** How many times as long ours takes, pair by pair. */
export function timeRatio(ours: Side, baseline: Side): Spread {
  return pairwise(ours, baseline);
}

function pairwise(above: Side, below: Side): Spread {
  const ratios = above.runs.map((run, i) => {
    const other = below.runs[i];
    return other === undefined ? Number.NaN : msOf(above, run) / msOf(below, other);
  });
  return spread(ratios);
}
