import { Fault } from '../faults/fault.ts';
import type { Framed } from '../jobs/job-queue.ts';
import { isThere } from '../jobs/tasks/import-checks.ts';
import { catalogIn, type VaultPlace } from '../jobs/tasks/vault-place.ts';
import { openControl } from '../qdrant/control.ts';
import { findBackup } from '../vault/catalog.ts';
import { checkCollectionName, requireName } from '../qdrant/collection-name.ts';
import { perSecond, vaultKey, warnings, type VaultParts } from './job-parts.ts';
import { findServer, type Server } from './servers.ts';
import type { VaultPlaces } from './vault-places.ts';
import type { JobHandle, RestoreRequest, RestoreResult } from './types.ts';

/** A restore as a job of the service. A target that it begins to make is remembered, so that a later run can finish what this one may not. */
export function startRestore(
  { settings, local, generator, handle }: VaultParts,
  places: VaultPlaces,
  request: RestoreRequest,
): JobHandle<RestoreResult> {
  const { backup, onConflict, dryRun, safetyCopy, allowModelMismatch, mustBeEmpty = false, ifTarget } = request;
  let server: Server;
  let collection = '';
  const place = (): VaultPlace => places.of(request.vault);
  let vault = place();
  let made = false;
  const forget = (): void => {
    if (settings.unfinishedFile(server.key, collection) === unfinishedName(backup))
      settings.setUnfinished(server.key, collection, null);
  };
  return handle<'restore', RestoreResult>({
    kind: 'restore',
    title: request.collection ?? backup,
    prepare: async (signal) => {
      server = findServer(settings, local, request.connection);
      if (request.collection !== undefined) requireName(request.collection);
      const asked = request.collection ?? findBackup(await catalogIn(place()), backup).manifest.collection;
      const target = await server.target();
      const control = openControl(target, signal);
      collection = await control.resolve(asked);
      checkCollectionName(collection);
      const there = await isThere(control, collection);
      const task = {
        ...{ target, backup, collection, onConflict, dryRun, safetyCopy, allowModelMismatch, mustBeEmpty },
        ifTarget,
        generator,
        paths: request.paths === undefined ? null : [request.paths].flat(),
        companionsTo: request.companionsTo ?? null,
        source: server.key,
        unfinished: there && settings.unfinishedFile(server.key, collection) === unfinishedName(backup),
        targetModel: there ? settings.modelFor(server.key, collection) : null,
        usualModel: server.model,
        pathKey: server.pathKey,
      };
      const around: Framed<'restore'>['around'] = (work) => {
        if (dryRun) return places.reading(request.vault, (where) => work({ ...task, vault: where }));
        vault = place();
        begin();
        return work({ ...task, vault });
      };
      const begin = (): void => {
        made = !there;
        if (made) settings.setUnfinished(server.key, collection, unfinishedName(backup));
      };
      if (dryRun) return { around, writes: null };
      return {
        ...{ around, after: () => vaultKey(place()) },
        writes: { key: `${server.key} ${collection}`, collection },
      };
    },
    describe: async (fault) => {
      const { ours, ...params } = fault.params;
      // Where nothing was left behind, or what is there is another's, there is nothing to finish later. In doubt the note stays.
      const look = async (): Promise<boolean> => isThere(openControl(await server.target(), undefined, 1), collection);
      if (!dryRun && (ours === false || (made && !(await look().catch(() => true))))) forget();
      return new Fault(fault.code, params, { cause: fault.cause });
    },
    conclude: ({ plan, model, vaultId, notices, differences, companions, sendingMs, ...outcome }, durationMs) => {
      const counts = { new: plan.new, updated: plan.updated, skipped: plan.skipped, removed: plan.removed };
      if (!dryRun) {
        forget();
        if (model !== null) settings.rememberModel(server.key, collection, model);
        if (vaultId !== null) settings.rememberVault(vault.dir, vaultId);
      }
      return {
        backupName: backup,
        ...{ ...outcome, ...counts, dryRun, durationMs },
        differences: { count: differences.count, points: [...differences.points] },
        companions: [...companions],
        vectorsPerSecond: perSecond(counts.new + counts.updated, sendingMs),
        warnings: warnings(notices),
      };
    },
  });
}

/** Under which a restore that began to make its target is remembered; no file is called so. */
const unfinishedName = (backup: string): string => `backup ${backup}`;
