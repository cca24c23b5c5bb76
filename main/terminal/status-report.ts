import type { HistoryEntry, ProtectedIndex, ProtectionView } from '../../preload/api.ts';
import { onDay, soon } from '../schedule/sentence.ts';
import type { Lines } from './backup-reports.ts';
import type { Paint, Tone } from './colour.ts';
import { localTime, plain } from './output.ts';
import { standingOf } from './schedule-words.ts';
import { table, wrapped, type Column } from './table.ts';

const INDEXES: readonly Column[] = [
  { title: 'Index', least: 12 },
  { title: 'Connection', least: 8, leaveOut: 3 },
  { title: 'State' },
  { title: 'Last good backup', leaveOut: 1 },
  { title: 'Next run' },
  { title: 'Tested', leaveOut: 2 },
];
const RESULTS: readonly Column[] = [{ title: 'Last results' }, { title: '', least: 10 }, { title: '', least: 30 }];

const TONES: Record<ProtectionView['tone'], Tone> = {
  safe: 'good',
  working: 'good',
  attention: 'notice',
  failed: 'bad',
};

/** How every index stands, what is wrong before all else. */
export function statusReport(
  view: ProtectionView,
  results: readonly HistoryEntry[],
  { width, now, paint }: { readonly width: number | null; readonly now: number; readonly paint: Paint },
): Lines {
  const indexes = view.indexes.map((index) => ({ index, ...standingOf(index) })).sort((a, b) => a.rank - b.rank);
  const rows = indexes.map(({ index, word }) => [
    index.collection,
    index.connection,
    word,
    index.lastGood === null ? 'none' : localTime(index.lastGood.at),
    nextRun(index, view.paused !== null, now),
    tested(index, now),
  ]);
  const tones = new Map(indexes.map(({ word, tone }) => [word, tone]));
  const painted = (cell: string): string => paint(tones.get(cell.trim()) ?? 'quiet', cell);
  const columns = INDEXES.map((column) => (column.title === 'State' ? { ...column, paint: painted } : column));
  const done = results.map(({ at, index, title }) => [localTime(at), index?.collection ?? '', title]);
  return [
    paint(TONES[view.tone], plain(view.sentence)),
    ...indexes.flatMap(({ index }) => troubles(index, width)),
    ...(rows.length === 0 ? [] : ['', ...table(columns, rows, width)]),
    ...(done.length === 0 ? [] : ['', ...table(RESULTS, done, width)]),
  ];
}

function nextRun({ health, nextRun: next, schedule }: ProtectedIndex, paused: boolean, now: number): string {
  if (schedule.kind === 'off') return '';
  if (next === null) return paused ? 'when resumed' : 'none';
  return health === 'due' || health === 'overdue' ? 'due now' : soon(Date.parse(next), now);
}

function tested({ tested: test }: ProtectedIndex, now: number): string {
  if (test === null) return 'not yet';
  return test.ok ? onDay(Date.parse(test.at), now) : 'FAILED';
}

/** What is wrong with one, in full. */
function troubles(index: ProtectedIndex, width: number | null): Lines {
  const { connection, collection, failure, overdueSince, tested: test, change } = index;
  const name = `${plain(collection)} on ${plain(connection)}`;
  const said: string[][] = [];
  if (failure !== null)
    said.push([
      `${name}: failed ${localTime(failure.at)}`,
      failure.message,
      ...(failure.hint === '' ? [] : [failure.hint]),
    ]);
  if (overdueSince !== null) said.push([`${name}: overdue since ${localTime(overdueSince)}`]);
  if (test?.ok === false) said.push([`${name}: failed its test ${localTime(test.at)}`, test.message ?? '']);
  if (change !== null) said.push([`${name}: ${change.what === 'gone' ? 'gone' : 'changed'}`, change.message]);
  return said.flatMap(([title = '', ...lines]) => [
    '',
    ...wrapped(title, width, ''),
    ...lines.flatMap((line) => wrapped(plain(line), width, '  ')),
  ]);
}
