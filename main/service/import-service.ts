import { basename } from 'node:path';
import { fileIdentity } from '../archive/file-identity.ts';
import type { Framed } from '../jobs/job-queue.ts';
import { isThere } from '../jobs/tasks/import-checks.ts';
import type { VaultPlace } from '../jobs/tasks/vault-place.ts';
import { checkCollectionName, requireName } from '../qdrant/collection-name.ts';
import { openControl } from '../qdrant/control.ts';
import { collectionInFile } from './collection-in-file.ts';
import { perSecond, vaultKey, warnings, type VaultParts } from './job-parts.ts';
import { findServer, type Server } from './servers.ts';
import type { ImportRequest, ImportResult, JobHandle } from './types.ts';
import type { VaultPlaces } from './vault-places.ts';

/** An import as a job of the service. A target that it begins to make is remembered, so that a later run can finish what this one may not. */
export function startImport(
  { settings, local, generator, handle }: VaultParts,
  places: VaultPlaces,
  workerScript: URL,
  request: ImportRequest,
): JobHandle<ImportResult> {
  const { path, within, ifFile, onConflict, dryRun, allowModelMismatch, mustBeEmpty = false, ifTarget } = request;
  const place = (): VaultPlace => places.of(request.vault);
  const copies = request.safetyCopy === true && onConflict !== 'skip' && !dryRun;
  // Asked for only where a copy is made: an account without a home folder has no usual vault.
  let vault: VaultPlace | null = null;
  let server: Server;
  // As it was asked for, and the one that is written to: not the same where an alias was named.
  let asked: string;
  let collection: string;
  let file: string | null;
  let noted = false;
  const started = handle<'import', ImportResult>({
    kind: 'import',
    title: request.collection ?? basename(path),
    prepare: async (signal) => {
      server = findServer(settings, local, request.connection);
      if (request.collection !== undefined) requireName(request.collection);
      asked = request.collection ?? (await collectionInFile(workerScript, request, signal));
      file = await fileIdentity(path, within);
      const target = await server.target();
      const control = openControl(target, signal);
      collection = await control.resolve(asked);
      checkCollectionName(collection);
      const there = await isThere(control, collection);
      const task = {
        ...{ target, path, within, ifFile, collection, onConflict, dryRun, allowModelMismatch, mustBeEmpty, ifTarget },
        fingerprint: request.fingerprint === true,
        companionsTo: request.companionsTo ?? null,
        unfinished: there && file !== null && settings.unfinishedFile(server.key, collection) === file,
        targetModel: there ? settings.modelFor(server.key, collection) : null,
        usualModel: server.model,
      };
      if (dryRun) return { task, writes: null };
      const around: Framed<'import'>['around'] = (work) => {
        // The import may be creating its target: remembered, so that a later run can finish what this one may not.
        noted = !there && file !== null;
        if (noted) settings.setUnfinished(server.key, collection, file);
        if (!copies) return work(task);
        vault = place();
        return work({ ...task, safety: { vault, generator, source: server.key, pathKey: server.pathKey } });
      };
      return {
        ...{ around, writes: { key: `${server.key} ${collection}`, collection } },
        ...(copies ? { after: () => vaultKey(place()) } : {}),
      };
    },
    conclude: (
      { counts, totalVectors, createdCollection, targetFingerprint, safetyBackup, vaultId, model, companions, notices },
      durationMs,
    ) => {
      if (!dryRun) {
        // A note of another file stays: its own import is still to be finished.
        if (settings.unfinishedFile(server.key, collection) === file)
          settings.setUnfinished(server.key, collection, null);
        if (model !== null) settings.rememberModel(server.key, collection, model);
        if (vaultId !== null && vault !== null) settings.rememberVault(vault.dir, vaultId);
      }
      return {
        collection: asked,
        path,
        totalVectors,
        ...counts,
        ...{ targetFingerprint, safetyBackup, createdCollection },
        companions: [...companions],
        dryRun,
        durationMs,
        vectorsPerSecond: perSecond(totalVectors, durationMs),
        warnings: warnings(notices.map(({ code, params }) => ({ code, params: { ...params, dryRun } }))),
      };
    },
  });
  /** Where no target was made there is nothing to finish later. In doubt the note stays. */
  const forgetCreation = async (): Promise<void> => {
    const there = await isThere(openControl(await server.target(), undefined, 1), collection).catch(() => true);
    if (!there) settings.setUnfinished(server.key, collection, null);
  };
  const result = started.result.catch(async (fault: unknown) => {
    if (noted) await forgetCreation().catch(() => undefined);
    throw fault;
  });
  result.catch(() => undefined);
  return { ...started, result };
}
