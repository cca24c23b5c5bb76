import { FileSource } from '../../archive/file-source.ts';
import { PortionRecorder, readPortions, type Portion } from '../../archive/portions.ts';
import { replayArchive, validateArchive, type ArchiveContents } from '../../archive/validate-archive.ts';
import { Fault, type Notice } from '../../faults/fault.ts';
import { openControl, type Control } from '../../qdrant/control.ts';
import { QdrantHttp } from '../../qdrant/http.ts';
import { isSentAsItLies } from '../../qdrant/batch.ts';
import { atLeast } from '../../qdrant/server-version.ts';
import { settleWrites } from '../../qdrant/settle-writes.ts';
import { PointWriter, WRITE_CONNECTIONS, type WriteCounts } from '../../qdrant/writer.ts';
import type { CompanionFile } from '../../vault/companions.ts';
import type { TaskContext } from '../task-context.ts';
import { ProgressMeter } from '../progress-meter.ts';
import { makeTarget, planImport, type ImportPlan } from './import-plan.ts';
import { targetBefore } from './import-target.ts';
import type { ImportTask } from './import-task.ts';
import { companionsToPut, putCompanions } from './put-companions.ts';
import { SeenShardKeys, shardKeysOf } from './shard-keys.ts';

export interface ImportOutcome {
  readonly collection: string;
  readonly totalVectors: number;
  readonly counts: WriteCounts;
  /** Of all points that the target held before; null: there were none, or nobody asked. */
  readonly targetFingerprint: string | null;
  /** A backup of it as it was before; null: none was asked for, or nothing could be lost. */
  readonly safetyBackup: string | null;
  /** Of the vault that it is in. */
  readonly vaultId: string | null;
  readonly createdCollection: boolean;
  /** The model that the target is of now, for whoever remembers models; null: this import proves nothing about it. */
  readonly model: string | null;
  readonly notices: readonly Notice[];
  /** Companion files that were put somewhere, absolute. */
  readonly companions: readonly string[];
  /** Milliseconds of sending alone, without validation and waiting. */
  readonly sendingMs: number;
}

/**
 * Writes a file's points into a collection. The whole file is validated and compared with the target before the first
 * write. A run that stops after it may have written says in its fault how far it came (`written`, `new`, `updated`,
 * `skipped`, `total`, and `safety`, the copy) and can be run again: points are written by id, so nothing is doubled.
 */
export async function importArchive(task: ImportTask, { signal, report }: TaskContext): Promise<ImportOutcome> {
  const meter = new ProgressMeter(report);
  const source = await FileSource.open(task.path, task.within, task.ifFile);
  const http = new QdrantHttp(task.target, WRITE_CONNECTIONS);
  try {
    meter.begin('validating', { bytes: source.size });
    const shardKeys = new SeenShardKeys();
    const recorder = new PortionRecorder();
    const { companionsTo = null } = task;
    const carried = new Map<string, CompanionFile>();
    const contents = await validateArchive(source, {
      signal,
      point: (scanner) => {
        shardKeys.add(scanner);
        recorder.add(scanner, isSentAsItLies(scanner));
      },
      ...(companionsTo === null
        ? {}
        : { companion: (name: string, content: Buffer) => void carried.set(name, { name, content }) }),
      breathe: (points) => {
        recorder.close();
        meter.at(points, source.consumed);
      },
    });
    meter.end(contents.points, source.size);
    const companions = companionsTo === null ? [] : await companionsToPut([...carried.values()], companionsTo);
    meter.begin('preparing', { points: contents.points });
    const control = openControl(task.target, signal);
    const version = await control.version();
    const settle = (keys: readonly string[]): Promise<void> => settleWrites(http, task.collection, keys, signal);
    const plan = await planImport(task, { contents, shardKeys }, control, settle);
    const { fingerprint, safety } = await targetBefore(task, plan, { control, http, signal, meter });
    const counts: WriteCounts = { new: 0, updated: 0, skipped: 0 };
    const empty = plan.before === 0;
    let created = false;
    let sendingMs = 0;
    if (task.dryRun && empty) counts.new = contents.points;
    else {
      const canInsertOnly = atLeast(version, '1.16');
      let writer: PointWriter | null = null;
      try {
        created = await makeTarget(task, plan, shardKeys, control);
        // Asked of the target itself: a server on its own makes automatic sharding of the custom one.
        const targetShards = shardKeysOf(await control.settings(plan.name));
        meter.begin('sending', { points: contents.points, bytes: source.size });
        const begun = performance.now();
        writer = new PointWriter(http, {
          collection: plan.name,
          strategy: empty ? 'insert' : task.onConflict,
          // Points that somebody else puts into an empty index meanwhile are not to be replaced either: they are in no copy.
          onlyNew: !created && (task.onConflict === 'skip' || isGuarded(task)),
          dryRun: task.dryRun,
          ...{ canInsertOnly, shardKeys: targetShards, signal, counts },
        });
        await send(writer, { contents, portions: empty ? recorder.conclude() : null }, source, meter, signal);
        sendingMs = performance.now() - begun;
        if (!task.dryRun) await complete(control, plan, counts, contents.points, meter);
      } catch (error) {
        const fault = Fault.from(error);
        if (task.dryRun) throw fault;
        const written = counts.new + counts.updated;
        const sending = writer?.sending === true;
        const far = { written, sending, ...counts, total: contents.points, created };
        if (safety !== null && written === 0 && !sending) await safety.discard();
        else if (safety !== null) throw fault.with({ ...far, safety: safety.name });
        throw fault.with(far);
      }
    }
    const { put, notices } = await putCompanions(task.dryRun ? [] : companions);
    return {
      collection: plan.name,
      totalVectors: contents.points,
      counts,
      targetFingerprint: fingerprint,
      safetyBackup: safety?.name ?? null,
      vaultId: safety?.vaultId ?? null,
      createdCollection: created,
      model: plan.model,
      notices: [...plan.notices, ...(safety?.notices ?? []), ...notices],
      companions: put,
      sendingMs,
    };
  } finally {
    http.close();
    await source.close();
  }
}

/** Only what was there when it was looked at may be replaced. */
const isGuarded = ({ ifTarget, safety, mustBeEmpty }: ImportTask): boolean =>
  ifTarget !== undefined || safety !== undefined || mustBeEmpty === true;

/** The file once more: what may go as it lies is cut out of the text, else point by point to the writer. */
async function send(
  writer: PointWriter,
  { contents, portions }: { contents: ArchiveContents; portions: readonly Portion[] | null },
  source: FileSource,
  meter: ProgressMeter,
  signal: AbortSignal,
): Promise<void> {
  const { counts } = writer;
  const breathe = async (): Promise<void> => {
    await writer.drain();
    meter.at(counts.new + counts.updated + counts.skipped, source.consumed);
  };
  try {
    let sent = contents.points;
    if (portions === null)
      sent = (await replayArchive(source, { signal, point: (scanner) => writer.add(scanner), breathe })).points;
    else
      for await (const { pieces, points } of readPortions(source, portions, signal)) {
        writer.addText(pieces, points);
        await breathe();
      }
    if (sent !== contents.points || (await source.changed())) throw new Fault('BAD_ARCHIVE', { reason: 'changed' });
    await writer.finish();
    meter.at(counts.new + counts.updated + counts.skipped, source.size);
  } finally {
    // Whatever is under way ends first: after this the counts do not change.
    await writer.settle();
  }
}

/**
 * What comes after the points, in pg_dump's order: checks of what arrived, payload indexes, strict mode, aliases.
 * Writes are acknowledged before they are applied: one that failed then shows in the count, or in the status.
 */
async function complete(
  control: Control,
  plan: ImportPlan,
  counts: WriteCounts,
  points: number,
  meter: ProgressMeter,
): Promise<void> {
  meter.begin('finishing', { points });
  const { name, settings, notices, before } = plan;
  const { count, exact } = await control.measure(name);
  const wanted = (before ?? 0) + counts.new;
  if (exact && before !== null && count < wanted)
    throw new Fault('QDRANT_REFUSED', { reason: `it holds ${count} of ${wanted} points after all were sent` });
  const { status, optimizer } = await control.status(name);
  if (status === 'red') throw new Fault('QDRANT_REFUSED', { reason: `it reports the index as failed (${optimizer})` });
  if (!plan.complete) return;
  notices.push(...(await control.createPayloadIndexes(name, settings)));
  notices.push(...(await control.applyStrictMode(name, settings)));
  notices.push(...(await control.createAliases(name, settings)));
  if ((await control.status(name)).status === 'yellow') notices.push({ code: 'INDEXING_PENDING', params: {} });
}
