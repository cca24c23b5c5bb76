import type {
  BackupList,
  BackupResult,
  BackupSummary,
  DiffResult,
  PruneResult,
  VerifyResult,
} from '../service/types.ts';
import type { Places } from './common-options.ts';
import { bytes, count, duration, localTime, plain, points, shellWords } from './output.ts';
import { table, type Column } from './table.ts';

/** What the commands about backups tell people, line by line. `width`: columns of the terminal, null where there is none. */
export type Lines = readonly string[];

const backups = (value: number): string => `${count(value)} ${value === 1 ? 'backup' : 'backups'}`;

export function backupReport(result: BackupResult): Lines {
  const { totalVectors, changed, removed } = result;
  const reused = result.warnings.find(({ code }) => code === 'BACKUP_REUSED');
  if (reused !== undefined)
    return [`${plain(result.backupName)}: ${plain(result.collection)}, ${points(totalVectors)}`, reused.message];
  const same = totalVectors > 0 && result.new + changed + removed === 0;
  const what = same
    ? `${points(totalVectors)}, nothing has changed since the backup before`
    : `${points(totalVectors)}, ${count(result.new)} new, ${count(changed)} changed, ${count(removed)} removed`;
  return [
    `Backed up ${plain(result.collection)}: ${what}`,
    `${plain(result.backupName)}: ${bytes(result.bytesAdded)} added${result.verified ? ', read back and compared' : ''}, in ${duration(result.durationMs)}; the vault has ${bytes(result.vaultBytes)}`,
  ];
}

const LIST: readonly Column[] = [
  { title: 'Backup', least: 28 },
  { title: 'Taken' },
  { title: 'Points', align: 'right', leaveOut: 1 },
  { title: 'Size', align: 'right', leaveOut: 2 },
  { title: 'Frees', align: 'right', leaveOut: 6 },
  { title: 'Verified', leaveOut: 4 },
  { title: 'Pin', leaveOut: 3 },
  { title: 'Reason', least: 8, leaveOut: 5 },
];

/** A table for each index, in the order in which they were last backed up. */
export function listReport(
  list: BackupList,
  collection: string | undefined,
  width: number | null,
  places: Places,
): Lines {
  if (list.backups.length === 0)
    return [`No backups${collection === undefined ? '' : ` of ${plain(collection)}`} in ${plain(list.vault)}`];
  const groups = new Map<string, BackupSummary[]>();
  for (const backup of list.backups) {
    const key = JSON.stringify([backup.source, backup.collection]);
    groups.set(key, [...(groups.get(key) ?? []), backup]);
  }
  const lines = [...groups.values()].flatMap((group) => {
    const [{ collection: name, source } = { collection: '', source: '' }] = group;
    const rows = group.map((backup) => [
      backup.backupName,
      localTime(backup.createdAt),
      count(backup.totalVectors),
      bytes(backup.bytes),
      bytes(backup.bytesUnique),
      backup.verifiedAt === null ? 'DAMAGED' : localTime(backup.verifiedAt),
      backup.pinned ? 'pinned' : '',
      backup.reason,
    ]);
    const from = source === 'builtin' ? 'the built-in Qdrant' : plain(source);
    return [
      `${plain(name)} at ${from}`,
      ...table(LIST, rows, width),
      ...group.flatMap(damageLines),
      ...group.flatMap((backup) => shrinkLines(backup, places)),
      '',
    ];
  });
  return [...lines, `${backups(list.backups.length)}; the vault has ${bytes(list.vaultBytes)}: ${plain(list.vault)}`];
}

/** Also where the table has no room for it. */
const damageLines = ({ backupName, verifiedAt }: BackupSummary): Lines =>
  verifiedAt === null ? [`${plain(backupName)} was found damaged`] : [];

function shrinkLines({ backupName, shrankFrom, totalVectors }: BackupSummary, places: Places): Lines {
  if (shrankFrom === null) return [];
  return [
    `${plain(backupName)} has ${points(totalVectors)}, the one before had ${count(shrankFrom)}. All are kept until you say that this is right:`,
    `  ${acceptShrinkWords(backupName, places)}`,
  ];
}

/** The command that says so. */
export const acceptShrinkWords = (backup: string, { vault }: Places): string =>
  shellWords(['vectorkeep', 'prune', '--accept-shrink', backup, ...vault]);

const FIRST = 10;
/** The first ten of them, and how many there are besides. */
export function firstOf(items: readonly string[], total = items.length): Lines {
  const shown = items.slice(0, FIRST).map((item) => `  ${plain(item)}`);
  const json = items.length === total ? 'lists them' : `names the first ${count(items.length)}`;
  return total > shown.length ? [...shown, `  and ${count(total - shown.length)} more (--json ${json})`] : shown;
}

export function verifyReport(result: VerifyResult, width: number | null): Lines {
  const { backups: checked, problems, leftovers, full, durationMs } = result;
  const names = checked.map(({ backupName, ok }) => [backupName, ok ? 'whole' : 'DAMAGED']);
  const lines = table([{ title: 'Backup', least: 20 }, { title: full ? 'Every point' : 'Checksums' }], names, width);
  const [title = '', ...rows] = lines;
  const whole = checked.filter(({ ok }) => ok).length;
  const damaged = checked.length - whole;
  return [
    ...(checked.length === 0 ? [] : [title]),
    ...rows.flatMap((line, at) => [line, ...firstOf((checked[at]?.problems ?? []).map(({ message }) => message))]),
    ...(problems.length === 0 ? [] : ['The vault itself:', ...firstOf(problems.map(({ message }) => message))]),
    ...(leftovers.length === 0
      ? []
      : ['Of no backup (what an interrupted run left, or what is not of Vectorkeep):', ...firstOf(leftovers)]),
    checked.length === 0
      ? 'There are no backups to verify'
      : `${backups(checked.length)} verified in ${duration(durationMs)}: ${damaged === 0 ? 'all whole' : `${count(whole)} whole, ${count(damaged)} damaged`}`,
  ];
}

const DIFF: readonly Column[] = [
  { title: 'File', least: 12 },
  { title: 'Added', align: 'right' },
  { title: 'Changed', align: 'right' },
  { title: 'Removed', align: 'right' },
];
const TOP_PATHS = 20;

export function diffReport(result: DiffResult, width: number | null): Lines {
  const { added, changed, removed, same, paths, elsewhere } = result;
  const between = `From ${plain(result.from)} to ${plain(result.to)}`;
  if (added + changed + removed === 0) return [`${between}: no difference in ${points(same)}`];
  const top = [...paths]
    .sort((a, b) => b.added + b.changed + b.removed - (a.added + a.changed + a.removed) || (a.path < b.path ? -1 : 1))
    .slice(0, TOP_PATHS);
  const rows = top.map((row) => [row.path, count(row.added), count(row.changed), count(row.removed)]);
  const rest = paths.length - top.length;
  return [
    `${between}: ${count(added)} added, ${count(changed)} changed, ${count(removed)} removed, ${count(same)} the same`,
    ...(rows.length === 0 ? [] : table(DIFF, rows, width)),
    ...(rest > 0 ? [`and ${count(rest)} more files (--json lists them)`] : []),
    ...(elsewhere > 0 && rows.length > 0 ? [`and ${points(elsewhere)} of no file, or of files beyond these`] : []),
  ];
}

const WHY: Readonly<Record<string, string>> = {
  pinned: 'pinned',
  last: 'newest',
  hourly: 'hourly',
  daily: 'daily',
  weekly: 'weekly',
  monthly: 'monthly',
  safety: 'recent safety copy',
  floor: 'last good one',
  frozen: 'index had shrunk',
  clock: 'newest is dated in the future',
  'no-policy': 'no rule given',
};
const KEPT: readonly Column[] = [
  { title: 'Kept', least: 28 },
  { title: 'Because', least: 10 },
];

export function pruneReport(result: PruneResult, width: number | null): Lines {
  const { removed, kept, bytesFreed, dryRun } = result;
  const rows = kept.map(({ backupName, why }) => [backupName, why.map((code) => WHY[code] ?? code).join(', ')]);
  if (removed.length + kept.length === 0) return ['There are no backups'];
  return [
    removed.length === 0
      ? `Nothing to remove: ${kept.length === 1 ? 'the 1 backup is' : `all ${backups(kept.length)} are`} kept`
      : `${dryRun ? 'Would remove' : 'Removed'} ${backups(removed.length)} and ${dryRun ? 'free' : 'freed'} ${bytes(bytesFreed)}:`,
    ...removed.map((name) => `  ${plain(name)}`),
    ...(rows.length === 0 ? [] : table(KEPT, rows, width)),
  ];
}
