/** Records of the history in words, for the window and the terminal. Pure. */
import type { HistoryEntry } from '../../preload/api.ts';
import { skipWords } from './days.ts';
import { indexKey, type HistoryRecord, type IndexRef } from './history.ts';

const count = (value: number, one: string, many = `${one}s`): string =>
  `${value.toLocaleString('en')} ${value === 1 ? one : many}`;

export interface HistoryFilter {
  readonly index?: IndexRef | undefined;
  readonly kind?: HistoryEntry['kind'] | undefined;
  readonly outcome?: HistoryEntry['outcome'] | undefined;
  /** The `id` of the last line that is known already. Not its time: several lines may be of one moment. */
  readonly before?: string | undefined;
  readonly limit: number;
}

/** Newest first. `records` oldest first. */
export function entriesOf(
  records: readonly HistoryRecord[],
  { index, kind, outcome, before, limit }: HistoryFilter,
): { entries: HistoryEntry[]; more: boolean } {
  const entries: HistoryEntry[] = [];
  const last = before === undefined ? records.length : Number.parseInt(before, 10) || 0;
  for (let n = Math.min(last, records.length) - 1; n >= 0; n--) {
    const record = records[n];
    if (record === undefined) continue;
    if (index !== undefined && indexKey(record.index) !== indexKey(index)) continue;
    const entry = entryOf(record, n);
    if ((kind !== undefined && entry.kind !== kind) || (outcome !== undefined && entry.outcome !== outcome)) continue;
    if (entries.length >= limit) return { entries, more: true };
    entries.push(entry);
  }
  return { entries, more: false };
}

/** `number`: its place in the file, for the id. */
function entryOf(record: HistoryRecord, number: number): HistoryEntry {
  const { at, index } = record;
  const common = { id: `${number} ${at}`, at, index: index.collection === '' ? null : { ...index } };
  switch (record.kind) {
    case 'run':
      return { ...common, ...runEntry(record) };
    case 'drill':
      return { ...common, kind: 'drill', ...drillWords(record) };
    case 'skipped':
      return {
        ...common,
        kind: 'skipped',
        outcome: 'skipped',
        title: `${count(record.count, 'run')} skipped: ${skipWords(record.reason)}`,
        lines: [
          record.count === 1 ? `Due ${when(record.from)}` : `Due from ${when(record.from)} to ${when(record.to)}`,
        ],
      };
    case 'clock':
      return {
        ...{ ...common, kind: 'clock', outcome: 'noted', title: 'The clock was set back' },
        lines: ['Runs are counted anew from this moment: none comes twice, and none waits for the old time.'],
      };
    case 'begun':
      return {
        ...{ ...common, kind: 'clock', outcome: 'noted', title: 'Another schedule holds from now on' },
        lines: ['Runs are counted from this moment.'],
      };
    case 'change':
      return {
        ...{ ...common, kind: 'change', outcome: 'noted', title: changeWords(record) },
        lines: record.backup === null ? ['There was no backup of it.'] : [`Kept from rotation: ${record.backup}`],
      };
  }
}

type Run = Extract<HistoryRecord, { kind: 'run' }>;

function runEntry(record: Run): Pick<HistoryEntry, 'kind' | 'outcome' | 'title' | 'lines' | 'rotation'> {
  const { backup, fault, slot, reason, durationMs, rotation, warnings } = record;
  const lines = [
    slot === null
      ? `Asked for: ${reason}`
      : `${record.caughtUp ? 'Caught up' : 'On time'}: ${reason}, due ${when(slot)}`,
    `Took ${(durationMs / 1000).toFixed(1)} s`,
  ];
  if (record.index.collection === '')
    return {
      kind: 'drill',
      outcome: fault === null ? 'ok' : 'failed',
      title: 'The test of all backups began',
      lines: lines.slice(0, 1),
    };
  if (fault !== null || backup === null) {
    const cancelled = fault?.code === 'CANCELLED';
    return {
      kind: 'backup',
      outcome: cancelled ? 'skipped' : 'failed',
      title: cancelled ? 'Backup cancelled' : (fault?.message ?? 'Backup failed'),
      lines: fault === null || fault.hint === '' ? lines : [...lines, fault.hint],
    };
  }
  lines.push(`Backup: ${backup.name}`, `Added ${size(backup.bytesAdded)} to the vault`);
  const gone = goneIn(rotation);
  if (gone !== null) lines.push(`Rotation removed ${count(gone.count, 'backup')}, ${size(gone.bytesFreed)}`);
  return {
    ...{ kind: 'backup', outcome: 'ok' },
    title: `Backed up ${count(backup.points, 'point')}, ${changesIn(backup)}`,
    lines: [...lines, ...warnings],
    ...(gone === null ? {} : { rotation: gone }),
  };
}

function goneIn(rotation: Run['rotation']): NonNullable<HistoryEntry['rotation']> | null {
  if (rotation === null || rotation.removed === 0) return null;
  const { removed, names = [], bytesFreed } = rotation;
  return { count: removed, removed: names, bytesFreed };
}

/** "12 new, 3 changed" */
function changesIn({ changes, counts }: NonNullable<Run['backup']>): string {
  if (changes === 0) return 'nothing changed';
  const said = Object.entries(counts ?? { changed: changes }).filter(([, number]) => number > 0);
  return said.map(([what, number]) => `${number.toLocaleString('en')} ${what}`).join(', ');
}

function drillWords(
  record: Extract<HistoryRecord, { kind: 'drill' }>,
): Pick<HistoryEntry, 'outcome' | 'title' | 'lines'> {
  const { backup, points, differences, durationMs, fault } = record;
  const lines = [`Backup: ${backup}`, `Took ${(durationMs / 1000).toFixed(1)} s`];
  if (fault !== null)
    return { outcome: 'failed', title: fault.message, lines: fault.hint === '' ? lines : [...lines, fault.hint] };
  if (differences > 0)
    return { outcome: 'failed', title: `Tested: ${count(differences, 'point')} came back different`, lines };
  const all = points === 1 ? 'its 1 point came back as it was' : `all ${count(points, 'point')} came back as they were`;
  return { outcome: 'ok', title: `Tested: ${all}`, lines };
}

/** "“code” shrank from 1,000 to 700 points" */
export function changeWords(change: {
  readonly index: { readonly collection: string };
  readonly what: 'shrank' | 'recreated' | 'gone';
  readonly from: number;
  readonly to: number;
}): string {
  const { index, what, from, to } = change;
  const name = `“${index.collection}”`;
  if (what === 'gone') return `${name} is gone; it had ${count(from, 'point')}`;
  if (what === 'recreated')
    return `${name} was made anew: ${from.toLocaleString('en')} points before, ${to.toLocaleString('en')} now`;
  return `${name} shrank from ${from.toLocaleString('en')} to ${count(to, 'point')}`;
}

const date = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
/** "23 Nov 2026, 02:30" where the person lives. */
const when = (iso: string): string => date.format(Date.parse(iso));

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** "820 kB" */
function size(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${value.toFixed(power === 0 || value >= 100 ? 0 : 1)} ${UNITS[power] ?? ''}`;
}
