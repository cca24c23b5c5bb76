/** What there is to say of all indexes in one breath. Pure. */
import type { ProtectedIndex, ProtectionTone, ProtectionView } from '../../preload/api.ts';
import { dayOf } from '../vault/local-day.ts';

type Facts = Pick<ProtectionView, 'paused' | 'keeper'> & {
  readonly indexes: readonly ProtectedIndex[];
  readonly connected: boolean;
  /** Why the vault cannot be used; null: it can. */
  readonly vaultTrouble: string | null;
  readonly timeZone?: string;
};

const DAY_MS = 86_400_000;

export function toneOf({ indexes, connected, vaultTrouble }: Omit<Facts, 'paused' | 'keeper'>): ProtectionTone {
  const kept = indexes.filter(({ schedule }) => schedule.kind !== 'off');
  const any = (...found: ProtectedIndex['health'][]): boolean => kept.some(({ health }) => found.includes(health));
  if (any('failing', 'overdue') || kept.some(({ tested }) => tested?.ok === false)) return 'failed';
  if (indexes.some(({ health }) => health === 'running')) return 'working';
  if (!connected || kept.length === 0 || vaultTrouble !== null) return 'attention';
  if (any('paused') || kept.some(({ lastGood, change }) => lastGood === null || change !== null)) return 'attention';
  return 'safe';
}

/** "All 6 indexes are safe. Last backup 12 min ago, tested Sunday." What is wrong comes first, and alone. */
export function sentenceOf(facts: Facts, now: number): string {
  const { indexes, connected, paused, vaultTrouble, timeZone } = facts;
  const kept = indexes.filter(({ schedule }) => schedule.kind !== 'off');
  const having = (health: ProtectedIndex['health']): ProtectedIndex[] => kept.filter((one) => standing(one) === health);
  if (!connected) return 'Connect a Qdrant, and its indexes can be kept safe.';
  if (kept.length === 0) return 'No index is backed up by itself yet.';
  const failing = having('failing');
  if (failing.length > 0)
    return failing.length === 1
      ? `The last backup of ${named(failing)} failed. ${lastOf(failing, now, vaultTrouble, 'good ')}`
      : `The last backups of ${named(failing)} failed.`;
  // Where the vault cannot be read, nobody knows how old the newest backup is.
  const overdue = having('overdue').filter(({ lastGood }) => vaultTrouble === null || lastGood !== null);
  if (overdue.length > 0) return `${named(overdue)} ${are(overdue)} overdue. ${lastOf(overdue, now, vaultTrouble)}`;
  const broken = kept.filter(({ tested }) => tested?.ok === false);
  if (broken.length > 0) return `The last backup of ${named(broken)} did not come back as it was when it was tested.`;
  if (paused !== null) return `Backups are paused ${until(paused.until, now, timeZone)}.`;
  if (vaultTrouble !== null) return vaultTrouble;
  const changed = kept.filter(({ change }) => change !== null);
  const [change] = changed.flatMap((one) => one.change ?? []);
  if (change !== undefined) return change.message;
  // Whatever else is said of it: what has no backup is not safe.
  const never = kept.filter(({ lastGood }) => lastGood === null);
  if (never.length > 0)
    return kept.length === never.length && kept.length > 1
      ? `No index has a backup yet. ${firstRun(never, now, timeZone)}`
      : `${named(never)} ${never.length === 1 ? 'has' : 'have'} no backup yet. ${firstRun(never, now, timeZone)}`;
  const all = kept.length === 1 ? `${named(kept)} is safe.` : `All ${kept.length} indexes are safe.`;
  return `${all} ${newestOf(kept, now)}, ${testedOf(kept, now, timeZone)}.`;
}

/** How it stands without the run that goes on: until that has ended well, nothing is better. */
function standing({ health, failure, overdueSince }: ProtectedIndex): ProtectedIndex['health'] {
  if (health !== 'running') return health;
  if (failure !== null) return 'failing';
  return overdueSince === null ? 'safe' : 'overdue';
}

const are = (indexes: readonly unknown[]): string => (indexes.length === 1 ? 'is' : 'are');

function named(indexes: readonly ProtectedIndex[]): string {
  const [first] = indexes;
  return first !== undefined && indexes.length === 1 ? `“${first.collection}”` : `${indexes.length} indexes`;
}

/** A sentence about the newest backup of them, which are no others than those that were just named. */
function lastOf(indexes: readonly ProtectedIndex[], now: number, vaultTrouble: string | null, good = ''): string {
  const without = indexes.filter(({ lastGood }) => lastGood === null).length;
  if (without > 0 && vaultTrouble !== null) return vaultTrouble;
  if (without === indexes.length) return without === 1 ? 'It has no backup yet.' : 'None of them has a backup yet.';
  const rest = without === 0 ? '' : `, and ${without} of them ${without === 1 ? 'has' : 'have'} none yet`;
  return `${newestOf(indexes, now, good)}${rest}.`;
}

function newestOf(indexes: readonly ProtectedIndex[], now: number, good = ''): string {
  const times = indexes.flatMap(({ lastGood }) => (lastGood === null ? [] : [Date.parse(lastGood.at)]));
  return `Last ${good}backup ${ago(Math.max(...times), now)}`;
}

/** As long ago as the one that was tested longest ago. */
function testedOf(indexes: readonly ProtectedIndex[], now: number, timeZone: string | undefined): string {
  const times = indexes.map(({ tested }) => (tested?.ok === true ? Date.parse(tested.at) : null));
  const known = times.filter((time) => time !== null);
  if (known.length === 0) return 'not tested yet';
  return `tested ${onDay(Math.min(...known), now, timeZone)}`;
}

function firstRun(indexes: readonly ProtectedIndex[], now: number, timeZone: string | undefined): string {
  const times = indexes.flatMap(({ nextRun }) => (nextRun === null ? [] : [Date.parse(nextRun)]));
  if (indexes.some(({ health }) => health === 'running')) return 'The first is being taken.';
  if (times.length === 0) return 'No run is planned.';
  const next = Math.min(...times);
  return next <= now ? 'The first is about to be taken.' : `The first comes ${soon(next, now, timeZone)}.`;
}

/** "12 min ago", "3 days ago" */
export function ago(at: number, now: number): string {
  const minutes = Math.floor((now - at) / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${minutes} min ago`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} ${hours === 1 ? 'hour' : 'hours'} ago`;
  return `${Math.floor(hours / 24)} days ago`;
}

/** "today", "yesterday", "Sunday", "on 3 November 2026" */
export function onDay(at: number, now: number, timeZone?: string): string {
  const days = Math.round((day(now, timeZone) - day(at, timeZone)) / DAY_MS);
  if (days === 0) return 'today';
  if (days === 1) return 'yesterday';
  const zone = timeZone === undefined ? {} : { timeZone };
  if (days > 1 && days < 7) return new Intl.DateTimeFormat('en-GB', { weekday: 'long', ...zone }).format(at);
  return `on ${new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', ...zone }).format(at)}`;
}

/** "today at 14:00", "tomorrow at 02:30", "Thursday at 02:30", "on 3 December 2026 at 02:30" */
export function soon(at: number, now: number, timeZone?: string): string {
  const days = Math.round((day(at, timeZone) - day(now, timeZone)) / DAY_MS);
  const zone = timeZone === undefined ? {} : { timeZone };
  const time = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', ...zone }).format(at);
  const date = (options: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat('en-GB', { ...options, ...zone }).format(at);
  if (days === 0) return `today at ${time}`;
  if (days === 1) return `tomorrow at ${time}`;
  if (days > 1 && days < 7) return `${date({ weekday: 'long' })} at ${time}`;
  return `on ${date({ day: 'numeric', month: 'long', year: 'numeric' })} at ${time}`;
}

export function until(time: string | null, now: number, timeZone?: string): string {
  return time === null
    ? 'until you resume them'
    : `until ${soon(Date.parse(time), now, timeZone).replace(/^(today at|on) /, '')}`;
}

const day = (at: number, timeZone: string | undefined): number => Date.parse(`${dayOf(at, timeZone)}T00:00:00Z`);
