/** Years of schedule and rotation with a virtual clock, in which everything happens that can, against what is promised. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { MOST_ATTEMPTS } from '../../main/schedule/due.ts';
import { healthOf, overdueSince } from '../../main/schedule/health.ts';
import { indexKey } from '../../main/schedule/history.ts';
import { Slots, type Schedule } from '../../main/schedule/slots.ts';
import { BEGIN, iso, SCHEDULES, World, ZONE, type Event } from './schedule-world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

const length = fc.oneof(fc.integer({ min: MINUTE, max: 10 * HOUR }), fc.integer({ min: HOUR, max: 9 * DAY }));
const event: fc.Arbitrary<Event> = fc.oneof(
  fc.record({ kind: fc.constant('sleep' as const), ms: length }),
  fc.record({ kind: fc.constant('restart' as const), ms: length }),
  fc.record({
    kind: fc.constant('set' as const),
    by: fc.constantFrom(-3650 * DAY, -HOUR, -5 * MINUTE, 2 * HOUR, 3650 * DAY),
  }),
  fc.record({ kind: fc.constant('pause' as const), ms: fc.option(length) }),
  fc.record({ kind: fc.constant('resume' as const) }),
  fc.record({ kind: fc.constant('server' as const), answers: fc.boolean() }),
  fc.record({ kind: fc.constant('disk' as const), works: fc.boolean() }),
  fc.record({ kind: fc.constant('freeze' as const), frozen: fc.boolean() }),
);
/** What happens, and how long the world goes on evenly before it. */
const year = fc.array(fc.tuple(fc.integer({ min: 5 * MINUTE, max: 12 * DAY }), event), {
  minLength: 20,
  maxLength: 60,
});

/** What happened in so many years: how often something ran, was skipped, failed, was caught up. */
export async function runYears(numRuns: number): Promise<Readonly<Record<string, number>>> {
  const seen = { runs: 0, skipped: 0, failed: 0, caughtUp: 0 };
  await fc.assert(
    fc.asyncProperty(year, async (events) => {
      const world = new World();
      world.scheduler.start();
      let left = YEAR;
      let wasSet = false;
      for (const [quiet, what] of events) {
        await world.clock.run(Math.min(quiet, left), world.settled);
        left -= quiet;
        if (left <= 0) break;
        checkOverdue(world);
        await world.apply(what);
        if (what.kind === 'set') wasSet = true;
      }
      // Whatever it was, it passes.
      Object.assign(world, { answers: true, disk: true });
      await world.apply({ kind: 'resume' });
      await world.clock.run(40 * DAY, world.settled);
      checkOverdue(world);
      for (const facts of world.facts())
        expect(healthOf(facts, world.clock.now())).not.toMatch(/failing|overdue|never/);
      await world.scheduler.end();
      if (!wasSet) checkEverySlot(world);
      checkAttempts(world);
      seen.runs += world.runs;
      for (const record of world.records) {
        if (record.kind === 'skipped') seen.skipped++;
        if (record.kind === 'run' && record.fault !== null) seen.failed++;
        if (record.kind === 'run' && record.caughtUp) seen.caughtUp++;
      }
    }),
    { numRuns, endOnFailure: true },
  );
  return seen;
}

/** What is overdue was told within a minute of becoming so, or of the machine being awake again. */
function checkOverdue(world: World): void {
  const now = world.clock.now();
  for (const facts of world.facts()) {
    if (healthOf(facts, now) !== 'overdue') continue;
    const since = overdueSince(facts, now) ?? now;
    if (now - since > MINUTE)
      expect(world.told.has(facts.key), `${facts.key} is overdue since ${iso(since)}`).toBe(true);
  }
}

/** Every slot up to the last one that was dealt with ran, or was skipped for a reason: once. */
function checkEverySlot(world: World): void {
  for (const [n, ref] of world.refs.entries()) {
    const schedule = SCHEDULES[n] as Schedule;
    const own = world.records.filter(({ index }) => indexKey(index) === indexKey(ref));
    const ran = new Map<number, number>();
    const skipped: { from: number; to: number; count: number }[] = [];
    for (const record of own) {
      if (record.kind === 'run' && record.fault === null && record.slot !== null) {
        const slot = Date.parse(record.slot);
        ran.set(slot, (ran.get(slot) ?? 0) + 1);
      }
      if (record.kind === 'skipped')
        skipped.push({ from: Date.parse(record.from), to: Date.parse(record.to), count: record.count });
    }
    // No slot twice.
    expect([...ran.values()].every((count) => count === 1)).toBe(true);
    const last = Math.max(...ran.keys());
    const counted = Slots.of(schedule, ZONE).count(BEGIN, last + 1, 1e6);
    expect(ran.size + skipped.reduce((sum, { count }) => sum + count, 0)).toBe(counted);
    for (const slot of ran.keys()) expect(skipped.some(({ from, to }) => from <= slot && slot <= to)).toBe(false);
  }
}

/** No slot is tried more often than it may be, but for a server that does not answer. */
function checkAttempts(world: World): void {
  const tried = new Map<string, number>();
  for (const record of world.records) {
    if (record.kind !== 'run' || record.unreachable) continue;
    const key = `${indexKey(record.index)} ${String(record.slot)}`;
    tried.set(key, (tried.get(key) ?? 0) + 1);
  }
  // A clock that was set back runs the same slots of the wall once more.
  for (const count of tried.values()) expect(count).toBeLessThanOrEqual(3 * (MOST_ATTEMPTS + 1));
}
