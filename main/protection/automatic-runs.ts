import { errorReport } from '../faults/explain.ts';
import { Fault } from '../faults/fault.ts';
import type { DueRun } from '../schedule/due.ts';
import type { HistoryFile } from '../schedule/history-file.ts';
import { indexKey, type HistoryRecord, type IndexRef } from '../schedule/history.ts';
import type { Ruled } from '../schedule/overview.ts';
import type { Schedule } from '../schedule/slots.ts';
import type { Service } from '../service/service.ts';
import type { BackupResult, BackupSummary, DrillResult, JobHandle, JobView } from '../service/types.ts';
import type { Settings } from '../settings/settings.ts';
import { DRILLS } from './ruled.ts';
import type { WatchFile } from './watch-file.ts';

export interface RunParts {
  readonly service: Service;
  readonly settings: Settings;
  readonly history: HistoryFile;
  readonly watch: WatchFile;
  readonly clock: { now(): number };
  readonly builtin: boolean;
  readonly indexes: () => readonly Ruled[];
  readonly backupsOf: (index: IndexRef) => readonly BackupSummary[];
  /** Whether the server of an index answers; notices on the way what became of the index. Throws what reaching it throws. */
  readonly probe: (index: IndexRef) => Promise<void>;
  readonly changed: () => Promise<void>;
  readonly keepAwake?: (on: boolean) => void;
}

type RunRecord = Extract<HistoryRecord, { kind: 'run' }>;

/** What runs by itself: backups and drills, each noted with what came of it. */
export class AutomaticRuns {
  readonly #parts: RunParts;
  /** Jobs that are noted by whoever started them. */
  readonly #own = new Set<string>();
  readonly #noted = new Set<string>();
  #drilling: Promise<void> | null = null;
  #ended = false;

  constructor(parts: RunParts) {
    this.#parts = parts;
  }

  /** There is a place for scratch indexes. */
  get canDrill(): boolean {
    return this.#parts.builtin || this.#parts.settings.protection().drill.onConnections;
  }

  /** The program ends: what is broken off is no failure, and is due at the next start. */
  end(): void {
    this.#ended = true;
  }

  /** Never rejects. */
  async backUp(run: DueRun): Promise<void> {
    const { service, history, clock } = this.#parts;
    const found = this.#parts.indexes().find(({ ref }) => indexKey(ref) === run.index);
    if (found === undefined) return;
    const { ref, schedule } = found;
    const reason = reasonOf(schedule);
    const connection = { name: ref.connection };
    const begun = clock.now();
    const record = (result: BackupResult | null, error: unknown): RunRecord => ({
      ...runRecord(ref, { at: clock.now(), reason, durationMs: Math.max(0, clock.now() - begun) }, result, error),
      slot: new Date(run.slot).toISOString(),
      caughtUp: run.caughtUp,
    });
    this.#parts.keepAwake?.(true);
    try {
      // A server that is away is found out in a moment here; a backup would try for minutes.
      await this.#parts.probe(ref);
      const handle = service.backUp({ connection, collection: ref.collection, reason });
      remember(this.#own, handle.id);
      const result = await handle.result;
      await history.note(record(result, null));
    } catch (error) {
      if (this.#ended) return;
      await this.#noteFailure(ref, record(null, error));
    } finally {
      this.#parts.keepAwake?.(false);
    }
  }

  /** A backup that somebody asked for, once it has ended. */
  async noteManual(job: JobView): Promise<void> {
    const { id, connection, title: collection, result, error } = job;
    if (connection === null || this.#own.has(id) || this.#noted.has(id)) return;
    remember(this.#noted, id);
    const done = result !== null && 'backupName' in result && 'bytesAdded' in result ? result : null;
    // Cancelled by the one who asked for it.
    if (done === null && job.status !== 'failed') return;
    // It was noted when it was taken.
    if (done?.warnings.some(({ code }) => code === 'BACKUP_REUSED') === true) return;
    const fault = error === null ? null : { code: error.code, message: error.message, hint: error.hint };
    const ref = { connection, collection };
    const found = this.#parts.backupsOf(ref).find(({ backupName }) => backupName === done?.backupName);
    const about = {
      ...{ at: this.#parts.clock.now(), reason: found?.reason ?? 'manual', durationMs: done?.durationMs ?? 0 },
    };
    await this.#parts.history.note({ ...runRecord(ref, about, done, null), fault });
  }

  /** Tests what is under a schedule and has a backup, one index after the other, while backups go on. Resolves when that has begun. */
  async drillAll(run: DueRun): Promise<void> {
    const { history, clock } = this.#parts;
    const slot = new Date(run.slot).toISOString();
    const about = { at: clock.now(), reason: 'drill', durationMs: 0 };
    await history.note({ ...runRecord(DRILLS, about, null, null), slot, caughtUp: run.caughtUp });
    // Those that go on from the last time are enough.
    if (this.#drilling !== null) return;
    this.#drilling = this.#drillEach().finally(() => {
      this.#drilling = null;
    });
  }

  async #drillEach(): Promise<void> {
    for (const { ref, schedule } of this.#parts.indexes()) {
      if (this.#ended) return;
      if (schedule.kind === 'off') continue;
      await this.drill(ref).result.catch(() => undefined);
    }
  }

  drill(ref: IndexRef): JobHandle<DrillResult> {
    const { service, settings, watch, history, clock } = this.#parts;
    const begun = clock.now();
    const scratch = (collection: string): IndexRef => ({ connection: ref.connection, collection });
    const handle = service.drill({
      connection: { name: ref.connection },
      collection: ref.collection,
      onConnection: settings.protection().drill.onConnections,
      onScratch: (name, there) => {
        if (there) watch.addScratch(scratch(name));
        else watch.dropScratch(name);
      },
    });
    const note = async (result: DrillResult | null, error: unknown): Promise<void> => {
      const fault = error === null ? null : faultOf(error);
      // That there is nothing to test, or nowhere to, is not a backup that failed its test.
      if (this.#ended || (fault !== null && NO_TEST.has(fault.code))) return;
      await history.note({
        ...{ kind: 'drill', at: new Date(clock.now()).toISOString(), index: ref, fault },
        ...{ backup: result?.backupName ?? '', points: result?.totalVectors ?? 0 },
        differences: result?.differences.count ?? 0,
        durationMs: Math.max(0, clock.now() - begun),
      });
      await this.#parts.changed();
    };
    const result = handle.result.then(
      async (value) => {
        await note(value, null);
        return value;
      },
      async (error: unknown) => {
        await note(null, error);
        throw error;
      },
    );
    result.catch(() => undefined);
    return { ...handle, result };
  }

  /** Removes scratch indexes that a run left which was killed. Those on servers that do not answer wait for the next time. */
  async sweep(): Promise<void> {
    const { service, watch } = this.#parts;
    for (const { connection, collection } of watch.scratch) {
      try {
        await service.removeScratch({ name: connection }, [collection]);
      } catch (error) {
        if (!(error instanceof Fault) || error.code !== 'CONNECTION_NOT_FOUND') continue;
      }
      watch.dropScratch(collection);
    }
  }

  async #noteFailure(ref: IndexRef, record: RunRecord): Promise<void> {
    const { history } = this.#parts;
    const at = Date.parse(record.at);
    const code = record.fault?.code ?? '';
    if (WAITS.has(code)) {
      history.histories.postponed(ref, at);
      return;
    }
    const { lastRun } = history.histories.of(ref);
    const again = record.unreachable && lastRun?.unreachable === true && lastRun.slot === record.slot;
    if (again) history.histories.stillUnreachable(ref, at);
    else await history.note(record);
  }
}

/** Somebody else is at work there, which ends. */
const WAITS: ReadonlySet<string> = new Set(['VAULT_BUSY', 'BUSY']);
const AWAY: ReadonlySet<string> = new Set(['QDRANT_UNREACHABLE', 'NO_LOCAL_SERVER']);
const NO_TEST: ReadonlySet<string> = new Set([
  'CANCELLED',
  'BACKUP_NOT_FOUND',
  'NO_LOCAL_SERVER',
  'QDRANT_UNREACHABLE',
  'VAULT_BUSY',
]);

/** Jobs end, and the newest are asked for. */
function remember(ids: Set<string>, id: string): void {
  ids.add(id);
  for (const old of ids) if (ids.size > MOST_REMEMBERED) ids.delete(old);
}

const MOST_REMEMBERED = 200;

const reasonOf = ({ kind }: Schedule): string => (kind === 'cron' || kind === 'off' ? 'scheduled' : kind);

function faultOf(error: unknown): { code: string; message: string; hint: string } {
  const { code, message, hint } = errorReport(error);
  return { code, message, hint };
}

function runRecord(
  index: IndexRef,
  { at, reason, durationMs }: { readonly at: number; readonly reason: string; readonly durationMs: number },
  result: BackupResult | null,
  error: unknown,
): RunRecord {
  const fault = error === null ? null : faultOf(error);
  return {
    ...{
      kind: 'run',
      at: new Date(at).toISOString(),
      index: { ...index },
      slot: null,
      caughtUp: false,
      reason,
      durationMs,
    },
    backup:
      result === null
        ? null
        : {
            ...{ name: result.backupName, points: result.totalVectors, bytesAdded: result.bytesAdded },
            changes: result.new + result.changed + result.removed,
            counts: { new: result.new, changed: result.changed, removed: result.removed },
          },
    fault,
    unreachable: fault !== null && AWAY.has(fault.code),
    rotation:
      result?.rotation == null
        ? null
        : {
            removed: result.rotation.removed.length,
            names: [...result.rotation.removed],
            bytesFreed: result.rotation.bytesFreed,
          },
    warnings: result?.warnings.map(({ message }) => message) ?? [],
  };
}
