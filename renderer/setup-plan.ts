/** What the setup of protection asks, and what it makes of the answers. Pure. */
import type { JobView, ProtectionView, Retention, Schedule } from '../preload/api.ts';
import { keepWords, sameRetention } from './rotation.ts';
import { USUAL_TIME } from './schedule-draft.ts';
import { scheduleInSentence, scheduleWords } from './schedule-words.ts';

export const STEPS = ['Qdrant', 'Indexes', 'Plan', 'Backup', 'Done'] as const;
export type Step = 0 | 1 | 2 | 3 | 4;

export interface PlanChoice {
  readonly id: string;
  readonly label: string;
  readonly hint: string;
  readonly schedule: Schedule;
  readonly keep: Retention | null;
}

/** A few newest ones stay in every plan: rules that count days keep one of a day on which somebody tried ten times. */
const FEW = { keepLast: 3 };

export const PLANS: readonly PlanChoice[] = [
  plan('daily', 'Every day, keep a month', { kind: 'daily', times: [USUAL_TIME] }, { ...FEW, keepDaily: 30 }),
  plan(
    'hourly',
    'Every hour, keep a day of hours and a month of days',
    { kind: 'hourly', minute: 0 },
    { ...FEW, keepHourly: 24, keepDaily: 30 },
  ),
  plan(
    'weekly',
    'Every week, keep half a year',
    { kind: 'weekly', days: [1], times: [USUAL_TIME] },
    { ...FEW, keepWeekly: 26 },
  ),
];

function plan(id: string, label: string, schedule: Schedule, keep: Retention | null): PlanChoice {
  return { id, label, hint: `${scheduleWords(schedule)}. ${keepWords(keep)}.`, schedule, keep };
}

/** The plans to choose from: that which holds on the connection now comes first, where it is none of the usual ones. */
export function plansFor(view: ProtectionView | null, connection: string): readonly PlanChoice[] {
  const schedule = scheduleOn(view, connection);
  if (view === null || schedule === null || schedule.kind === 'off') return PLANS;
  if (PLANS.some((one) => same(one.schedule, schedule) && sameRetention(one.keep, view.keep))) return PLANS;
  return [{ ...plan('now', 'As it is now', schedule, view.keep) }, ...PLANS];
}

/** The plan to begin with. */
export function planNow(view: ProtectionView | null, connection: string): string {
  const plans = plansFor(view, connection);
  const schedule = scheduleOn(view, connection);
  const now = plans.find((one) => same(one.schedule, schedule) && sameRetention(one.keep, view?.keep ?? null));
  return (now ?? plans[0])?.id ?? '';
}

/** The schedule for all of a connection, or the one that all indexes with one of their own share. */
function scheduleOn(view: ProtectionView | null, connection: string): Schedule | null {
  const all = view?.defaults.find((one) => one.connection === connection);
  if (all !== undefined) return all.schedule;
  const own = view?.indexes.filter((one) => one.connection === connection && one.schedule.kind !== 'off') ?? [];
  const [first] = own;
  return first !== undefined && own.every(({ schedule }) => same(schedule, first.schedule)) ? first.schedule : null;
}

const same = (a: Schedule | null, b: Schedule | null): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The ticks to begin with: those that are protected, and where none is, all. */
export function ticksNow(
  view: ProtectionView | null,
  connection: string,
  names: readonly string[],
): ReadonlySet<string> {
  const known = new Map(
    view?.indexes.filter((one) => one.connection === connection).map((one) => [one.collection, one.schedule.kind]),
  );
  const all = view?.defaults.find((one) => one.connection === connection);
  const byDefault = all !== undefined && all.schedule.kind !== 'off';
  const protectedNames = names.filter((name) => {
    const kind = known.get(name);
    return kind === undefined ? byDefault : kind !== 'off';
  });
  return new Set(protectedNames.length === 0 ? names : protectedNames);
}

export interface RuleChange {
  /** null: all indexes of the connection that have none of their own. */
  readonly collection: string | null;
  readonly schedule: Schedule | null;
}

/**
 * What has to be set: with all ticked one rule for the connection, which new indexes come under by themselves; else one for each
 * that is ticked. Rules that would say otherwise go.
 */
export function ruleChanges(
  names: readonly string[],
  ticked: ReadonlySet<string>,
  schedule: Schedule,
  view: ProtectionView | null,
  connection: string,
): readonly RuleChange[] {
  const own = new Set(
    view?.indexes.filter((one) => one.connection === connection && one.own).map(({ collection }) => collection),
  );
  const hasDefault = view?.defaults.some((one) => one.connection === connection) === true;
  if (names.every((name) => ticked.has(name))) {
    const dropped = names.filter((name) => own.has(name)).map((name) => ({ collection: name, schedule: null }));
    // The rule for all comes first: in between, no index is without one.
    return [{ collection: null, schedule }, ...dropped];
  }
  return [
    ...names.filter((name) => ticked.has(name)).map((name) => ({ collection: name, schedule })),
    ...names.filter((name) => !ticked.has(name) && own.has(name)).map((name) => ({ collection: name, schedule: null })),
    ...(hasDefault ? [{ collection: null, schedule: null }] : []),
  ];
}

/** Where each index of the first backup stands. */
export type FirstBackup = 'waiting' | 'running' | 'done' | 'failed' | 'cancelled';

export function firstBackupOf(job: JobView | undefined): FirstBackup {
  if (job === undefined || job.status === 'queued') return 'waiting';
  return job.status;
}

/** "2 of 3 indexes are backed up" */
export function firstBackupSentence(states: readonly FirstBackup[]): string {
  const done = states.filter((state) => state === 'done').length;
  const failed = states.filter((state) => state === 'failed').length;
  const open = states.filter((state) => state === 'waiting' || state === 'running').length;
  const all = states.length;
  if (done === all) return all === 1 ? 'The index is backed up' : `All ${all} indexes are backed up`;
  const rest = open > 0 ? '' : failed > 0 ? `, ${failed} could not be` : '';
  return `${done} of ${all} ${all === 1 ? 'index is' : 'indexes are'} backed up${rest}`;
}

/** "From now on they are backed up every day at 12:30." */
export function promiseSentence(schedule: Schedule, count: number): string {
  const who = count === 1 ? 'it is' : 'they are';
  return `From now on ${who} backed up ${scheduleInSentence(schedule)}.`;
}
