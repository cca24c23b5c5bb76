import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ProtectedIndex, ProtectionView } from '../../../preload/api.ts';
import { alertsOf } from '../../../main/shell/alerts.ts';
import { indexOf, viewOf } from '../../support/protection-views.ts';

const moment = { now: Date.parse('2026-11-23T12:00:00Z'), settling: false };
const failure = {
  at: '2026-11-23T02:30:00.000Z',
  code: 'QDRANT_UNREACHABLE',
  message: 'Could not reach Qdrant at localhost:6333.',
  hint: 'Check it.',
};
const failing = { health: 'failing', failure } as const;
const overdue = { health: 'overdue', overdueSince: '2026-11-23T03:30:00.000Z' } as const;
const broken = {
  tested: { at: '2026-11-22T11:00:00.000Z', ok: false, backup: 'b', message: '3 points came back different' },
};
const shrunk = {
  change: {
    what: 'shrank' as const,
    at: '',
    from: 1000,
    to: 10,
    backup: 'code-1',
    message: '“code” shrank from 1,000 to 10 points. Its last good backup is kept.',
  },
};

test.each<[string, Partial<ProtectedIndex>, string, string]>([
  [
    'failed',
    failing,
    'The backup of “code” failed',
    'Could not reach Qdrant at localhost:6333. Your earlier backups are not affected; the last one is of 33 hours ago.',
  ],
  [
    'failed, and there is no backup',
    { ...failing, lastGood: null },
    'The backup of “code” failed',
    'Could not reach Qdrant at localhost:6333. There is no backup of it yet.',
  ],
  [
    'the vault is gone',
    { failure: { ...failure, code: 'VAULT_GONE', message: 'The vault is not there.', hint: 'Connect the drive.' } },
    'The backup of “code” failed',
    'The vault is not there. Connect the drive.',
  ],
  [
    'failed and overdue is one alert',
    { ...failing, overdueSince: overdue.overdueSince },
    'The backup of “code” failed',
    'Could not reach Qdrant at localhost:6333. Your earlier backups are not affected; the last one is of 33 hours ago.',
  ],
  [
    'overdue',
    overdue,
    '“code” is overdue',
    'It should have been backed up by now. Your earlier backups are not affected; the last one is of 33 hours ago.',
  ],
  [
    'a drill',
    broken,
    'The backup of “code” failed its test',
    '3 points came back different. Back up now, so that there is one that is whole.',
  ],
  ['shrank', shrunk, '“code” has lost points', '“code” shrank from 1,000 to 10 points. Its last good backup is kept.'],
  [
    'gone without a backup',
    { change: { ...shrunk.change, what: 'gone', backup: null, message: '“code” is gone.' } },
    '“code” is gone',
    '“code” is gone. There is no backup of it.',
  ],
])('%s', (_name, change, title, body) => {
  const view = viewOf([indexOf('code', change), indexOf('docs')]);
  const { show, told } = alertsOf(view, [], moment);
  expect(show.map((alert) => [alert.title, alert.body])).toEqual([[title, body]]);
  expect(show.flatMap(({ keys }) => keys)).toEqual(told);
  expect(alertsOf(view, told, moment)).toEqual({ show: [], told });
});

test('what is well, running, or under no schedule is nothing to tell', () => {
  const view = viewOf([
    indexOf('a'),
    indexOf('b', { health: 'running' }),
    indexOf('c', { ...failing, schedule: { kind: 'off' } }),
  ]);
  expect(alertsOf(view, [], moment)).toEqual({ show: [], told: [] });
});

test('a success clears it, and the next failure is told again', () => {
  const { told } = alertsOf(viewOf([indexOf('code', failing)]), [], moment);
  const good = { backup: 'code-2', at: '2026-11-23T03:00:00.000Z', points: 1000 };
  const after = alertsOf(viewOf([indexOf('code', { lastGood: good })]), told, moment);
  expect(after).toEqual({ show: [], told: [] });
  expect(alertsOf(viewOf([indexOf('code', { ...failing, lastGood: good })]), after.told, moment).show).toHaveLength(1);
});

test('a pause or a vault that cannot be read for a while is no success', () => {
  let { told } = alertsOf(viewOf([indexOf('code', overdue)]), [], moment);
  for (const meanwhile of [{ health: 'paused' }, { lastGood: null }, overdue] as const) {
    const next = alertsOf(viewOf([indexOf('code', meanwhile)]), told, moment);
    expect(next.show).toEqual([]);
    told = next.told;
  }
});

test('a test that went well, and a change that was accepted, clear theirs', () => {
  const { told } = alertsOf(viewOf([indexOf('code', { ...broken, ...shrunk })]), [], moment);
  expect(told).toHaveLength(2);
  const well = indexOf('code', { tested: { ...broken.tested, ok: true, message: null } });
  expect(alertsOf(viewOf([well]), told, moment).told).toEqual([]);
});

test('after a start or sleep, and while a run goes on, what is overdue waits: it is about to be made up for', () => {
  const view = viewOf([indexOf('code', overdue)]);
  expect(alertsOf(view, [], { ...moment, settling: true })).toEqual({ show: [], told: [] });
  const busy = viewOf([indexOf('code', overdue), indexOf('docs', { health: 'running' })]);
  expect(alertsOf(busy, [], moment)).toEqual({ show: [], told: [] });
  expect(alertsOf(viewOf([indexOf('code', failing)]), [], { ...moment, settling: true }).show).toHaveLength(1);
});

test('the same trouble of many indexes is one alert, and its button backs all of them up', () => {
  const view = viewOf(['a', 'b', 'c', 'd', 'e'].map((name) => indexOf(name, failing)));
  const { show, told } = alertsOf(view, [], moment);
  expect(show).toHaveLength(1);
  expect(show[0]).toMatchObject({
    title: 'The backups of 5 indexes failed',
    body: 'a, b, c and 2 more. Your earlier backups are not affected.',
  });
  expect(show[0]?.button?.indexes).toHaveLength(5);
  expect(told).toHaveLength(5);
});

test('a drill leads to the history, and what changed has no button', () => {
  const [drill, change] = alertsOf(viewOf([indexOf('code', { ...broken, ...shrunk })]), [], moment).show;
  expect(drill).toMatchObject({ place: 'history', button: { label: 'Back up now' } });
  expect(change).toMatchObject({ place: 'home', button: null });
});

test('keys that are none of ours are dropped', () => {
  expect(
    alertsOf(viewOf([indexOf('code')]), ['x', '{}', '[1]', '["failed"]', '["odd","Home","code",""]'], moment).told,
  ).toEqual([]);
});

test('nothing is told twice without a success between', () => {
  const names = ['a', 'b', 'c'];
  const step = fc.record({
    index: fc.constantFrom(...names),
    failing: fc.boolean(),
    late: fc.boolean(),
    health: fc.constantFrom<ProtectedIndex['health']>('failing', 'overdue', 'paused', 'running', 'safe'),
    settling: fc.boolean(),
    backup: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    vaultGone: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const states = new Map(names.map((name) => [name, indexOf(name)]));
      const last = new Map<string, number>();
      let told: readonly string[] = [];
      for (const [n, one] of steps.entries()) {
        const now = moment.now + n * 60_000;
        const before = states.get(one.index) ?? indexOf(one.index);
        if (one.backup) {
          for (const kind of ['failed', 'overdue']) last.delete(`${kind} ${one.index}`);
        }
        const at = one.backup ? new Date(now).toISOString() : before.lastGood?.at;
        states.set(one.index, {
          ...before,
          health: one.health,
          failure: one.failing && !one.backup ? failure : null,
          overdueSince: one.late && !one.backup ? overdue.overdueSince : null,
          lastGood: at === undefined ? null : { backup: at, at, points: 1 },
        });
        const indexes = [...states.values()].map((index) => (one.vaultGone ? { ...index, lastGood: null } : index));
        // What a vault that is gone hides is seen the next time.
        const next = alertsOf(viewOf(indexes) satisfies ProtectionView, told, { now, settling: one.settling });
        told = next.told;
        for (const key of next.show.flatMap(({ keys }) => keys)) {
          const [kind = '', , index = ''] = JSON.parse(key) as string[];
          const times = (last.get(`${kind} ${index}`) ?? 0) + 1;
          last.set(`${kind} ${index}`, times);
          if (times > 1) return false;
        }
      }
      return true;
    }),
    { numRuns: 500 },
  );
});
