import type { HistoryEntry, ProtectedIndex, ProtectionView } from '../../preload/api.ts';
import { onDay, soon } from '../schedule/sentence.ts';
import type { Lines } from './backup-reports.ts';
import type { Paint, Tone } from './colour.ts';
import { localTime, plain } from './output.ts';
import { isUnknown, standingOf } from './schedule-words.ts';
import { newsLine } from './serve-news.ts';
import { table, type Column } from './table.ts';
import { wrapped } from './wrapped.ts';

const INDEXES: readonly Column[] = [
  { title: 'Index', least: 12 },
  { title: 'Connection', leaveOut: 3 },
  { title: 'State' },
  { title: 'Last good backup', leaveOut: 1 },
  { title: 'Next run' },
  { title: 'Tested', leaveOut: 2 },
];
const TONES: Record<ProtectionView['tone'], Tone> = {
  safe: 'good',
  working: 'good',
  attention: 'notice',
  failed: 'bad',
};

/** With one of these the vault was not read. */
const NOT_READ: ReadonlySet<string> = new Set([
  ...['VAULT_GONE', 'NOT_A_VAULT', 'VAULT_NEWER', 'BACKUP_DAMAGED', 'FILE_NOT_READABLE'],
]);

/** How every index stands, what is wrong before all else. */
export function statusReport(
  view: ProtectionView,
  results: readonly HistoryEntry[],
  { width, now, paint }: { readonly width: number | null; readonly now: number; readonly paint: Paint },
): Lines {
  const unread = view.warnings.some(({ code }) => NOT_READ.has(code));
  const indexes = view.indexes
    .map((index) => ({ index, ...standingOf(index, unread) }))
    .sort((a, b) => a.rank - b.rank);
  const rows = indexes.map(({ index, word }) => [
    index.collection,
    index.connection,
    word,
    index.lastGood === null ? (unread ? 'not known' : 'none') : localTime(index.lastGood.at),
    nextRun(index, view.paused !== null, unread, now),
    tested(index, now),
  ]);
  const tones = new Map(indexes.map(({ word, tone }) => [word, tone]));
  const painted = (cell: string): string => paint(tones.get(cell.trim()) ?? 'quiet', cell);
  const columns = INDEXES.map((column) => (column.title === 'State' ? { ...column, paint: painted } : column));
  return [
    ...wrapped(plain(view.sentence), width, '').map((line) => paint(TONES[view.tone], line)),
    ...indexes.flatMap(({ index }) => troubles(index, unread, width)),
    ...(rows.length === 0 ? [] : ['', ...table(columns, rows, width)]),
    ...(results.length === 0
      ? []
      : ['', 'Last results', ...results.flatMap((entry) => hanging(newsLine(entry), width))]),
  ];
}

function nextRun(index: ProtectedIndex, paused: boolean, unread: boolean, now: number): string {
  const { health, nextRun: next, schedule } = index;
  if (schedule.kind === 'off') return '';
  if (next === null) return paused ? 'when resumed' : 'none';
  return !isUnknown(index, unread) && (health === 'due' || health === 'overdue')
    ? 'due now'
    : soon(Date.parse(next), now);
}

function tested({ tested: test }: ProtectedIndex, now: number): string {
  if (test === null) return 'not yet';
  return test.ok ? onDay(Date.parse(test.at), now) : 'FAILED';
}

/** What is wrong with one, in full. */
function troubles(index: ProtectedIndex, unread: boolean, width: number | null): Lines {
  const { connection, collection, failure, overdueSince, tested: test, change } = index;
  const said: string[] = [];
  if (failure !== null) said.push(`failed ${localTime(failure.at)}: ${failure.message} ${failure.hint}`.trimEnd());
  if (overdueSince !== null && !isUnknown(index, unread)) said.push(`overdue since ${localTime(overdueSince)}`);
  if (test?.ok === false) said.push(`failed its test ${localTime(test.at)}: ${test.message ?? ''}`);
  if (change !== null) said.push(change.message);
  if (said.length === 0) return [];
  const name = wrapped(`${plain(collection)} on ${plain(connection)}`, width, '');
  return ['', ...name, ...said.flatMap((line) => wrapped(plain(line), width, '  '))];
}

/** "2026-11-24 02:30  " */
const TIME = 18;

/** A line of news in a column of its own beside its time. */
function hanging(line: string, width: number | null): Lines {
  const [first = '', ...rest] = wrapped(line.slice(TIME), width === null ? null : width - TIME, '');
  return [line.slice(0, TIME) + first, ...rest.map((more) => ' '.repeat(TIME) + more)];
}
