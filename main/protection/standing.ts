import type { BackupSummary, ProtectionView } from '../../preload/api.ts';
import { errorReport } from '../faults/explain.ts';
import type { Fault } from '../faults/fault.ts';
import type { HistoryFile } from '../schedule/history-file.ts';
import { indexKey, scheduledFrom, type IndexRef } from '../schedule/history.ts';
import { overviewOf, type Ruled } from '../schedule/overview.ts';
import type { Protection as Planned } from '../schedule/scheduler.ts';
import type { Service } from '../service/service.ts';
import type { Settings } from '../settings/settings.ts';
import { DRILLS, ruledFrom } from './ruled.ts';
import type { VaultGlance } from './vault-glance.ts';
import type { WatchFile } from './watch-file.ts';

export interface StandingParts {
  readonly service: Pick<Service, 'connections'>;
  readonly settings: Settings;
  readonly history: HistoryFile;
  readonly watch: WatchFile;
  readonly vault: VaultGlance;
  readonly now: () => number;
  readonly canDrill: () => boolean;
  readonly timeZone?: string;
}

/** What this program does right now. */
export interface Doings {
  readonly keeper: ProtectionView['keeper'];
  /** Keys of the indexes that are being backed up. */
  readonly running: ReadonlySet<string>;
  /** As in IndexFacts. */
  readonly settledSince: number;
  /** What went wrong last that nobody waited for. */
  readonly trouble: Fault | null;
}

/** How everything stands, as settings, history, vault and what was seen say right now: for the scheduler, and for people. */
export class Standing {
  readonly #parts: StandingParts;

  constructor(parts: StandingParts) {
    this.#parts = parts;
  }

  ruled(): Ruled[] {
    const { settings, service, watch } = this.#parts;
    return ruledFrom(settings.protection().rules, service.connections().connections, watch);
  }

  backupsOf(index: IndexRef): readonly BackupSummary[] {
    return this.#parts.vault.backupsOf(this.#parts.service.connections().connections, index);
  }

  planned(): Planned {
    const now = this.#parts.now();
    const { histories } = this.#parts.history;
    const { drill, paused } = this.#parts.settings.protection();
    const ruled = this.ruled();
    const indexes = ruled.map((one) => scheduledFrom(one.ref, one, histories.of(one.ref), now));
    if (ruled.length > 0 && this.#parts.canDrill()) {
      // A drill is scheduled like an index whose name is empty. It begins when there is something to test.
      const since = Math.max(Date.parse(drill.since), Math.min(...ruled.map((one) => one.since)));
      const drills = { schedule: drill.schedule, since };
      indexes.push(scheduledFrom(DRILLS, drills, histories.of(DRILLS), now));
    }
    if (paused === null) return { indexes, paused: null };
    const until = paused.until === null ? null : Date.parse(paused.until);
    return { indexes, paused: { since: Date.parse(paused.since), until } };
  }

  view({ keeper, running, settledSince, trouble: other }: Doings): ProtectionView {
    const { settings, service, history, watch, vault, now, timeZone } = this.#parts;
    const { rules, keep, drill, paused } = settings.protection();
    const { trouble, histories, records } = history;
    const told = [trouble, other].flatMap((fault) => {
      if (fault === null) return [];
      const { code, message } = errorReport(fault);
      return [{ code, message }];
    });
    // Nobody may be there to take a pause back whose time is over.
    const over = paused?.until != null && Date.parse(paused.until) <= now();
    return overviewOf({
      now: now(),
      ruled: this.ruled(),
      defaults: rules.flatMap(({ connection, collection, schedule }) =>
        collection === null ? [{ connection, schedule }] : [],
      ),
      ...{ keep, drill: { schedule: drill.schedule, onConnections: drill.onConnections } },
      ...{ paused: over ? null : paused, settledSince, vaultTrouble: vault.warnings[0]?.message ?? null },
      ...{ keeper, histories, records },
      connected: service.connections().connections.length > 0,
      backupsOf: (index) => this.backupsOf(index),
      running: (index) => running.has(indexKey(index)),
      changes: watch.changes,
      warnings: [...vault.warnings, ...told],
      ...(timeZone === undefined ? {} : { timeZone }),
    });
  }
}
