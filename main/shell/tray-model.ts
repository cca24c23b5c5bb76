/** What the tray shows, from what is known. Pure; `tray.ts` renders it. */
import { shareDone } from '../../preload/progress.ts';
import type { JobView } from '../service/types.ts';

export type TrayIcon = 'safe' | 'working' | 'attention' | 'failed';
export type TrayAction = 'open' | 'export' | 'import' | 'quit';
export type TrayItem =
  | { readonly kind: 'status'; readonly label: string }
  | { readonly kind: 'separator' }
  | { readonly kind: 'action'; readonly action: TrayAction; readonly label: string; readonly enabled: boolean };

export interface TrayModel {
  readonly icon: TrayIcon;
  readonly tooltip: string;
  readonly items: readonly TrayItem[];
}

export interface TrayState {
  /** Name of the Qdrant in use. */
  readonly connection: string | null;
  /** What the last look at it found; null while nobody has looked. */
  readonly found: { readonly reachable: true; readonly indexes: number } | { readonly reachable: false } | null;
  readonly jobs: readonly JobView[];
  /** Title of work that failed and that nobody has looked at yet. */
  readonly failed: string | null;
}

/** Longer lines make menus as wide as the screen. */
const LINE = 60;

export function trayModel(state: TrayState): TrayModel {
  const { icon, line, short } = status(state);
  const ready = state.connection !== null;
  return {
    icon,
    tooltip: `Vectorkeep: ${short}`,
    items: [
      { kind: 'status', label: line },
      { kind: 'separator' },
      { kind: 'action', action: 'open', label: 'Open Vectorkeep', enabled: true },
      { kind: 'action', action: 'export', label: 'Export…', enabled: ready },
      { kind: 'action', action: 'import', label: 'Import…', enabled: ready },
      { kind: 'separator' },
      { kind: 'action', action: 'quit', label: 'Quit', enabled: true },
    ],
  };
}

interface Status {
  readonly icon: TrayIcon;
  readonly line: string;
  readonly short: string;
}

function status({ connection, found, jobs, failed }: TrayState): Status {
  const running = jobs.filter((job) => job.status === 'running' || job.status === 'queued');
  const [first, ...others] = running;
  if (first !== undefined) {
    const share = shareOfAll(running);
    const percent = share === null ? '' : `, ${percentOf(share)}`;
    const more = others.length === 0 ? '' : ` and ${others.length} more`;
    return {
      icon: 'working',
      line: `${shorten(first.title)}${more}${percent}`,
      short: share === null ? 'working' : `working, ${percentOf(share)}`,
    };
  }
  if (failed !== null) return same('failed', `Failed: ${shorten(failed)}`);
  if (connection === null) return same('attention', 'Not connected to a Qdrant yet');
  const name = shorten(connection);
  if (found === null) return same('safe', `Ready: ${name}`);
  if (!found.reachable) return same('attention', `Cannot reach ${name}`);
  return same('safe', `Ready: ${indexes(found.indexes)} on ${name}`);
}

function same(icon: TrayIcon, line: string): Status {
  return { icon, line, short: line };
}

function indexes(count: number): string {
  return `${count.toLocaleString('en')} ${count === 1 ? 'index' : 'indexes'}`;
}

function shorten(text: string): string {
  const characters = Array.from(text);
  return characters.length <= LINE ? text : `${characters.slice(0, LINE - 1).join('')}…`;
}

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
