import { describe, expect, test } from 'vitest';
import { entriesOf } from '../../../main/schedule/history-words.ts';
import type { HistoryRecord } from '../../../main/schedule/history.ts';

const code = { connection: 'work', collection: 'code' };
const at = (hour: number): string => new Date(Date.UTC(2026, 10, 23, hour)).toISOString();
const run: Extract<HistoryRecord, { kind: 'run' }> = {
  ...{ kind: 'run', at: at(3), index: code, slot: at(3), caughtUp: true, reason: 'daily', durationMs: 4200 },
  ...{ backup: { name: 'code-1', points: 20_000, changes: 12, bytesAdded: 82_000 }, fault: null, unreachable: false },
  ...{ rotation: { removed: 2, bytesFreed: 5_000_000 }, warnings: ['The index was written to.'] },
};
const failed = (code: string): HistoryRecord => ({
  ...{ ...run, backup: null, rotation: null, warnings: [] },
  fault: { code, message: 'The disk is full.', hint: 'Make room.' },
});
const drill: Extract<HistoryRecord, { kind: 'drill' }> = {
  ...{
    kind: 'drill',
    at: at(4),
    index: code,
    backup: 'code-1',
    points: 1,
    differences: 0,
    durationMs: 900,
    fault: null,
  },
};
const only = (record: HistoryRecord) => entriesOf([record], { limit: 1 }).entries[0];

describe('words', () => {
  test('a backup, with all that went along', () => {
    expect(only(run)).toMatchObject({
      ...{ kind: 'backup', outcome: 'ok', title: 'Backed up 20,000 points, 12 changed', index: code },
      lines: [
        expect.stringMatching(/^Caught up: daily, due 23 Nov 2026, \d\d:00$/) as string,
        'Took 4.2 s',
        'Backup: code-1',
        'Added 82.0 kB to the vault',
        'Rotation removed 2 backups, 5.0 MB',
        'The index was written to.',
      ],
    });
    expect(only(run)?.rotation).toEqual({ count: 2, removed: [], bytesFreed: 5_000_000 });
    const names = ['code-0', 'code-00'];
    expect(only({ ...run, rotation: { removed: 2, names, bytesFreed: 5 } })?.rotation?.removed).toEqual(names);
    expect(only({ ...run, rotation: { removed: 0, bytesFreed: 0 } })).not.toHaveProperty('rotation');
    expect(only({ ...run, slot: null, reason: 'manual' })?.lines[0]).toBe('Asked for: manual');
  });

  test.each<[NonNullable<typeof run.backup>['counts'], string]>([
    [{ new: 120, changed: 0, removed: 0 }, 'Backed up 20,000 points, 120 new'],
    [{ new: 1, changed: 1200, removed: 3 }, 'Backed up 20,000 points, 1 new, 1,200 changed, 3 removed'],
  ])('a backup with %j', (counts, title) => {
    const backup = { name: 'code-1', points: 20_000, changes: 120, bytesAdded: 1, counts };
    expect(only({ ...run, backup })?.title).toBe(title);
  });

  test.each<[HistoryRecord, object]>([
    [failed('NO_SPACE'), { kind: 'backup', outcome: 'failed', title: 'The disk is full.' }],
    [failed('CANCELLED'), { kind: 'backup', outcome: 'skipped', title: 'Backup cancelled' }],
    [drill, { kind: 'drill', outcome: 'ok', title: 'Tested: its 1 point came back as it was' }],
    [
      { ...drill, differences: 3 },
      { outcome: 'failed', title: 'Tested: 3 points came back different' },
    ],
    [
      { ...run, index: { connection: '', collection: '' } },
      { kind: 'drill', index: null, outcome: 'ok' },
    ],
    [
      { kind: 'skipped', at: at(5), index: code, from: at(1), to: at(4), count: 4, reason: 'asleep' },
      { kind: 'skipped', outcome: 'skipped', title: '4 runs skipped: the computer slept' },
    ],
    [
      { kind: 'clock', at: at(5), index: code },
      { kind: 'clock', outcome: 'noted' },
    ],
    [
      { kind: 'change', at: at(5), index: code, what: 'recreated', from: 1000, to: 2, backup: 'code-1' },
      {
        kind: 'change',
        title: '“code” was made anew: 1,000 points before, 2 now',
        lines: ['Kept from rotation: code-1'],
      },
    ],
  ])('%o', (record, words) => expect(only(record)).toMatchObject(words));
});

describe('pages', () => {
  const docs = { connection: 'work', collection: 'docs' };
  // All of one moment, as skips of several indexes are.
  const records: HistoryRecord[] = Array.from({ length: 10 }, (_, n) => ({
    ...run,
    index: n % 2 === 0 ? code : docs,
    reason: String(n),
  }));
  const reasons = (filter: Parameters<typeof entriesOf>[1]) => {
    const { entries, more } = entriesOf(records, filter);
    return [entries.map(({ lines }) => /: (\d)/.exec(lines[0] ?? '')?.[1]).join(''), more];
  };

  test('newest first, and the next page begins where this one ends', () => {
    expect(reasons({ limit: 4 })).toEqual(['9876', true]);
    const last = entriesOf(records, { limit: 4 }).entries.at(-1)?.id;
    expect(reasons({ limit: 4, before: last })).toEqual(['5432', true]);
    expect(reasons({ limit: 10 })).toEqual(['9876543210', false]);
  });

  test('filters', () => {
    expect(reasons({ limit: 10, index: docs })).toEqual(['97531', false]);
    expect(reasons({ limit: 2, index: docs })).toEqual(['97', true]);
    expect(reasons({ limit: 10, outcome: 'failed' })).toEqual(['', false]);
    expect(reasons({ limit: 10, kind: 'drill' })).toEqual(['', false]);
  });
});
