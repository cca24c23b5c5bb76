/** How every index stands, put together from settings, history, vault and what was seen. Pure. */
import type { BackupSummary, IndexChange, ProtectedIndex, ProtectionView, Warning } from '../../preload/api.ts';
import { daysOf } from './days.ts';
import { healthOf, overdueSince } from './health.ts';
import { changeWords } from './history-words.ts';
import { indexKey, protectedSince, type Histories, type HistoryRecord, type IndexRef } from './history.ts';
import { sentenceOf, toneOf } from './sentence.ts';
import { Slots, type Schedule } from './slots.ts';

/** An index and the schedule that holds for it. Times are in milliseconds since 1970. */
export interface Ruled {
  readonly ref: IndexRef;
  readonly schedule: Schedule;
  readonly since: number;
  readonly own: boolean;
}

export interface Change extends Omit<IndexChange, 'message'> {
  readonly index: IndexRef;
  /** Its backup is to be pinned for it, and is. */
  readonly pinned: boolean;
  readonly held: boolean;
}

export interface OverviewFacts {
  readonly now: number;
  readonly ruled: readonly Ruled[];
  readonly defaults: ProtectionView['defaults'];
  readonly keep: ProtectionView['keep'];
  readonly drill: { readonly schedule: Schedule; readonly onConnections: boolean };
  readonly paused: ProtectionView['paused'];
  readonly keeper: ProtectionView['keeper'];
  /** There is a Qdrant to protect. */
  readonly connected: boolean;
  readonly histories: Histories;
  readonly records: readonly HistoryRecord[];
  /** Backups of an index, newest first. */
  readonly backupsOf: (index: IndexRef) => readonly BackupSummary[];
  readonly running: (index: IndexRef) => boolean;
  readonly changes: readonly Change[];
  /** As in IndexFacts. */
  readonly settledSince: number;
  /** Why the vault cannot be used; null: it can. */
  readonly vaultTrouble: string | null;
  readonly warnings: readonly Warning[];
  readonly timeZone?: string;
}

const SAFETY = 'safety';

/** Backups that a schedule can rest on, newest first. */
export const usual = (backups: readonly BackupSummary[]): readonly BackupSummary[] =>
  backups.filter(({ reason }) => reason !== SAFETY);

/** The newest verified one; one that lies ahead, since a clock was wrong, only where there is no other. */
export function lastGoodOf(backups: readonly BackupSummary[], now: number): BackupSummary | null {
  const verified = usual(backups).filter(({ verifiedAt }) => verifiedAt !== null);
  return verified.find(({ createdAt }) => Date.parse(createdAt) <= now) ?? verified[0] ?? null;
}

export function overviewOf(facts: OverviewFacts): ProtectionView {
  const { now, drill, paused, timeZone } = facts;
  const byIndex = recordsByIndex(facts.records);
  const indexes = [...facts.ruled]
    .sort((a, b) => compare(a.ref.connection, b.ref.connection) || compare(a.ref.collection, b.ref.collection))
    .map((one) => indexView(one, facts, byIndex.get(indexKey(one.ref)) ?? []));
  const zone = timeZone === undefined ? {} : { timeZone };
  const next = indexes.flatMap(({ nextRun }) => (nextRun === null ? [] : [Date.parse(nextRun)]));
  const { connected, keeper, vaultTrouble } = facts;
  const whole = { indexes, connected, paused, keeper, vaultTrouble, ...zone };
  const drillNext = Slots.of(drill.schedule, timeZone).next(now);
  return {
    tone: toneOf(whole),
    sentence: sentenceOf(whole, now),
    keeper: facts.keeper,
    paused,
    keep: facts.keep,
    drill: { ...drill, nextRun: drillNext === null ? null : iso(drillNext) },
    defaults: [...facts.defaults],
    indexes,
    nextRun: next.length === 0 ? null : iso(Math.min(...next)),
    warnings: [...facts.warnings],
  };
}

function indexView(one: Ruled, facts: OverviewFacts, records: readonly HistoryRecord[]): ProtectedIndex {
  const { ref, schedule, own } = one;
  const { now, paused, timeZone } = facts;
  const zone = timeZone === undefined ? {} : { timeZone };
  const history = facts.histories.of(ref);
  const backups = facts.backupsOf(ref);
  const good = lastGoodOf(backups, now);
  const lastGood = good === null ? null : Date.parse(good.createdAt);
  const since = protectedSince(one.since, history, now);
  const failedAt =
    history.failedAt !== null && lastGood !== null && lastGood > history.failedAt ? null : history.failedAt;
  const known = {
    ...zone,
    settledSince: facts.settledSince,
    ...{ schedule, since, lastGood, failedAt },
    ...{ paused: paused !== null, running: facts.running(ref) },
  };
  const health = healthOf(known, now);
  const overdue = overdueSince(known, now);
  const late = overdue !== null && overdue <= now && paused === null ? overdue : null;
  const fault = failedAt === null ? null : history.lastFailure?.fault;
  const change = facts.changes.find(({ index }) => indexKey(index) === indexKey(ref));
  return {
    ...ref,
    ...{ schedule, own, health },
    lastGood: good === null ? null : { backup: good.backupName, at: good.createdAt, points: good.totalVectors },
    nextRun: nextRunOf(one, facts),
    overdueSince: late === null ? null : iso(late),
    failure: fault ? { at: iso(failedAt ?? now), ...fault } : null,
    tested: testedOf(history.lastDrill, good?.backupName ?? null),
    change: change === undefined ? null : changeView(change),
    days: daysOf(
      {
        ...{ schedule, since, records, overdueSince: late, ...zone },
        backups: usual(backups).map(({ createdAt }) => Date.parse(createdAt)),
      },
      now,
    ),
  };
}

/** While backups are paused, the first slot after the pause. */
function nextRunOf({ schedule }: Ruled, { now, paused, timeZone }: OverviewFacts): string | null {
  if (paused !== null && paused.until === null) return null;
  const from = paused?.until == null ? now : Math.max(now, Date.parse(paused.until));
  const next = Slots.of(schedule, timeZone).next(from);
  return next === null ? null : iso(next);
}

/** A test that failed says nothing about a newer backup. */
function testedOf(
  drill: Extract<HistoryRecord, { kind: 'drill' }> | null,
  lastGood: string | null,
): ProtectedIndex['tested'] {
  if (drill === null) return null;
  const { at, backup, differences, fault } = drill;
  const message =
    fault?.message ?? (differences > 0 ? `${differences.toLocaleString('en')} points came back different` : null);
  if (message !== null && lastGood !== null && lastGood !== backup) return null;
  return { at, backup, ok: message === null, message };
}

function changeView(change: Change): IndexChange {
  const { what, at, from, to, backup, pinned, held } = change;
  const kept = backup === null || (pinned && !held) ? '' : ' Its last good backup is kept.';
  return { what, at, from, to, backup, message: `${changeWords(change)}.${kept}` };
}

function recordsByIndex(records: readonly HistoryRecord[]): Map<string, HistoryRecord[]> {
  const found = new Map<string, HistoryRecord[]>();
  for (const record of records) {
    const key = indexKey(record.index);
    const own = found.get(key);
    if (own === undefined) found.set(key, [record]);
    else own.push(record);
  }
  return found;
}

const iso = (at: number): string => new Date(at).toISOString();
const compare = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true });
