/** A person's machine with Vectorkeep, as far as it has to do with time: what is protected, what was recorded, what lies in the vault. */
import { expect } from 'vitest';
import type { Scheduled } from '../../main/schedule/due.ts';
import { healthOf, type IndexFacts } from '../../main/schedule/health.ts';
import {
  Histories,
  indexKey,
  protectedSince,
  scheduledFrom,
  skipRecords,
  type HistoryRecord,
  type IndexRef,
} from '../../main/schedule/history.ts';
import { Scheduler } from '../../main/schedule/scheduler.ts';
import type { Schedule } from '../../main/schedule/slots.ts';
import { planRotation, type RotatedBackup, type RotationPolicy } from '../../main/vault/rotation.ts';
import { VirtualClock } from './virtual-clock.ts';

export const ZONE = 'Europe/Berlin';
export const BEGIN = Date.parse('2026-01-01T08:30:00Z');
export const SCHEDULES: readonly Schedule[] = [
  { kind: 'hourly', minute: 20 },
  { kind: 'daily', times: ['02:30', '14:00'] },
  { kind: 'weekly', days: [2, 5], times: ['01:15'] },
  { kind: 'cron', expression: '0 4 1,15,31 * *' },
];
const POLICY: RotationPolicy = { keepLast: 3, keepDaily: 7, keepWeekly: 4, keepMonthly: 6 };

export type Event =
  | { readonly kind: 'sleep'; readonly ms: number }
  | { readonly kind: 'set'; readonly by: number }
  | { readonly kind: 'pause'; readonly ms: number | null }
  | { readonly kind: 'resume' }
  | { readonly kind: 'server'; readonly answers: boolean }
  | { readonly kind: 'disk'; readonly works: boolean }
  | { readonly kind: 'freeze'; readonly frozen: boolean }
  | { readonly kind: 'restart'; readonly ms: number };

export class World {
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
      skipped: (due) => {
        for (const record of skipRecords(due, this.refs, this.clock.now())) this.note(record);
        return Promise.resolve();
      },
      resume: () => {
        this.paused = null;
        return Promise.resolve();
      },
      changed: () => this.#look(),
      failed: (error) => {
        throw error;
      },
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

  async #run(key: string, slot: number, caughtUp: boolean): Promise<void> {
    expect(++this.#busy).toBe(1);
    this.runs++;
    await Promise.resolve();
    const fault = !this.answers
      ? { code: 'QDRANT_UNREACHABLE', message: '', hint: '' }
      : this.disk
        ? null
        : { code: 'NO_SPACE', message: '', hint: '' };
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
      ...{ reason: 'scheduled', rotation: null, warnings: [] },
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
    for (let n = 0; n < 16; n++) await Promise.resolve();
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

export const iso = (ms: number): string => new Date(ms).toISOString();
