import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import type { HistoryEntry, ProtectedIndex, ProtectionView } from '../../../preload/api.ts';
import { paintFor, unpainted } from '../../../main/terminal/colour.ts';
import { nextRunsOf, rulesOf, scheduleReport } from '../../../main/terminal/schedule-report.ts';
import { keeperWords, keepWords, scheduleWords, someOf, standingOf } from '../../../main/terminal/schedule-words.ts';
import { scheduled } from '../../../main/terminal/serve.ts';
import { followNews } from '../../../main/terminal/serve-news.ts';
import { statusReport } from '../../../main/terminal/status-report.ts';

const at = (day: number, hour: number, minute = 0): string => new Date(2026, 10, day, hour, minute).toISOString();
const now = Date.parse(at(23, 14));

const code: ProtectedIndex = {
  ...{ connection: 'local', collection: 'code', schedule: { kind: 'daily', times: ['02:30'] }, own: true },
  ...{ health: 'safe', lastGood: { backup: 'code-1', at: at(23, 2, 31), points: 10 }, nextRun: at(24, 2, 30) },
  ...{ overdueSince: null, failure: null, change: null, days: [] },
  tested: { at: at(22, 11), ok: true, backup: 'code-1', message: null },
};
const failing: ProtectedIndex = {
  ...code,
  ...{ collection: 'notes', health: 'failing', lastGood: null, overdueSince: at(23, 3, 30), tested: null },
  failure: { at: at(23, 2, 30), code: 'QDRANT_UNREACHABLE', message: 'Could not reach it.', hint: 'Check it.' },
};
const view: ProtectionView = {
  ...{ tone: 'failed', sentence: 'The last backup of “notes” failed.', keeper: 'other', paused: null, keep: null },
  drill: { schedule: { kind: 'weekly', days: [7], times: ['11:00'] }, onConnections: false, nextRun: at(29, 11) },
  ...{ defaults: [], indexes: [code, failing], nextRun: at(24, 2, 30), warnings: [] },
};
const entry = (id: string, more: Partial<HistoryEntry> = {}): HistoryEntry => ({
  ...{ id, kind: 'backup', at: at(23, 2, 31), index: { connection: 'local', collection: 'code' }, outcome: 'ok' },
  ...{ title: 'Backed up 10 points, nothing changed', lines: [] },
  ...more,
});

describe('a status', () => {
  const report = (width: number | null, more: Partial<ProtectionView> = {}): readonly string[] =>
    statusReport({ ...view, ...more }, [entry('1'), entry('2', { outcome: 'failed', title: 'It failed.' })], {
      ...{ width, now, paint: unpainted },
    });

  test('says what is wrong before all else', () => {
    expect(report(null)).toEqual([
      'The last backup of “notes” failed.',
      '',
      'notes on local',
      '  failed 2026-11-23 02:30: Could not reach it. Check it.',
      '  overdue since 2026-11-23 03:30',
      '',
      'Index  Connection  State    Last good backup  Next run           Tested',
      'notes  local       FAILING  none              tomorrow at 02:30  not yet',
      'code   local       safe     2026-11-23 02:31  tomorrow at 02:30  yesterday',
      '',
      'Last results',
      '2026-11-23 02:31  code on local: Backed up 10 points, nothing changed',
      '2026-11-23 02:31  FAILED code on local: It failed.',
    ]);
  });

  test('where the vault cannot be read, what is in it is not known', () => {
    const unread = {
      ...{ indexes: [{ ...code, health: 'overdue' as const, lastGood: null, overdueSince: at(23, 3), tested: null }] },
      ...{ sentence: 'No vault.', warnings: [{ code: 'VAULT_GONE', message: 'No vault.' }] },
    };
    expect(report(null, unread).slice(0, 4)).toEqual([
      'No vault.',
      '',
      'Index  Connection  State    Last good backup  Next run           Tested',
      'code   local       unknown  not known         tomorrow at 02:30  not yet',
    ]);
  });

  test('of a failed test, and of a change, says what came of it', () => {
    const broken = { ...code, tested: { at: at(22, 11), ok: false, backup: 'code-1', message: '3 points differ' } };
    const change = { what: 'shrank', at: at(23, 9), from: 10, to: 5, backup: null, message: 'It shrank.' } as const;
    expect(report(null, { indexes: [broken, { ...code, collection: 'small', change }] }).slice(1, 7)).toEqual([
      ...['', 'code on local', '  failed its test 2026-11-22 11:00: 3 points differ'],
      ...['', 'small on local', '  It shrank.'],
    ]);
  });

  test.each([40, 80, 120])('is %i columns wide at most', (width) => {
    const long = { ...failing, collection: `${'docs-of-all-'.repeat(8)}end`, connection: 'the-server-of-the-company' };
    const evil = {
      ...failing,
      failure: { at: at(23, 2), code: 'X', message: 'It said \u001b[2J no. '.repeat(9), hint: '' },
    };
    const sentence = 'The vault is not at /mnt/backups of the company, or another one has taken its place.';
    const lines = report(width, { indexes: [code, long, evil], sentence });
    // A name is nowhere broken; everything else fits.
    for (const line of lines) if (!line.startsWith('docs-of')) expect(stringWidth(line)).toBeLessThanOrEqual(width);
    expect(lines.join('')).not.toContain('\u001b');
  });

  test('has colour on a terminal alone, and for whoever wants it', () => {
    const screen = { isTTY: true, columns: 80 } as unknown as NodeJS.WriteStream;
    const paint = paintFor(screen, {});
    const lines = statusReport(view, [], { width: 80, now, paint });
    expect(lines[0]).toBe(`\u001b[31m${view.sentence}\u001b[39m`);
    expect(lines.at(-2)).toContain('\u001b[31mFAILING\u001b[39m');
    expect(lines.at(-1)).toContain('\u001b[32msafe   \u001b[39m');
    for (const [stream, env] of [
      [{}, {}],
      [screen, { NO_COLOR: '1' }],
      [screen, { TERM: 'dumb' }],
    ] as const)
      expect(paintFor(stream as NodeJS.WriteStream, env)('bad', 'x')).toBe('x');
  });
});

test.each<[Partial<ProtectedIndex>, string]>([
  [{ health: 'failing' }, 'FAILING'],
  [{ health: 'overdue' }, 'OVERDUE'],
  [{ tested: { at: at(1, 1), ok: false, backup: 'b', message: '' } }, 'TEST FAILED'],
  [{ health: 'running' }, 'backing up'],
  [{ health: 'due' }, 'due'],
  [{ health: 'paused' }, 'paused'],
  [{ health: 'never' }, 'no backup yet'],
  [{ health: 'never', schedule: { kind: 'off' } }, 'no schedule'],
  [{ health: 'unprotected' }, 'no schedule'],
])('%j is told as %s', (more, word) => {
  expect(standingOf({ ...code, ...more }).word).toBe(word);
});

describe('schedules', () => {
  test('in words', () => {
    expect(scheduleWords({ kind: 'off' })).toBe('off');
    expect(scheduleWords({ kind: 'hourly', minute: 5 })).toBe('every hour at :05');
    expect(scheduleWords({ kind: 'daily', times: ['02:30', '14:00'] })).toBe('every day at 02:30 and 14:00');
    expect(scheduleWords({ kind: 'weekly', days: [4, 1], times: ['01:15'] })).toBe(
      'every Monday and Thursday at 01:15',
    );
    expect(scheduleWords({ kind: 'weekly', days: [1, 2, 3, 4, 5], times: ['01:15'] })).toBe(
      'every Monday to Friday at 01:15',
    );
    expect(scheduleWords({ kind: 'cron', expression: ' 30  2 * * 1-5' })).toBe('cron 30 2 * * 1-5');
    expect(keepWords(null)).toBe('keeps all backups');
    expect(keepWords({ keepLast: 3, keepDaily: 0, keepWeekly: 4 })).toBe(
      'keeps the newest 3 and 4 weekly of each index',
    );
    expect(someOf(['a', 'b', 'c', 'd'])).toBe('a, b, c and d');
    expect(someOf(['a', 'b', 'c', 'd', 'e'])).toBe('a, b, c and 2 more');
  });

  test('are shown with their next five times', () => {
    const times = (...days: number[]): string[] => days.map((day) => at(day, 2, 30));
    const known = {
      indexes: [code, { ...code, collection: 'seen', own: false }],
      defaults: [{ connection: 'local', schedule: { kind: 'hourly', minute: 5 } as const }],
    };
    const rules = rulesOf(known, ({ kind }) => (kind === 'hourly' ? times(24, 25, 26, 27, 28) : times(24, 26, 30)));
    expect(rules.map(({ collection }) => collection)).toEqual([null, 'code']);
    expect(nextRunsOf(rules).map(({ of }) => of.length)).toEqual([2, 1, 2, 1, 1]);
    const how = 'vectorkeep schedule';
    expect(scheduleReport(view, rules, { width: 80, now, how })).toEqual([
      'Connection  Index         Schedule',
      'local       (all others)  every hour at :05',
      'local       code          every day at 02:30',
      '',
      'Next',
      'Tue 2026-11-24 02:30  all indexes of local and code on local',
      'Wed 2026-11-25 02:30  all indexes of local',
      'Thu 2026-11-26 02:30  all indexes of local and code on local',
      'Fri 2026-11-27 02:30  all indexes of local',
      'Sat 2026-11-28 02:30  all indexes of local',
      '',
      'Rotation  keeps all backups',
      'Tests     every Sunday at 11:00',
    ]);
    const paused = { ...view, paused: { since: at(23, 1), until: null } };
    expect(scheduleReport(paused, rules, { width: 80, now, how })[0]).toBe('Backups are paused until you resume them.');
    expect(scheduleReport(view, [], { width: 80, now, how }).at(-1)).toBe('  vectorkeep schedule');
  });

  test('need somebody who runs them', () => {
    expect(keeperWords({ ...view, keeper: 'here' })).toBeUndefined();
    expect(keeperWords({ ...view, keeper: 'other' })).toContain('by the app, or by another');
    expect(keeperWords({ ...view, keeper: 'nobody' })).toContain('Nobody runs the schedules now');
    expect(
      keeperWords({ indexes: [{ ...code, schedule: { kind: 'off' } }], defaults: [], keeper: 'nobody' }),
    ).toBeUndefined();
  });
});

describe('serve', () => {
  test('says what it protects and who runs the schedules', () => {
    expect(scheduled({ ...view, keeper: 'here' }, now)).toEqual([
      'Protecting 2 indexes: code and notes. Next run: tomorrow at 02:30.',
    ]);
    expect(scheduled(view, now)[1]).toContain('takes over when that one ends');
    const unseen = { ...view, indexes: [], defaults: [{ connection: 'local', schedule: code.schedule }] };
    expect(scheduled(unseen, now)[0]).toBe('Protecting all indexes of local, of which none was seen yet.');
  });

  test('tells each thing once, what it does itself alone, and when it takes over', () => {
    let entries = [entry('old')];
    let tell: (view: ProtectionView) => void = () => undefined;
    let keeper: ProtectionView['keeper'] = 'other';
    const said: string[] = [];
    const err = { write: (text: string) => said.push(text) } as unknown as NodeJS.WriteStream;
    const change = (): void => tell({ ...view, keeper });
    followNews(
      {
        view: () => ({ ...view, keeper }),
        history: () => ({ entries, more: false }),
        onChange: (listener) => {
          tell = listener;
          return () => true;
        },
      },
      { out: err, err },
      false,
    );
    entries = [entry('of another'), ...entries];
    change();
    expect(said).toEqual([]);
    keeper = 'here';
    change();
    const rotation = { count: 5, removed: ['a', 'b', 'c', 'd', 'e'], bytesFreed: 5_000_000 };
    entries = [
      entry('2', { outcome: 'failed', title: 'No.' }),
      entry('1', { title: 'Yes\u001b[2J', rotation }),
      ...entries,
    ];
    change();
    change();
    expect(said.map((line) => line.slice(18))).toEqual([
      'Runs the schedules from now on.\n',
      'code on local: Yes; rotation removed 5 backups, 5.00 MB: a, b, c and 2 more\n',
      'FAILED code on local: No.\n',
    ]);
  });
});
