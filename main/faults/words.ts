import type { FaultParams } from './fault.ts';

/** What the catalogues of sentences are made with. */

/**
 * Process exit codes of the command line: 1 failed, 2 usage, 3 bad input and nothing written, 4 Qdrant, 5 a check found
 * damage, 130 cancelled.
 */
export type ExitCode = 1 | 2 | 3 | 4 | 5 | 130;

export interface Entry {
  readonly exit: ExitCode;
  readonly message: (params: FaultParams) => string;
  readonly hint: (params: FaultParams) => string;
}

export const text = (value: FaultParams[string], otherwise = ''): string =>
  value === undefined || value === null || value === '' ? otherwise : String(value);
export const because = (p: FaultParams): string => (p['reason'] === undefined ? '' : `: ${text(p['reason'])}`);
const count = (value: FaultParams[string]): string => Number(value).toLocaleString('en');

/** What is being put back: `of` is `backup` in a restore, and a file in an import. */
export const isRestore = (p: FaultParams): boolean => p['of'] === 'backup';

export function cameSomeWay(p: FaultParams): boolean {
  return (typeof p['written'] === 'number' && p['written'] > 0) || p['sending'] === true;
}

/**
 * How far an import came before it stopped: " after at least 1,200 of 20,000 points were written". At least: what was
 * under way then may have arrived as well.
 */
export function howFar(p: FaultParams): string {
  if (!cameSomeWay(p)) return '';
  if (p['written'] === 0) return ' while the first points were on their way: some of them may have been written';
  const of = typeof p['total'] === 'number' ? ` of ${count(p['total'])}` : '';
  const known = p['written'] === p['total'] ? '' : 'at least ';
  return ` after ${known}${count(p['written'])}${of} points were written`;
}

export function again(p: FaultParams): string {
  return cameSomeWay(p) ? `Run the same ${isRestore(p) ? 'restore' : 'import'} again to finish it. ` : '';
}

/** Where the index is kept as it was before it began to be overwritten. */
export const keptSafe = (p: FaultParams): string =>
  p['safety'] === undefined || p['safety'] === null
    ? ''
    : ` What was there before is the backup "${text(p['safety'])}".`;

/** `20,000`; what is no number passes as it is. */
export const number = (value: FaultParams[string]): string => (typeof value === 'number' ? count(value) : text(value));

/** `1.2 GB` of a number of bytes. */
export function size(value: FaultParams[string]): string {
  const bytes = Number(value);
  const step = Math.min(4, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const digits = step === 0 || bytes >= 10 ** (3 * step + 1) ? 0 : 1;
  return `${(bytes / 10 ** (3 * step)).toFixed(digits)} ${['bytes', 'kB', 'MB', 'GB', 'TB'][step] ?? ''}`;
}

/** `2026-11-22 14:03 UTC` of an ISO time; what is none passes as it is. */
export function moment(value: FaultParams[string]): string {
  const said = text(value);
  const time = Date.parse(said);
  return Number.isNaN(time) ? said : `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
