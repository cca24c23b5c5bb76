import { stripVTControlCharacters } from 'node:util';
import { errorReport, explainFault } from '../faults/explain.ts';
import { Fault } from '../faults/fault.ts';
import { commandHint } from './hints.ts';
import { snakeCase } from '../service/snake-case.ts';
import type { Warning } from '../service/types.ts';
import { fitted } from './wrapped.ts';

export type Screen = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

/** Where a command writes: results to stdout, everything else to stderr. */
export interface Streams {
  readonly out: Screen;
  readonly err: Screen;
}

/** How many columns there are to write into; null: as many as it takes, since nobody looks at a screen. */
export function columnsOf({ isTTY, columns }: Screen): number | null {
  if (isTTY !== true) return null;
  // Some terminals say that they have no columns at all.
  return columns === undefined || columns === 0 ? 80 : columns;
}

/** Names come from servers and files: without control characters they cannot repaint a terminal. */
export function plain(text: string): string {
  return stripVTControlCharacters(text).replaceAll(
    /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    '\uFFFD',
  );
}

export const count = (value: number): string => value.toLocaleString('en');

/** `1 point`, `2,080 points` */
export const points = (value: number): string => `${count(value)} ${value === 1 ? 'point' : 'points'}`;

/** "81.7 MB": decimal units, as file managers show them. */
export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let size = value;
  let unit = 0;
  while (size >= 999.5 && unit < units.length - 1) {
    size /= 1000;
    unit++;
  }
  return `${unit === 0 ? size : size.toFixed(size < 9.995 ? 2 : size < 99.95 ? 1 : 0)} ${units[unit] ?? ''}`;
}

/** "0.4 s", "12 s", "3 min 20 s". */
export function duration(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${whole % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `2026-11-22 14:03` of an ISO time, where the person lives; what is no time passes as it is. */
export function localTime(iso: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join('-');
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** Words as a shell takes them. */
export const shellWords = (words: readonly string[]): string =>
  words
    .map(plain)
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`))
    .join(' ');

export const dimensions = (value: number | Readonly<Record<string, number>> | null): string => {
  if (value === null) return 'unknown dimensions';
  if (typeof value === 'number') return `${count(value)} dimensions`;
  const named = Object.entries(value).map(([name, size]) => `${plain(name)} ${count(size)}`);
  return named.length === 0 ? 'no dense vectors' : `dimensions: ${named.join(', ')}`;
};

/** The one object of `--json`, on one line. */
export function printJson(streams: Streams, value: unknown): void {
  streams.out.write(`${JSON.stringify(snakeCase(value))}\n`);
}

export function printWarnings(streams: Streams, warnings: readonly Warning[]): void {
  for (const { message } of warnings) printLines(streams.err, [`Warning: ${plain(message)}`]);
}

/** Each on lines of its own, none wider than the terminal where it can be broken. */
export function printLines(screen: Screen, lines: readonly string[]): void {
  const width = columnsOf(screen);
  screen.write(lines.flatMap((line) => fitted(line, width).map((fits) => `${fits}\n`)).join(''));
}

/** Tells an error the way the caller reads, and returns the exit code. */
export function printError(streams: Streams, error: unknown, json: boolean, command?: string): number {
  const fault = Fault.from(error);
  const { message, exitCode } = explainFault(fault);
  const hint = commandHint(fault, command);
  if (json) streams.out.write(`${JSON.stringify({ error: { ...errorReport(fault), hint } })}\n`);
  else {
    printLines(streams.err, [`Error: ${plain(message)}`, ...(hint === '' ? [] : [plain(hint)])]);
    if (fault.code === 'INTERNAL') printLines(streams.err, [`Details: ${plain(String(fault.params['reason'] ?? ''))}`]);
  }
  return exitCode;
}
