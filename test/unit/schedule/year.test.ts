import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MOST_ATTEMPTS, type Scheduled } from '../../../main/schedule/due.ts';
import { healthOf, overdueSince, type IndexFacts } from '../../../main/schedule/health.ts';
import {
  Histories,
  indexKey,
  protectedSince,
  scheduledFrom,
  type HistoryRecord,
  type IndexRef,
} from '../../../main/schedule/history.ts';
import { Scheduler } from '../../../main/schedule/scheduler.ts';
import { Slots, type Schedule } from '../../../main/schedule/slots.ts';
import { planRotation, type RotatedBackup, type RotationPolicy } from '../../../main/vault/rotation.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const ZONE = 'Europe/Berlin';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const BEGIN = Date.parse('2026-01-01T08:30:00Z');
const YEAR = 365 * DAY;

const SCHEDULES: readonly Schedule[] = [
  { kind: 'hourly', minute: 20 },
  { kind: 'daily', times: ['02:30', '14:00'] },
  { kind: 'weekly', days: [2, 5], times: ['01:15'] },
  { kind: 'cron', expression: '0 4 1,15,31 * *' },
];
const POLICY: RotationPolicy = { keepLast: 3, keepDaily: 7, keepWeekly: 4, keepMonthly: 6 };

type Event =
  | { readonly kind: 'sleep'; readonly ms: number }
  | { readonly kind: 'set'; readonly by: number }
  | { readonly kind: 'pause'; readonly ms: number | null }
  | { readonly kind: 'resume' }
  | { readonly kind: 'server'; readonly answers: boolean }
  | { readonly kind: 'disk'; readonly works: boolean }
  | { readonly kind: 'freeze'; readonly frozen: boolean }
  | { readonly kind: 'restart'; readonly ms: number };

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

/** Vectorkeep, its history and its vault, as far as they have to do with time. */
class World {
  readonly clock = new VirtualClock(BEGIN);
  readonly records: HistoryRecord[] = [];
  readonly histories = new Histories();
  readonly refs: readonly IndexRef[] = SCHEDULES.map(({ kind }) => ({ connection: 'local', collection: kind }));
  backups: RotatedBackup[] = [];
  paused: { since: number; until: number | null } | null = null;
  answers = true;
  disk = true;
  /** Of the backups of each index that are there, when they were taken, by whatever clock. */
  readonly taken = new Map<string, number[]>();
  frozen = false;
  runs = 0;
  #busy = 0;
  /** Since when every index is overdue, as far as somebody was told. */
  readonly told = new Map<string, number>();
  scheduler = this.begin();

  begin(): Scheduler {
    const scheduler = new Scheduler({
      clock: this.clock,
      timeZone: ZONE,
      protection: () => Promise.resolve({ indexes: this.scheduled(), paused: this.paused }),
      run: (run) => this.#run(run.index, run.slot, run.caughtUp),
      skipped: ({ skipped, handled }) => {
        const at = this.#now();
        for (const { index, from, to, count, reason } of skipped)
          this.note({ kind: 'skipped', at, index: this.ref(index), from: iso(from), to: iso(to), count, reason });
        for (const index of handled.keys())
          if (!skipped.some((one) => one.index === index)) this.note({ kind: 'clock', at, index: this.ref(index) });
        return Promise.resolve();
      },
      resume: () => {
        this.paused = null;
        return Promise.resolve();
      },
      changed: () => this.#look(),
    });
    return scheduler;
  }

  note(record: HistoryRecord): void {
    this.records.push(record);
    this.histories.add(record);
  }

  ref(key: string): IndexRef {
    const found = this.refs.find((one) => indexKey(one) === key);
    if (found === undefined) throw new Error(`no index ${key}`);
    return found;
  }

  scheduled(): Scheduled[] {
    return this.refs.map((ref, n) =>
      scheduledFrom(
        ref,
        { schedule: SCHEDULES[n] as Schedule, since: BEGIN },
        this.histories.of(ref),
        this.clock.now(),
      ),
    );
  }

  /** The last that this clock can have dated, or any. */
  lastGood(key: string): number | null {
    const taken = this.taken.get(key) ?? [];
    return taken.findLast((at) => at <= this.clock.now()) ?? taken.at(-1) ?? null;
  }

  since(ref: IndexRef): number {
    return protectedSince(BEGIN, this.histories.of(ref), this.clock.now());
  }

  facts(): (IndexFacts & { readonly key: string })[] {
    return this.refs.map((ref, n) => {
      const key = indexKey(ref);
      return {
        ...{
          key,
          schedule: SCHEDULES[n] as Schedule,
          since: this.since(ref),
          lastGood: this.lastGood(key),
        },
        ...{ failedAt: this.histories.of(ref).failedAt, running: false, paused: this.paused !== null, timeZone: ZONE },
      };
    });
  }

  #look(): void {
    const now = this.clock.now();
    for (const facts of this.facts()) {
      if (healthOf(facts, now) !== 'overdue') this.told.delete(facts.key);
      else if (!this.told.has(facts.key)) this.told.set(facts.key, now);
    }
  }

  #now = (): string => iso(this.clock.now());

  async #run(key: string, slot: number, caughtUp: boolean): Promise<void> {
    expect(++this.#busy).toBe(1);
    this.runs++;
    await Promise.resolve();
    const fault = !this.answers
      ? { code: 'QDRANT_UNREACHABLE', message: '' }
      : this.disk
        ? null
        : { code: 'NO_SPACE', message: '' };
    const before = this.backups;
    const name = `${key} ${this.records.length}`;
    const at = this.clock.now();
    if (fault === null) {
      this.backups = [
        ...before,
        { name, collection: key, createdAt: at, reason: 'scheduled', pinned: false, verified: true },
      ];
      this.#rotate(key, name);
    } else expect(this.backups).toBe(before);
    this.#busy--;
    const { lastRun } = this.histories.of(this.ref(key));
    if (fault?.code === 'QDRANT_UNREACHABLE' && lastRun?.unreachable === true && lastRun.slot === iso(slot)) {
      this.histories.stillUnreachable(this.ref(key), at);
      return;
    }
    this.note({
      ...{ kind: 'run', at: iso(at), index: this.ref(key), slot: iso(slot), caughtUp, durationMs: 0, fault },
      backup: fault === null ? { name, points: 1, changes: 0, bytesAdded: 0 } : null,
      unreachable: fault?.code === 'QDRANT_UNREACHABLE',
    });
  }

  #rotate(key: string, newest: string): void {
    const frozen = new Set(this.frozen ? [key] : []);
    const plan = planRotation(this.backups, POLICY, { now: this.clock.now(), frozen, timeZone: ZONE });
    const gone = new Set(plan.remove);
    // The backup that was just taken, and of every index the newest.
    expect(gone.has(newest)).toBe(false);
    if (this.frozen)
      expect(this.backups.filter(({ name, collection }) => gone.has(name) && collection === key)).toEqual([]);
    const indexes = new Set(this.backups.map(({ collection }) => collection));
    this.backups = this.backups.filter(({ name }) => !gone.has(name));
    this.taken.clear();
    for (const { collection, createdAt } of this.backups)
      this.taken.set(collection, [...(this.taken.get(collection) ?? []), createdAt]);
    // The floor.
    expect(new Set(this.backups.map(({ collection }) => collection))).toEqual(indexes);
  }

  /** Everything that began has come to where it waits for the clock. */
  settled = async (): Promise<void> => {
    for (let n = 0; n < 16; n++) await null;
  };

  async apply(what: Event): Promise<void> {
    switch (what.kind) {
      case 'sleep':
        this.clock.sleep(what.ms);
        break;
      case 'set':
        this.clock.set(this.clock.now() + what.by);
        break;
      case 'pause':
        this.paused ??= { since: this.clock.now(), until: what.ms === null ? null : this.clock.now() + what.ms };
        this.scheduler.look();
        break;
      case 'resume': {
        const since = this.paused?.since;
        this.paused = null;
        if (since !== undefined) this.scheduler.resumed(since);
        break;
      }
      case 'server':
        this.answers = what.answers;
        break;
      case 'disk':
        this.disk = what.works;
        break;
      case 'freeze':
        this.frozen = what.frozen;
        break;
      case 'restart':
        await this.scheduler.end();
        this.clock.sleep(what.ms);
        this.scheduler = this.begin();
        this.scheduler.start();
        break;
    }
  }
}

const iso = (ms: number): string => new Date(ms).toISOString();

test('a year of schedules, whatever happens to the machine, its clock, the server and the disk', async () => {
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
    { numRuns: Number(process.env['VECTORKEEP_RUNS'] ?? 3), endOnFailure: true },
  );
  process.stdout.write(`${JSON.stringify(seen)}\n`);
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(10);
}, 240_000);

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
