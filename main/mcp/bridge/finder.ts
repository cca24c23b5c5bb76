/** Where to send a request: asked anew for each, so that an app that was started again is found again. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FileLock } from '../../processes/file-lock.ts';
import { announcedIn } from './announced.ts';
import type { Announced } from './announced.ts';
import { sentences } from './sentences.ts';

/** There is nobody to send a request to. The message is for people. */
export class Unavailable extends Error {}

export interface FinderParts {
  /** The settings folder. */
  readonly home: string;
  /** Starts Vectorkeep and waits for its endpoint. undefined: nothing is ever started. Rejects with Unavailable. */
  readonly start: ((stale: Announced | null) => Promise<Announced>) | undefined;
  /** Whether this installation could start something, had it been asked to. */
  readonly canStart: boolean;
  /** What would be started has an endpoint only where the settings say so. */
  readonly startObeysSettings: boolean;
}

/** `stale`: what is announced there did not answer. Rejects with Unavailable. */
export type Finder = (stale: Announced | null) => Promise<Announced>;

export function createFinder({ home, start, canStart, startObeysSettings }: FinderParts): Finder {
  let starting: Promise<Announced> | null = null;
  return async (stale) => {
    const found = announcedIn(home);
    if (found.kind === 'distrusted') throw new Unavailable(sentences.distrusted(found));
    if (found.kind === 'found' && (found.at.url !== stale?.url || found.at.token !== stale.token)) return found.at;
    if (start === undefined) throw new Unavailable(await whyNot(home, canStart));
    if (startObeysSettings && !isSwitchedOn(home)) throw new Unavailable(sentences.leftOff);
    starting ??= start(stale).finally(() => (starting = null));
    return starting;
  };
}

/** Who runs the schedules of a settings folder is the app or a serve: there is one, without an endpoint. */
async function whyNot(home: string, canStart: boolean): Promise<string> {
  const runs = await FileLock.isHeld(join(home, 'scheduler.lock'), { local: true });
  return runs ? sentences.switchedOff : sentences.notRunning(canStart);
}

/** Damaged settings are the app's business. */
function isSwitchedOn(home: string): boolean {
  try {
    const { endpoint } = JSON.parse(readFileSync(join(home, 'settings.json'), 'utf8')) as { endpoint?: unknown };
    return typeof endpoint === 'object' && endpoint !== null && 'enabled' in endpoint && endpoint.enabled === true;
  } catch {
    return false;
  }
}
