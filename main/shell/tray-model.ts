/** What the tray shows, from what is known. Pure; `tray.ts` renders it. */
import type { IndexRef, Place, ProtectionView, Retention } from '../../preload/api.ts';
import { shareDone } from '../../preload/progress.ts';
import { soon } from '../schedule/sentence.ts';
import type { JobView } from '../service/types.ts';
import { shortQuotes, shorten } from './short-text.ts';

export type TrayIcon = 'safe' | 'working' | 'attention' | 'failed';

/** What a person asks for in the tray. */
export type TrayAction =
  | { readonly do: 'show'; readonly place?: Place }
  /** `indexes` absent: all that are protected. */
  | { readonly do: 'back-up'; readonly indexes?: readonly IndexRef[] }
  | { readonly do: 'pause'; readonly until: 'hour' | 'tomorrow' | 'resumed' }
  | { readonly do: 'resume' }
  | { readonly do: 'keep'; readonly keep: Retention | null }
  | { readonly do: 'quit' };

export type TrayItem =
  | { readonly kind: 'status'; readonly label: string }
  | { readonly kind: 'separator' }
  | { readonly kind: 'action'; readonly label: string; readonly enabled: boolean; readonly action: TrayAction }
  /** One of several of which one holds. */
  | { readonly kind: 'choice'; readonly label: string; readonly chosen: boolean; readonly action: TrayAction }
  | { readonly kind: 'menu'; readonly label: string; readonly enabled: boolean; readonly items: readonly TrayItem[] };

export interface TrayModel {
  readonly icon: TrayIcon;
  readonly tooltip: string;
  readonly items: readonly TrayItem[];
}

export interface TrayState {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly timeZone?: string;
  /** Name of the Qdrant in use. */
  readonly connection: string | null;
  /** The last look at it found it gone. */
  readonly unreachable: boolean;
  readonly protection: Pick<
    ProtectionView,
    'tone' | 'sentence' | 'keeper' | 'paused' | 'keep' | 'indexes' | 'nextRun' | 'warnings'
  >;
  /** Running or waiting, with titles as "Exporting code-index". */
  readonly jobs: readonly JobView[];
  /** Title of work that failed and that nobody has looked at yet. */
  readonly failed: string | null;
}

/** Longer lines make menus as wide as the screen, and Windows cuts longer tooltips. */
const LONGEST_LINE = 90;
const LONGEST_TITLE = 50;
const LONGEST_NAME = 40;
/** A menu that is longer than the screen cannot be read. */
const MOST_INDEXES = 20;
const ROTATIONS = [7, 14, 30];

export function trayModel(state: TrayState): TrayModel {
  const ready = state.connection !== null;
  const sentence = shorten(shortQuotes(state.protection.sentence), LONGEST_LINE);
  const work = workLine(state.jobs);
  return {
    icon: iconOf(state),
    tooltip: `Vectorkeep: ${work ?? sentence}`,
    items: [
      // One that can be chosen: what cannot is drawn in grey, and this is to be read.
      action(sentence, { do: 'show', place: 'home' }),
      ...[work, troubleLine(state), nextLine(state)].filter((line) => line !== null).map(status),
      SEPARATOR,
      backUpItem(state),
      pauseItem(state),
      rotationItem(state.protection.keep),
      SEPARATOR,
      action('Open Vectorkeep', { do: 'show' }),
      action('Export…', { do: 'show', place: 'export' }, ready),
      action('Import…', { do: 'show', place: 'import' }, ready),
      action('Settings', { do: 'show', place: 'settings' }),
      SEPARATOR,
      action('Quit', { do: 'quit' }),
    ],
  };
}

/** Backups that failed or are overdue outweigh work that goes on; work outweighs the rest, which it may mend. */
function iconOf({ protection, jobs, failed, unreachable }: TrayState): TrayIcon {
  if (protection.tone === 'failed') return 'failed';
  if (jobs.length > 0 || protection.tone === 'working') return 'working';
  if (failed !== null) return 'failed';
  if (unreachable || protection.tone === 'attention' || protection.warnings.length > 0) return 'attention';
  return 'safe';
}

/** "Backing up code-index and 2 more, 42%" */
function workLine(jobs: readonly JobView[]): string | null {
  const first = jobs.find(({ status }) => status === 'running') ?? jobs[0];
  if (first === undefined) return null;
  const share = shareOfAll(jobs);
  const more = jobs.length === 1 ? '' : ` and ${jobs.length - 1} more`;
  return `${shorten(first.title, LONGEST_TITLE)}${more}${share === null ? '' : `, ${percentOf(share)}`}`;
}

/** What is wrong and not in the sentence, which is about indexes. */
function troubleLine({ failed, unreachable, connection, protection }: TrayState): string | null {
  const [warning] = protection.warnings;
  if (failed !== null) return `Failed: ${shorten(failed, LONGEST_TITLE)}`;
  if (warning !== undefined && !protection.sentence.includes(warning.message))
    return shorten(warning.message, LONGEST_LINE);
  return unreachable && connection !== null ? `Cannot reach ${shorten(connection, LONGEST_NAME)}` : null;
}

/** Where nobody runs the schedules, nothing is promised. */
function nextLine({ now, timeZone, protection: { nextRun, paused, keeper } }: TrayState): string | null {
  if (nextRun === null || paused !== null || keeper === 'nobody') return null;
  const at = Date.parse(nextRun);
  return at <= now ? 'Next backup in a moment' : `Next backup ${soon(at, now, timeZone)}`;
}

function backUpItem({ protection }: TrayState): TrayItem {
  const indexes = protection.indexes.filter(({ schedule }) => schedule.kind !== 'off');
  const [first] = indexes;
  const idle = indexes.some(({ health }) => health !== 'running');
  if (first === undefined || indexes.length === 1) return action('Back up now', { do: 'back-up' }, idle);
  const several = new Set(indexes.map(({ connection }) => connection)).size > 1;
  const each = indexes.slice(0, MOST_INDEXES).map(({ connection, collection, health }): TrayItem => {
    const where = several ? ` (${shorten(connection, LONGEST_NAME)})` : '';
    const label = `${shorten(collection, LONGEST_NAME)}${where}`;
    return action(label, { do: 'back-up', indexes: [{ connection, collection }] }, health !== 'running');
  });
  const more = indexes.length > MOST_INDEXES ? [action('More…', { do: 'show', place: 'home' })] : [];
  return menu('Back up now', [action('All indexes', { do: 'back-up' }, idle), SEPARATOR, ...each, ...more]);
}

function pauseItem({ now, timeZone, protection: { paused, indexes } }: TrayState): TrayItem {
  if (paused !== null) {
    const until =
      paused.until === null
        ? 'Paused until you resume'
        : `Paused until ${soon(Date.parse(paused.until), now, timeZone)}`;
    return menu('Pause', [status(until), action('Resume backups', { do: 'resume' })]);
  }
  const any = indexes.some(({ schedule }) => schedule.kind !== 'off');
  const choices = [
    action('For 1 hour', { do: 'pause', until: 'hour' }),
    action('Until tomorrow', { do: 'pause', until: 'tomorrow' }),
    action('Until I resume', { do: 'pause', until: 'resumed' }),
  ];
  return menu('Pause', choices, any);
}

function rotationItem(keep: Retention | null): TrayItem {
  const last = lastOnly(keep);
  const settings: TrayAction = { do: 'show', place: 'settings' };
  const custom = keep !== null && (last === null || !ROTATIONS.includes(last));
  return menu('Rotation', [
    choice('Keep all', { do: 'keep', keep: null }, keep === null),
    ...ROTATIONS.map((count) =>
      choice(`Keep the last ${count}`, { do: 'keep', keep: { keepLast: count } }, last === count),
    ),
    ...(custom ? [choice('Custom', settings, true)] : []),
    SEPARATOR,
    action('Keep…', settings),
  ]);
}

/** How many it keeps, if that is all it says. */
function lastOnly(keep: Retention | null): number | null {
  const { keepLast = null, ...others } = keep ?? {};
  return Object.values(others).some((count = 0) => count > 0) ? null : keepLast;
}

const SEPARATOR: TrayItem = { kind: 'separator' };
const status = (label: string): TrayItem => ({ kind: 'status', label });
const action = (label: string, what: TrayAction, enabled = true): TrayItem => ({
  kind: 'action',
  label,
  enabled,
  action: what,
});
const choice = (label: string, what: TrayAction, chosen: boolean): TrayItem => ({
  kind: 'choice',
  label,
  chosen,
  action: what,
});
const menu = (label: string, items: readonly TrayItem[], enabled = true): TrayItem => ({
  kind: 'menu',
  label,
  enabled,
  items,
});

/** Never 100% before it is done. */
function percentOf(share: number): string {
  return `${Math.floor(share * 100)}%`;
}

/** Share of all running work that is done, 0 to 1; null while nothing is known. Also for the task bar. */
export function shareOfAll(running: readonly JobView[]): number | null {
  const shares = running.map(({ progress }) => shareDone(progress));
  const known = shares.filter((share) => share !== null);
  return known.length === 0 ? null : known.reduce((sum, share) => sum + share, 0) / known.length;
}
