import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planRotation, type RotatedBackup, type RotationPolicy } from '../../../main/vault/rotation.ts';

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 10, 22, 12);
const moment = { now: NOW, frozen: new Set<string>(), timeZone: 'UTC' };

const backup = (name: string, hoursAgo: number, more: Partial<RotatedBackup> = {}): RotatedBackup => ({
  name,
  collection: 'code',
  createdAt: NOW - hoursAgo * HOUR,
  reason: 'manual',
  pinned: false,
  verified: true,
  ...more,
});
const removed = (
  backups: RotatedBackup[],
  policy: RotationPolicy,
  more: Partial<typeof moment> = {},
): readonly string[] => planRotation(backups, policy, { ...moment, ...more }).remove;

describe('rotation', () => {
  const hourly = Array.from({ length: 100 }, (_, n) => backup(`h${n}`, n));

  test('keeps the last ones', () => {
    expect(removed(hourly.slice(0, 5), { keepLast: 2 })).toEqual(['h4', 'h3', 'h2']);
  });

  test('keeps the newest of each day, week and month', () => {
    const days = Array.from({ length: 70 }, (_, n) => [backup(`d${n}`, n * 24), backup(`e${n}`, n * 24 + 6)]).flat();
    const { keep } = planRotation(days, { keepDaily: 3, keepWeekly: 2, keepMonthly: 3 }, moment);
    expect(keep).toEqual([
      // 30 September, 31 October; the weeks end on 15 and 22 November, Sundays.
      { name: 'd53', why: ['monthly'] },
      { name: 'd22', why: ['monthly'] },
      { name: 'd7', why: ['weekly'] },
      { name: 'd2', why: ['daily'] },
      { name: 'd1', why: ['daily'] },
      { name: 'd0', why: ['floor', 'daily', 'weekly', 'monthly'] },
    ]);
  });

  test('a day is a day where the person lives', () => {
    const late = [backup('before', 13), backup('after', 11)];
    expect(removed(late, { keepDaily: 2 }, { timeZone: 'UTC' })).toEqual([]);
    expect(removed(late, { keepDaily: 2 }, { timeZone: 'America/New_York' })).toEqual(['before']);
  });

  test('the hour that comes twice in autumn is two hours', () => {
    const at = Date.UTC(2026, 9, 25, 0, 30);
    const twice = [0, 1, 2].map((n) => backup(`t${n}`, 0, { createdAt: at + n * HOUR }));
    expect(removed(twice, { keepHourly: 3 }, { timeZone: 'Europe/Berlin' })).toEqual([]);
  });

  test('without any rule nothing goes', () => {
    expect(removed(hourly, {})).toEqual([]);
    expect(removed(hourly, { keepLast: 0, keepDaily: 0 })).toEqual([]);
  });

  test('what is pinned stays, and the newest that was verified', () => {
    const some = [
      backup('new', 0, { verified: false }),
      backup('good', 1),
      backup('old', 2),
      backup('pin', 3, { pinned: true }),
    ];
    expect(removed(some, { keepLast: 1 })).toEqual(['old']);
  });

  test('safety copies go by their own rule, and never stand for the others', () => {
    const some = [
      ...[1, 2, 3, 4, 200, 300].map((hours) => backup(`s${hours}`, hours, { reason: 'safety' })),
      backup('day', 30),
      backup('older', 60),
    ];
    expect(removed(some, { keepLast: 1 })).toEqual(['s300', 's200', 'older']);
    expect(removed(some, { keepLast: 1, safetyLast: 1, safetyDays: 0 })).toEqual([
      's300',
      's200',
      'older',
      's4',
      's3',
      's2',
    ]);
  });

  test('a clock that jumped ahead does not make safety copies old', () => {
    const some = [1, 2, 3, 4, 5, 6].map((hours) => backup(`s${hours}`, hours, { reason: 'safety' }));
    const day = backup('day', 8);
    const ahead = { now: NOW + 400 * 24 * HOUR };
    expect(removed([...some, day], { keepLast: 1 }, ahead)).toEqual([]);
    // Ten days without any backup: nor does the time that passed since.
    expect(removed([...some, backup('later', -200)], { keepLast: 1 }, ahead)).toEqual(['s6', 's5', 's4']);
  });

  test('nothing goes on the word of a clock alone, nor where a person has to look first', () => {
    expect(removed([...hourly, backup('future', -48)], { keepLast: 1 })).toEqual([]);
    expect(removed(hourly, { keepLast: 1 }, { frozen: new Set(['code']) })).toEqual([]);
    const others = hourly.map((one) => ({ ...one, name: `o-${one.name}`, collection: 'other' }));
    expect(removed([...hourly, ...others], { keepLast: 1 }, { frozen: new Set(['code']) })).toHaveLength(99);
  });

  test('whatever the backups and the policy are', () => {
    const backups = fc.array(
      fc.record({
        collection: fc.constantFrom('a', 'b'),
        createdAt: fc.integer({ min: -40_000, max: 30 }).map((hours) => NOW + hours * HOUR),
        reason: fc.constantFrom('manual', 'daily', 'safety'),
        pinned: fc.boolean(),
        verified: fc.boolean(),
      }),
      { maxLength: 40 },
    );
    const count = fc.option(fc.integer({ min: 0, max: 5 }), { nil: undefined });
    const policy = fc
      .record({
        keepLast: count,
        keepHourly: count,
        keepDaily: count,
        keepWeekly: count,
        keepMonthly: count,
        safetyLast: count,
        safetyDays: count,
      })
      .map(
        (rules) => Object.fromEntries(Object.entries(rules).filter(([, rule]) => rule !== undefined)) as RotationPolicy,
      );
    fc.assert(
      fc.property(backups, policy, (list, rules) => {
        const all = list.map((one, n) => ({ ...one, name: `n${n}` }));
        const plan = planRotation(all, rules, moment);
        const kept = new Set(plan.keep.map(({ name }) => name));
        expect([...kept, ...plan.remove].sort()).toEqual(all.map(({ name }) => name).sort());
        for (const one of all) if (one.pinned) expect(kept).toContain(one.name);
        for (const collection of ['a', 'b']) {
          const mine = all.filter((one) => one.collection === collection);
          const good = mine.filter(({ verified }) => verified);
          if (mine.length > 0) expect(mine.some(({ name }) => kept.has(name))).toBe(true);
          if (good.length > 0) expect(good.some(({ name }) => kept.has(name))).toBe(true);
          const newest = good.filter(({ reason }) => reason !== 'safety').sort((x, y) => y.createdAt - x.createdAt)[0];
          if (newest !== undefined)
            expect(good.some(({ name, createdAt }) => kept.has(name) && createdAt === newest.createdAt)).toBe(true);
        }
        // To rotate again changes nothing.
        expect(
          planRotation(
            all.filter(({ name }) => kept.has(name)),
            rules,
            moment,
          ).remove,
        ).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });
});
