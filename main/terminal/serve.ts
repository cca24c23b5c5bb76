import type { ProtectionView } from '../../preload/api.ts';
import type { Endpoint } from '../mcp/endpoint.ts';
import type { Protection } from '../protection/protection.ts';
import { soon } from '../schedule/sentence.ts';
import type { Service } from '../service/service.ts';
import { untilTheEnd } from './idle.ts';
import { count, plain, printJson, printLines, printWarnings, type Streams } from './output.ts';
import { isScheduled, someOf } from './schedule-words.ts';
import { followNews } from './serve-news.ts';

export interface Serving {
  readonly streams: Streams;
  readonly json: boolean;
  readonly signal: AbortSignal;
  /** Starts the endpoint; undefined: there is to be none. */
  readonly start: (() => Promise<Endpoint>) | undefined;
  readonly service: Pick<Service, 'close' | 'jobs'>;
  /** Minutes; undefined: it does not end by itself. */
  readonly endWhenIdle: number | undefined;
  readonly protection: Protection;
  readonly discoveryFile: string;
  readonly exportFolder: string;
  readonly vaultFolder: string;
  /** The command that sets a schedule here. */
  readonly howToSchedule: string;
}

/**
 * Runs the schedules, and the endpoint, until the signal; says what is protected, where the endpoint is, and what comes of
 * every run. The token is only in the discovery file.
 */
export async function serveCommand(serving: Serving): Promise<number> {
  const { streams, json, signal, start, service, protection, endWhenIdle } = serving;
  const endpoint = await start?.();
  let stopNews = (): void => undefined;
  try {
    await protection.begin();
    const view = protection.view();
    if (json) {
      const { keeper, nextRun, indexes, paused } = view;
      const protectedIndexes = indexes.filter(({ schedule }) => schedule.kind !== 'off').length;
      const { url } = endpoint ?? { url: null };
      printJson(streams, { url, pid: process.pid, keeper, protectedIndexes, nextRun, paused });
    } else {
      printLines(streams.err, greeting(serving, endpoint, view));
      printWarnings(streams, view.warnings);
    }
    stopNews = followNews(protection, streams, json);
    const isWorking = (): boolean =>
      protection.isRunning || service.jobs().some(({ status }) => status === 'queued' || status === 'running');
    const lastRequestAt = (): number => endpoint?.lastRequestAt() ?? 0;
    const why = await untilTheEnd(signal, { minutes: endWhenIdle, lastRequestAt, isWorking });
    if (why === 'idle' && !json) streams.err.write('Ended: nobody has asked for anything for a while.\n');
    return 0;
  } finally {
    stopNews();
    await endpoint?.close();
    // What runs by itself waits for the job that the service cancels.
    await Promise.all([protection.end(), service.close()]);
  }
}

function greeting(serving: Serving, endpoint: Endpoint | undefined, view: ProtectionView): string[] {
  const { discoveryFile, exportFolder, vaultFolder, howToSchedule } = serving;
  const stop = 'Press Ctrl-C to stop.';
  return [
    ...(endpoint === undefined
      ? [`Running the schedules, without an endpoint for agents. ${stop}`]
      : [
          `Serving MCP at ${endpoint.url}. ${stop}`,
          `Address and token: ${plain(discoveryFile)}`,
          `Files of agents: ${plain(exportFolder)}`,
        ]),
    `Backups: ${plain(vaultFolder)}`,
    ...(isScheduled(view)
      ? scheduled(view, Date.now())
      : ['Nothing is backed up by itself yet. To have it so:', `  ${howToSchedule}`]),
  ];
}

/** What is protected, when the next run comes, and who runs it. */
export function scheduled(view: ProtectionView, now: number): string[] {
  const kept = view.indexes.filter(({ schedule }) => schedule.kind !== 'off');
  const next = view.nextRun === null ? '' : ` Next run: ${soon(Date.parse(view.nextRun), now)}.`;
  const names = someOf(kept.map(({ collection }) => collection));
  const what =
    kept.length === 0
      ? `Protecting all indexes of ${someOf(view.defaults.map(({ connection }) => connection))}, of which none was seen yet.`
      : `Protecting ${count(kept.length)} ${kept.length === 1 ? 'index' : 'indexes'}: ${names}.${next}`;
  return [
    what,
    ...(view.paused === null ? [] : [plain(view.sentence)]),
    ...(view.keeper === 'here'
      ? []
      : view.keeper === 'other'
        ? ['Another program runs the schedules now, the app or another serve; this one takes over when that one ends.']
        : ['The schedules cannot run: the settings folder cannot be written to.']),
  ];
}
