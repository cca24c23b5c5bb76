import { dayOf } from './local-day.ts';

/** How many backups of a collection stay. Counts of 0 or none given keep nothing by that rule; a policy without any rule keeps all but safety copies. */
export interface RotationPolicy {
  readonly keepLast?: number | undefined;
  readonly keepHourly?: number | undefined;
  readonly keepDaily?: number | undefined;
  readonly keepWeekly?: number | undefined;
  readonly keepMonthly?: number | undefined;
  /** Safety copies go by these alone: the newest ones, and those less than so many days older than the newest backup. */
  readonly safetyLast?: number | undefined;
  readonly safetyDays?: number | undefined;
}

export interface RotatedBackup {
  readonly name: string;
  /** Of which rows of the vault: collection and connection in one. */
  readonly collection: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly reason: string;
  readonly pinned: boolean;
  readonly verified: boolean;
}

export type KeepReason =
  'pinned' | 'last' | 'hourly' | 'daily' | 'weekly' | 'monthly' | 'safety' | 'floor' | 'frozen' | 'clock' | 'no-policy';

export interface RotationPlan {
  readonly keep: readonly { readonly name: string; readonly why: readonly KeepReason[] }[];
  /** Oldest first. */
  readonly remove: readonly string[];
}

export interface RotationMoment {
  readonly now: number;
  /** Collections of which nothing goes until a person says so. */
  readonly frozen: ReadonlySet<string>;
  /** Time zone of the days, weeks and months; default: the machine's. */
  readonly timeZone?: string;
}

/** The reason of a backup that a restore takes of what it is about to change. */
export const SAFETY = 'safety';

/** Clocks differ a little; a backup further ahead than this was dated by a clock that was wrong, or this one is. */
const DAY_MS = 86_400_000;
export const FUTURE_MS = DAY_MS;

/**
 * Which backups stay, and why. Pure. Whatever the policy says, these never go: pinned ones, the newest verified backup of a
 * collection, all of a frozen collection, and all of a collection whose newest backup lies in the future, since then
 * nobody knows which clock is right.
 */
export function planRotation(
  backups: readonly RotatedBackup[],
  policy: RotationPolicy,
  { now, frozen, timeZone }: RotationMoment,
): RotationPlan {
  const why = new Map<string, Set<KeepReason>>();
  const keep = (backup: RotatedBackup, reason: KeepReason): void => {
    const reasons = why.get(backup.name) ?? new Set();
    why.set(backup.name, reasons.add(reason));
  };
  for (const group of byCollection(backups)) {
    // Newest first; of two of one moment the later name.
    const sorted = [...group].sort((a, b) => b.createdAt - a.createdAt || (a.name < b.name ? 1 : -1));
    const [newest] = sorted;
    if (newest === undefined) continue;
    if (frozen.has(newest.collection)) for (const backup of sorted) keep(backup, 'frozen');
    if (newest.createdAt > now + FUTURE_MS) for (const backup of sorted) keep(backup, 'clock');
    for (const backup of sorted) if (backup.pinned) keep(backup, 'pinned');
    const floor =
      sorted.find(({ verified, reason }) => verified && reason !== SAFETY) ?? sorted.find(({ verified }) => verified);
    keep(floor ?? newest, 'floor');
    keepUsual(
      sorted.filter(({ reason }) => reason !== SAFETY),
      policy,
      timeZone,
      keep,
    );
    keepSafety(
      sorted.filter(({ reason }) => reason === SAFETY),
      policy,
      // By the clock alone, a wrong one could take them all in one moment.
      Math.min(now, newest.createdAt),
      keep,
    );
  }
  const oldestFirst = [...backups].sort((a, b) => a.createdAt - b.createdAt || (a.name < b.name ? -1 : 1));
  return {
    keep: oldestFirst.flatMap(({ name }) => {
      const reasons = why.get(name);
      return reasons === undefined ? [] : [{ name, why: [...reasons] }];
    }),
    remove: oldestFirst.filter(({ name }) => !why.has(name)).map(({ name }) => name),
  };
}

type Keep = (backup: RotatedBackup, reason: KeepReason) => void;

function keepUsual(
  sorted: readonly RotatedBackup[],
  policy: RotationPolicy,
  timeZone: string | undefined,
  keep: Keep,
): void {
  const rules: [KeepReason, number, (at: number) => string][] = [
    ['last', policy.keepLast ?? 0, String],
    ['hourly', policy.keepHourly ?? 0, (at) => hourOf(at)],
    ['daily', policy.keepDaily ?? 0, (at) => dayOf(at, timeZone)],
    ['weekly', policy.keepWeekly ?? 0, (at) => weekOf(at, timeZone)],
    ['monthly', policy.keepMonthly ?? 0, (at) => dayOf(at, timeZone).slice(0, 7)],
  ];
  if (rules.every(([, count]) => count <= 0)) {
    for (const backup of sorted) keep(backup, 'no-policy');
    return;
  }
  for (const [reason, count, slotOf] of rules) {
    const slots = new Set<string>();
    for (const [nth, backup] of sorted.entries()) {
      const slot = reason === 'last' ? String(nth) : slotOf(backup.createdAt);
      if (slots.has(slot)) continue;
      if (slots.size >= count) break;
      // The newest of a slot stands for it.
      slots.add(slot);
      keep(backup, reason);
    }
  }
}

function keepSafety(
  sorted: readonly RotatedBackup[],
  { safetyLast = 3, safetyDays = 7 }: RotationPolicy,
  now: number,
  keep: Keep,
): void {
  for (const [nth, backup] of sorted.entries())
    if (nth < safetyLast || backup.createdAt > now - safetyDays * DAY_MS) keep(backup, 'safety');
}

function byCollection(backups: readonly RotatedBackup[]): RotatedBackup[][] {
  const groups = new Map<string, RotatedBackup[]>();
  for (const backup of backups) groups.set(backup.collection, [...(groups.get(backup.collection) ?? []), backup]);
  return [...groups.values()];
}

/** An hour is an hour in every zone, also the one that comes twice in autumn. */
const hourOf = (at: number): string => String(Math.floor(at / 3_600_000));

/** The Monday that its week begins with. */
function weekOf(at: number, timeZone: string | undefined): string {
  const day = new Date(`${dayOf(at, timeZone)}T00:00:00Z`);
  const sinceMonday = (day.getUTCDay() + 6) % 7;
  return new Date(day.getTime() - sinceMonday * DAY_MS).toISOString().slice(0, 10);
}
