import { Fault } from '../faults/fault.ts';
import { indexKey } from '../schedule/history.ts';
import type { Clock } from '../schedule/scheduler.ts';
import type { Service } from '../service/service.ts';
import type { Settings } from '../settings/settings.ts';
import type { ChangeGuard } from './guard.ts';
import { Rounds } from './rounds.ts';
import { glanceAt } from './ruled.ts';
import type { Standing } from './standing.ts';
import type { WatchFile } from './watch-file.ts';

/** So often the indexes are looked at, each with two requests. */
const WATCH_MS = 5 * 60_000;
/** So often a program that does not run the schedules looks what the other one does. */
const GLANCE_MS = 15_000;
/** And so often, in glances, it reads again what the other one and others have written: a vault may be large. */
const READ_EVERY = 4;

export interface LookoutParts {
  readonly service: Pick<Service, 'connections'>;
  readonly settings: Pick<Settings, 'protection'>;
  readonly clock: Clock;
  readonly guard: ChangeGuard;
  readonly watch: Pick<WatchFile, 'changes'>;
  readonly standing: Pick<Standing, 'ruled'>;
  /** Whether this program runs the schedules; `keep` tries to, `kept` only tells. */
  readonly keep: () => Promise<boolean>;
  readonly kept: () => boolean;
  /** Reads again what others may have written. */
  readonly refresh: () => Promise<void>;
  /** Called when all indexes were looked at. */
  readonly looked: () => Promise<void>;
  readonly failed: (error: unknown) => void;
}

/** Looks, time and again, at the indexes that are under a rule, and at the program that runs the schedules. */
export class Lookout {
  readonly #parts: LookoutParts;
  readonly #watching: Rounds;
  readonly #glances: Rounds;
  #rulesLookedAt = '';
  #glancesMade = 0;
  #ended = false;

  constructor(parts: LookoutParts) {
    this.#parts = parts;
    this.#watching = new Rounds(parts.clock, WATCH_MS, () => this.#lookAtAll(), parts.failed);
    this.#glances = new Rounds(parts.clock, GLANCE_MS, () => this.#glance(), parts.failed);
  }

  async begin(): Promise<void> {
    await this.look();
    await this.#glances.now();
  }

  /** Looks at all of them now. Servers that do not answer are left for the next time. */
  look(): Promise<void> {
    return this.#watching.now();
  }

  async end(): Promise<void> {
    this.#ended = true;
    await Promise.all([this.#watching.end(), this.#glances.end()]);
  }

  async #glance(): Promise<void> {
    const { keep, kept, refresh, settings } = this.#parts;
    if (!kept()) {
      const begun = await keep();
      if (begun || this.#glancesMade++ % READ_EVERY === 0) await refresh();
    }
    // What another program has set may be about indexes that nobody has looked at.
    else if (JSON.stringify(settings.protection().rules) !== this.#rulesLookedAt) await this.look();
  }

  async #lookAtAll(): Promise<void> {
    const { settings, service, guard, keep, kept, refresh, looked } = this.#parts;
    await keep();
    const { rules } = settings.protection();
    this.#rulesLookedAt = JSON.stringify(rules);
    // What a person has pinned meanwhile is theirs.
    await refresh();
    for (const connection of service.connections().connections) {
      const glance = glanceAt(connection, rules);
      if (glance === null || this.#ended) continue;
      // One program judges, else two would keep and let go against each other.
      const looking = kept() ? guard.look(glance) : guard.discover(glance);
      await looking.catch((error: unknown) => {
        // It is told by the run that needs the server.
        if (!(error instanceof Fault)) throw error;
      });
    }
    if (this.#ended) return;
    if (kept()) await this.#letGoOthers();
    await looked();
  }

  /** What was kept for indexes that are under no schedule any more. */
  async #letGoOthers(): Promise<void> {
    const { standing, watch, guard } = this.#parts;
    const ruled = new Set(standing.ruled().map(({ ref }) => indexKey(ref)));
    for (const { index } of watch.changes) if (!ruled.has(indexKey(index))) await guard.letGo(index);
  }
}
