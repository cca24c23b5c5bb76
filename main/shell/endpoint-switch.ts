import type { AgentChoices, ClientSetup, EndpointView, ErrorReport } from '../../preload/api.ts';
import { errorReport } from '../faults/explain.ts';
import { Fault } from '../faults/fault.ts';

/** A running endpoint, as much as the app needs of it. */
interface Running {
  readonly url: string;
  renewToken(): void;
  close(): Promise<void>;
}

export interface EndpointSwitchParts {
  /** 0: any free port. Throws USAGE with `field: 'port'` where the port cannot be had. */
  readonly start: (port: number) => Promise<Running>;
  /** The one to begin with. */
  readonly port: () => number;
  readonly isEnabled: () => boolean;
  /** Keeps the choice for the next start. */
  readonly setEnabled: (enabled: boolean) => void;
  readonly discoveryFile: string;
  /** Where agents may read and write files, the usual one first. */
  readonly folders: () => readonly string[];
  /** What the person has chosen about agents. */
  readonly choices: () => AgentChoices;
  readonly clients: () => readonly ClientSetup[];
}

export interface EndpointSwitch {
  view(): EndpointView;
  /** Starts it if it was left on. Never throws: what went wrong stands in the view. */
  begin(): Promise<void>;
  /** Throws what starting throws; then it is as it was. */
  set(enabled: boolean): Promise<EndpointView>;
  /** A new token, where an endpoint runs; the old one is worthless at once. Throws NO_SPACE, WRITE_FAILED. */
  renewToken(): Promise<void>;
  close(): Promise<void>;
}

/** The endpoint for agents, turned on and off by the person; one change after the other. */
export function createEndpointSwitch(parts: EndpointSwitchParts): EndpointSwitch {
  let running: Running | null = null;
  let problem: ErrorReport | null = null;
  let portTaken: number | null = null;
  let last: Promise<unknown> = Promise.resolve();

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work, work);
    last = turn.catch(() => undefined);
    return turn;
  };
  /** Agents find the address in the discovery file, so an endpoint on another port is better than none. */
  const start = async (): Promise<Running> => {
    const port = parts.port();
    portTaken = null;
    try {
      return await parts.start(port);
    } catch (error) {
      if (port === 0 || !(error instanceof Fault) || error.params['field'] !== 'port') throw error;
    }
    const other = await parts.start(0);
    portTaken = port;
    return other;
  };
  const stop = async (): Promise<void> => {
    const old = running;
    running = null;
    await old?.close();
  };
  const view = (): EndpointView => ({
    enabled: parts.isEnabled(),
    url: running?.url ?? null,
    discoveryFile: parts.discoveryFile,
    folders: [...parts.folders()],
    choices: parts.choices(),
    clients: [...parts.clients()],
    problem,
    portTaken: running === null ? null : portTaken,
  });

  return {
    view,
    begin: () =>
      inTurn(async () => {
        if (!parts.isEnabled()) return;
        try {
          running = await start();
        } catch (error) {
          problem = errorReport(error);
        }
      }),
    set: (enabled) =>
      inTurn(async () => {
        if (enabled) running ??= await start();
        else await stop();
        problem = null;
        parts.setEnabled(enabled);
        return view();
      }),
    renewToken: () =>
      inTurn(async () => {
        running?.renewToken();
        return Promise.resolve();
      }),
    close: () => inTurn(stop),
  };
}
