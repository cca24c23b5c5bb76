/** How many backups stay: the usual choices, one's own numbers, and what a choice would do, in words. Pure. */
import type { BackupSummary, PruneResult, Retention } from '../preload/api.ts';
import { formatBytes, formatQuantity } from './format.ts';
import { listed } from './schedule-words.ts';

export interface RotationPreset {
  readonly id: string;
  readonly label: string;
  readonly hint?: string;
  /** null: all stay. */
  readonly keep: Retention | null;
}

export const ROTATION_PRESETS: readonly RotationPreset[] = [
  { id: 'all', label: 'Keep all backups', hint: 'Nothing is ever deleted by itself.', keep: null },
  { id: 'last-7', label: 'The last 7', keep: { keepLast: 7 } },
  { id: 'last-14', label: 'The last 14', keep: { keepLast: 14 } },
  { id: 'last-30', label: 'The last 30', keep: { keepLast: 30 } },
  { id: 'month', label: 'A month of days', hint: 'The newest of each of the last 30 days.', keep: { keepDaily: 30 } },
  {
    id: 'year',
    label: 'A day of hours, a month of days, a year of months',
    hint: 'Close together what is fresh, further apart what is old.',
    keep: { keepHourly: 24, keepDaily: 30, keepMonthly: 12 },
  },
];

export const RULES = ['keepLast', 'keepHourly', 'keepDaily', 'keepWeekly', 'keepMonthly'] as const;
type Rule = (typeof RULES)[number];

export const RULE_NAMES: Readonly<Record<Rule, string>> = {
  keepLast: 'Newest',
  keepHourly: 'Hours',
  keepDaily: 'Days',
  keepWeekly: 'Weeks',
  keepMonthly: 'Months',
};

/** Far more than anybody takes. */
const MOST = 9999;

export interface RotationDraft {
  /** Of a preset, or `own`. */
  readonly choice: string;
  /** As typed. */
  readonly own: Readonly<Record<Rule, string>>;
}

const NOTHING = { keepLast: '', keepHourly: '', keepDaily: '', keepWeekly: '', keepMonthly: '' };

export function rotationDraft(keep: Retention | null): RotationDraft {
  const preset = ROTATION_PRESETS.find((one) => sameRetention(one.keep, keep));
  const own = { ...NOTHING };
  for (const rule of RULES) own[rule] = keep?.[rule] ? String(keep[rule]) : '';
  return { choice: preset?.id ?? 'own', own };
}

export type DraftedRotation =
  | { readonly ok: true; readonly keep: Retention | null }
  | { readonly ok: false; readonly field: Rule; readonly problem: string };

/** The rules that are meant, or what is wrong with what was typed. */
export function draftedRotation({ choice, own }: RotationDraft): DraftedRotation {
  const preset = ROTATION_PRESETS.find(({ id }) => id === choice);
  if (preset !== undefined) return { ok: true, keep: preset.keep };
  const keep: Retention = {};
  for (const rule of RULES) {
    const typed = own[rule].trim();
    if (typed === '') continue;
    if (!/^\d+$/.test(typed) || Number(typed) > MOST) {
      return { ok: false, field: rule, problem: `${RULE_NAMES[rule]}: a whole number, or nothing.` };
    }
    if (Number(typed) > 0) keep[rule] = Number(typed);
  }
  if (Object.keys(keep).length === 0) {
    return { ok: false, field: 'keepLast', problem: 'Fill in at least one number, or keep all backups.' };
  }
  return { ok: true, keep };
}

export function sameRetention(a: Retention | null, b: Retention | null): boolean {
  if (a === null || b === null) return a === b;
  return RULES.every((rule) => (a[rule] ?? 0) === (b[rule] ?? 0));
}

/** "Keeps the last 3 and one for each of the last 30 days" */
export function keepWords(keep: Retention | null): string {
  if (keep === null) return 'Keeps all backups';
  const { keepLast = 0, ...spans } = keep;
  const last = keepLast === 0 ? [] : [keepLast === 1 ? 'the last one' : `the last ${keepLast}`];
  const each = [
    spanWords(spans.keepHourly, 'hour'),
    spanWords(spans.keepDaily, 'day'),
    spanWords(spans.keepWeekly, 'week'),
    spanWords(spans.keepMonthly, 'month'),
  ].flatMap((words) => (words === null ? [] : [words]));
  const all = [...last, ...(each.length === 0 ? [] : [`one for each of the last ${listed(each)}`])];
  return all.length === 0 ? 'Keeps all backups' : `Keeps ${listed(all)}`;
}

function spanWords(count: number | undefined, unit: string): string | null {
  return count === undefined || count === 0 ? null : formatQuantity(count, unit);
}

/** "12 backups would be deleted, 1.2 GB freed" */
export function pruneSentence({ removed, bytesFreed }: Pick<PruneResult, 'removed' | 'bytesFreed'>): string {
  if (removed.length === 0) return 'No backup would be deleted';
  return `${formatQuantity(removed.length, 'backup')} would be deleted, ${formatBytes(bytesFreed)} freed`;
}

/** Those that would go, newest first; of one that is not known any more there is nothing to say but its name. */
export function goingBackups(
  removed: readonly string[],
  backups: readonly BackupSummary[],
): readonly { readonly name: string; readonly collection: string | null; readonly createdAt: string | null }[] {
  const byName = new Map(backups.map((backup) => [backup.backupName, backup]));
  return removed
    .map((name) => {
      const known = byName.get(name);
      return { name, collection: known?.collection ?? null, createdAt: known?.createdAt ?? null };
    })
    .toSorted((a, b) => (b.createdAt ?? '').localeCompare(a.createdAt ?? ''));
}
