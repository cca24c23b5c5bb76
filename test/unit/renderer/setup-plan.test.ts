import { expect, test } from 'vitest';
import type { ProtectionView, Schedule } from '../../../preload/api.ts';
import {
  firstBackupSentence,
  planNow,
  PLANS,
  plansFor,
  promiseSentence,
  ruleChanges,
  ticksNow,
} from '../../../renderer/setup-plan.ts';

const DAILY: Schedule = { kind: 'daily', times: ['12:30'] };
const OFF: Schedule = { kind: 'off' };

interface Told {
  readonly all?: Schedule;
  readonly own?: Readonly<Record<string, Schedule>>;
  readonly keep?: ProtectionView['keep'];
}

function viewOf({ all, own = {}, keep = null }: Told): ProtectionView {
  const index = ([collection, schedule]: [string, Schedule]) => ({
    connection: 'Home',
    collection,
    schedule,
    own: true,
  });
  return {
    defaults: all === undefined ? [] : [{ connection: 'Home', schedule: all }],
    indexes: Object.entries(own).map(index),
    keep,
  } as unknown as ProtectionView;
}

test('the plans say what they do', () => {
  expect(PLANS.map(({ hint }) => hint)).toEqual([
    'Every day at 12:30. Keeps the last 3 and one for each of the last 30 days.',
    'Every hour on the hour. Keeps the last 3 and one for each of the last 24 hours and 30 days.',
    'Every Monday at 12:30. Keeps the last 3 and one for each of the last 26 weeks.',
  ]);
});

test('at first it is every day', () => {
  expect(planNow(null, 'Home')).toBe('daily');
  expect(planNow(viewOf({}), 'Home')).toBe('daily');
});

test('a plan that holds already is the one to begin with', () => {
  const weekly = PLANS[2];
  if (weekly === undefined) throw new Error('No such plan.');
  expect(planNow(viewOf({ all: weekly.schedule, keep: weekly.keep }), 'Home')).toBe('weekly');
});

test('one’s own schedule is offered as it is now', () => {
  const view = viewOf({ all: { kind: 'daily', times: ['03:00'] } });
  expect(plansFor(view, 'Home').map(({ id }) => id)).toEqual(['now', 'daily', 'hourly', 'weekly']);
  expect(plansFor(view, 'Home')[0]?.hint).toBe('Every day at 03:00. Keeps all backups.');
  expect(planNow(view, 'Home')).toBe('now');
  expect(planNow(view, 'Elsewhere')).toBe('daily');
});

test('all are ticked at first, and later those that are protected', () => {
  expect([...ticksNow(null, 'Home', ['a', 'b'])]).toEqual(['a', 'b']);
  expect([...ticksNow(viewOf({ own: { a: DAILY, b: OFF } }), 'Home', ['a', 'b', 'c'])]).toEqual(['a']);
  expect([...ticksNow(viewOf({ all: DAILY, own: { b: OFF } }), 'Home', ['a', 'b', 'c'])]).toEqual(['a', 'c']);
  expect([...ticksNow(viewOf({ own: { a: OFF } }), 'Home', ['a', 'b'])]).toEqual(['a', 'b']);
});

test('all ticked is one rule for the connection', () => {
  expect(ruleChanges(['a', 'b'], new Set(['a', 'b']), DAILY, null, 'Home')).toEqual([
    { collection: null, schedule: DAILY },
  ]);
  expect(ruleChanges([], new Set(), DAILY, null, 'Home')).toEqual([{ collection: null, schedule: DAILY }]);
});

test('all ticked ends rules that said otherwise', () => {
  const view = viewOf({ own: { b: OFF, gone: OFF } });
  expect(ruleChanges(['a', 'b'], new Set(['a', 'b']), DAILY, view, 'Home')).toEqual([
    { collection: null, schedule: DAILY },
    { collection: 'b', schedule: null },
  ]);
});

test('some ticked are rules of their own, and none for all', () => {
  const view = viewOf({ all: DAILY, own: { b: DAILY } });
  expect(ruleChanges(['a', 'b'], new Set(['a']), DAILY, view, 'Home')).toEqual([
    { collection: 'a', schedule: DAILY },
    { collection: 'b', schedule: null },
    { collection: null, schedule: null },
  ]);
});

test.each([
  [['done'], 'The index is backed up'],
  [['done', 'done', 'done'], 'All 3 indexes are backed up'],
  [['done', 'running', 'waiting'], '1 of 3 indexes are backed up'],
  [['done', 'failed'], '1 of 2 indexes are backed up, 1 could not be'],
  [['failed'], '0 of 1 index is backed up, 1 could not be'],
] as const)('%j: %s', (states, sentence) => {
  expect(firstBackupSentence(states)).toBe(sentence);
});

test('what is promised', () => {
  expect(promiseSentence(DAILY, 1)).toBe('From now on it is backed up every day at 12:30.');
  expect(promiseSentence(DAILY, 2)).toBe('From now on they are backed up every day at 12:30.');
});
