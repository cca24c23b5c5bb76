import type { ProtectionView } from '../../preload/api.ts';
import type { Schedule } from '../schedule/slots.ts';
import { until } from '../schedule/sentence.ts';
import type { Lines } from './backup-reports.ts';
import { plain } from './output.ts';
import { keepWords, scheduleWords, slotTime, someOf } from './schedule-words.ts';
import { table, type Column } from './table.ts';

/** What a rule is about; `collection` null: all indexes of the connection that have none of their own. */
export interface Rule {
  readonly connection: string;
  readonly collection: string | null;
  readonly schedule: Schedule;
  /** ISO 8601 UTC; the next five. */
  readonly nextTimes: readonly string[];
}

/** The rules as they stand: those for all of a connection, then those of single indexes. */
export function rulesOf(
  { indexes, defaults }: Pick<ProtectionView, 'indexes' | 'defaults'>,
  nextTimes: (schedule: Schedule) => readonly string[],
): Rule[] {
  const own = indexes.flatMap((one) => (one.own ? [one] : []));
  const all = defaults.map(({ connection, schedule }) => ({ connection, collection: null, schedule }));
  return [...all, ...own]
    .map(({ connection, collection, schedule }) => ({
      ...{ connection, collection, schedule, nextTimes: nextTimes(schedule) },
    }))
    .sort((a, b) => a.connection.localeCompare(b.connection, 'en', { numeric: true }));
}

const SHOWN_TIMES = 5;

/** The next moments at which something is backed up, and what. */
export function nextRunsOf(rules: readonly Rule[]): { at: string; of: Rule[] }[] {
  const found = new Map<string, Rule[]>();
  for (const rule of rules) for (const at of rule.nextTimes) found.set(at, [...(found.get(at) ?? []), rule]);
  const runs = [...found].map(([at, of]) => ({ at, of }));
  return runs.sort((a, b) => (a.at < b.at ? -1 : 1)).slice(0, SHOWN_TIMES);
}

export const ruleName = ({ connection, collection }: Pick<Rule, 'connection' | 'collection'>): string =>
  collection === null ? `all indexes of ${plain(connection)}` : `${plain(collection)} on ${plain(connection)}`;

const RULES: readonly Column[] = [
  { title: 'Connection', least: 8 },
  { title: 'Index', least: 12 },
  { title: 'Schedule', least: 16 },
];
const RUNS: readonly Column[] = [{ title: 'Next' }, { title: '', least: 20 }];

/** All that is set. `how`: the command that sets a schedule. */
export function scheduleReport(
  { keep, drill, paused }: Pick<ProtectionView, 'keep' | 'drill' | 'paused'>,
  rules: readonly Rule[],
  { width, now, how }: { readonly width: number | null; readonly now: number; readonly how: string },
): Lines {
  if (rules.length === 0) return ['Nothing is backed up by itself yet. To have it so:', `  ${how}`];
  const own = new Set(rules.flatMap(({ connection, collection }) => (collection === null ? [] : [connection])));
  const rows = rules.map(({ connection, collection, schedule }) => [
    connection,
    collection ?? (own.has(connection) ? '(all others)' : '(all)'),
    scheduleWords(schedule),
  ]);
  const runs = nextRunsOf(rules).map(({ at, of }) => [slotTime(at), someOf(of.map(ruleName))]);
  const tests = drill.schedule.kind === 'off' ? 'off' : scheduleWords(drill.schedule);
  return [
    ...(paused === null ? [] : [`Backups are paused ${until(paused.until, now)}.`, '']),
    ...table(RULES, rows, width),
    '',
    ...(runs.length === 0 ? [] : [...table(RUNS, runs, width), '']),
    `Rotation  ${keepWords(keep)}`,
    `Tests     ${tests}`,
  ];
}
