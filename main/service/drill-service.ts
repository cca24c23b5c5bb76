import { randomBytes } from 'node:crypto';
import { Fault } from '../faults/fault.ts';
import { isThere } from '../jobs/tasks/import-checks.ts';
import { catalogIn, type VaultPlace } from '../jobs/tasks/vault-place.ts';
import { isScratchName, requireName, SCRATCH_PREFIX } from '../qdrant/collection-name.ts';
import { openControl } from '../qdrant/control.ts';
import type { QdrantTarget } from '../qdrant/target.ts';
import { findBackup, type StoredBackup } from '../vault/catalog.ts';
import { SAFETY } from '../vault/rotation.ts';
import { warnings, type VaultParts } from './job-parts.ts';
import type { BorrowedQdrant } from './local-qdrant.ts';
import { BUILTIN, findServer, type Server } from './servers.ts';
import type { VaultPlaces } from './vault-places.ts';
import type { ConnectionRef, DrillRequest, DrillResult, JobHandle } from './types.ts';

/**
 * Removes scratch indexes of drills that were killed, wherever those made them: the built-in server may have come or gone
 * since. Throws USAGE for any other name, and what the server says.
 */
export async function removeScratch(
  { settings, local }: Pick<VaultParts, 'settings' | 'local'>,
  ref: ConnectionRef,
  collections: readonly string[],
): Promise<void> {
  const other = collections.find((name) => !isScratchName(name));
  if (other !== undefined) throw new Fault('USAGE', { field: 'collection', reason: 'characters' });
  const server = findServer(settings, local, ref);
  const left = new Set(collections);
  const removeFrom = async (target: QdrantTarget): Promise<void> => {
    const control = openControl(target, undefined, 2);
    for (const name of left) {
      if (!(await isThere(control, name))) continue;
      await control.remove(name);
      left.delete(name);
    }
  };
  if (local.available && server.key !== BUILTIN && left.size > 0) {
    const borrowed = await local.borrow();
    await removeFrom(borrowed.target).finally(() => borrowed.giveBack());
  }
  // The names are random: what was there is not here.
  if (left.size > 0) await removeFrom(await server.target());
}

/** A drill as a job of the service. Of the settings it changes nothing: a scratch index is no index that anybody has. */
export function startDrill(
  { settings, local, handle }: VaultParts,
  places: VaultPlaces,
  request: DrillRequest,
): JobHandle<DrillResult> {
  let backup: StoredBackup;
  let scratch = '';
  let where: DrillResult['where'] = 'builtin';
  let borrowed: BorrowedQdrant | null = null;
  const gone = (): void => request.onScratch?.(scratch, false);

  const target = async (server: Server): Promise<QdrantTarget> => {
    if (local.available || server.key === BUILTIN) {
      borrowed = await local.borrow();
      return borrowed.target;
    }
    where = 'connection';
    return server.target();
  };

  const started = handle<'drill', DrillResult>({
    kind: 'drill',
    title: request.collection,
    connection: 'name' in request.connection ? request.connection.name : null,
    prepare: async (signal) => {
      requireName(request.collection);
      const server = findServer(settings, local, request.connection);
      if (!local.available && !request.onConnection) throw new Fault('NO_LOCAL_SERVER', { reason: 'drill' });
      backup = await chosenBackup(places.of(request.vault), request, server, signal);
      const qdrant = await target(server);
      const control = openControl(qdrant, signal);
      do scratch = `${SCRATCH_PREFIX}${randomBytes(6).toString('hex')}`;
      while (await isThere(control, scratch));
      return {
        writes: null,
        around: (work) =>
          places.reading(request.vault, (vault) => {
            request.onScratch?.(scratch, true);
            return work({ target: qdrant, vault, backup: backup.manifest.name, collection: scratch });
          }),
      };
    },
    describe: (fault) => {
      const { left, ...params } = fault.params;
      // A thread that was ended by force says nothing.
      if (left === false) gone();
      return Promise.resolve(new Fault(fault.code, params, { cause: fault.cause }));
    },
    conclude: ({ left, differences, ...outcome }, durationMs) => {
      if (!left) gone();
      return {
        ...{ backupName: backup.manifest.name, collection: backup.manifest.collection, where },
        ...{ ...outcome, durationMs },
        differences: { count: differences.count, points: [...differences.points] },
        warnings: left ? warnings([{ code: 'SCRATCH_LEFT', params: { collection: scratch } }]) : [],
      };
    },
  });
  const result = started.result.finally(() => borrowed?.giveBack());
  result.catch(() => undefined);
  return { ...started, result };
}

/** The one that is named, else the newest of the index that was found whole. Throws BACKUP_NOT_FOUND. */
async function chosenBackup(
  vault: VaultPlace,
  { backup, collection }: DrillRequest,
  server: Server,
  signal: AbortSignal,
): Promise<StoredBackup> {
  const catalog = await catalogIn(vault);
  if (backup !== undefined) return findBackup(catalog, backup);
  const newestOf = (name: string): StoredBackup | undefined =>
    catalog.backups.findLast(
      ({ manifest, state }) =>
        manifest.source === server.key &&
        manifest.collection === name &&
        manifest.reason !== SAFETY &&
        state.verified_at !== null,
    );
  const newest = newestOf(collection) ?? newestOf(await aliased(server, collection, signal));
  if (newest === undefined) throw new Fault('BACKUP_NOT_FOUND', { collection });
  return newest;
}

/** Backups are of indexes, and not of their aliases. A server that is away is no reason not to look. */
async function aliased(server: Server, name: string, signal: AbortSignal): Promise<string> {
  const resolve = async (): Promise<string> => openControl(await server.target(), signal, 1).resolve(name);
  const found = await resolve().catch(() => name);
  signal.throwIfAborted();
  return found;
}
