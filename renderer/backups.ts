/** What is known of an index's backups, in words and in order. Pure: the screens show what stands here. */
import type { BackupSummary, ConnectionView } from '../preload/api.ts';
import { daysBetween, formatAge } from './format.ts';

/** How a backup names the Qdrant that a connection leads to. */
export function sourceOf({ kind, url }: Pick<ConnectionView, 'kind' | 'url'>): string {
  return kind === 'builtin' ? 'builtin' : url;
}

export function backupsOf(
  backups: readonly BackupSummary[],
  collection: string,
  source: string | null,
): readonly BackupSummary[] {
  return backups.filter((backup) => backup.collection === collection && (source === null || backup.source === source));
}

/** An index of which there are backups. */
export interface Origin {
  readonly collection: string;
  readonly source: string;
}

/** Whose backups they are, each once, by name. */
export function originsOf(backups: readonly BackupSummary[]): readonly Origin[] {
  const origins = new Map<string, Origin>();
  for (const { collection, source } of backups) origins.set(originKey({ collection, source }), { collection, source });
  return [...origins.values()].sort((a, b) => a.collection.localeCompare(b.collection, 'en', { numeric: true }));
}

export function originKey({ collection, source }: Origin): string {
  return `${source}\n${collection}`;
}

/** Taken before a restore overwrote or removed something. */
export function isSafetyCopy({ reason }: Pick<BackupSummary, 'reason'>): boolean {
  return reason === 'safety';
}

const UNDO_MS = 24 * 60 * 60 * 1000;

/** For a day, the restore that a safety copy was taken for can be undone. */
export function isUndoable(backup: BackupSummary, now: number): boolean {
  return isSafetyCopy(backup) && now - Date.parse(backup.createdAt) < UNDO_MS;
}

/** The one that "last backup" means: the newest; a safety copy only where there is nothing else. `backups` newest first. */
export function lastBackup(backups: readonly BackupSummary[]): BackupSummary | undefined {
  return backups.find((backup) => !isSafetyCopy(backup)) ?? backups[0];
}

/** "Last backup 12 min ago, verified" */
export function freshness(backups: readonly BackupSummary[], now: number): string {
  const last = lastBackup(backups);
  if (last === undefined) return 'Never backed up';
  return `Last backup ${formatAge(last.createdAt, now)}, ${last.verifiedAt === null ? 'damaged' : 'verified'}`;
}

/** How many of the indexes here can be got back: "2 of 3 indexes have a verified backup". */
export function safetySentence(collections: readonly string[], verified: (collection: string) => boolean): string {
  const all = collections.length;
  const safe = collections.filter(verified).length;
  if (safe === 0) return all === 1 ? 'The index has no verified backup yet' : 'No index has a verified backup yet';
  if (safe < all) return `${safe} of ${all} indexes ${safe === 1 ? 'has' : 'have'} a verified backup`;
  return all === 1 ? 'The index has a verified backup' : `All ${all} indexes have a verified backup`;
}

const REASONS: Record<string, string> = {
  manual: 'By hand',
  hourly: 'Hourly',
  daily: 'Daily',
  weekly: 'Weekly',
  monthly: 'Monthly',
  'before-reindex': 'Before re-indexing',
  safety: 'Safety copy',
};

/** Why it was taken, in words. */
export function reasonLabel(reason: string): string {
  return REASONS[reason] ?? reason;
}

export interface Group {
  readonly title: string;
  readonly backups: readonly BackupSummary[];
  /** The heading names a month. */
  readonly months: boolean;
}

const weekday = new Intl.DateTimeFormat('en-GB', { weekday: 'long' });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric' });
const month = new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric' });

/** More than these, and months are headings enough. */
const DAYS_SHOWN = 31;

/** In the order they come, under a heading for each day, or for each month where there are many days. */
export function groupByDate(backups: readonly BackupSummary[], now: number): readonly Group[] {
  const byDay = group(backups, ({ createdAt }) => dayTitle(createdAt, now));
  if (byDay.length <= DAYS_SHOWN) return byDay.map((each) => ({ ...each, months: false }));
  const byMonth = group(backups, ({ createdAt }) => month.format(new Date(createdAt)));
  return byMonth.map((each) => ({ ...each, months: true }));
}

/** "Today", "Yesterday", "Sunday, 22 November 2026" */
export function dayTitle(iso: string, now: number): string {
  const days = daysBetween(Date.parse(iso), now);
  if (days === 0) return 'Today';
  const date = new Date(iso);
  return days === 1 ? 'Yesterday' : `${weekday.format(date)}, ${day.format(date)}`;
}

function group(backups: readonly BackupSummary[], titleOf: (backup: BackupSummary) => string): Omit<Group, 'months'>[] {
  const groups = new Map<string, BackupSummary[]>();
  for (const backup of backups) {
    const title = titleOf(backup);
    const members = groups.get(title);
    if (members === undefined) groups.set(title, [backup]);
    else members.push(backup);
  }
  return [...groups].map(([title, members]) => ({ title, backups: members }));
}

/** Backups after which nothing of their index rotates out until the person has said that this is how it should be. */
export function shrunken(backups: readonly BackupSummary[]): readonly (BackupSummary & { shrankFrom: number })[] {
  const seen = new Set<string>();
  return backups.flatMap((backup) => {
    const { shrankFrom } = backup;
    if (shrankFrom === null || seen.has(originKey(backup))) return [];
    seen.add(originKey(backup));
    return [{ ...backup, shrankFrom }];
  });
}
