import { access } from 'node:fs/promises';
import { explainFault } from '../faults/explain.ts';
import { Fault, type Notice } from '../faults/fault.ts';
import type { Framed, Prepared } from '../jobs/job-queue.ts';
import { catalogIn, withVault, type VaultPlace } from '../jobs/tasks/vault-place.ts';
import { openControl } from '../qdrant/control.ts';
import { writeState, type BackupState } from '../vault/backup-state.ts';
import {
  backupBytes,
  bytesOfItsOwn,
  findBackup,
  readCatalog,
  vaultBytes,
  type Catalog,
  type StoredBackup,
} from '../vault/catalog.ts';
import { acceptedWith, deleteBackups, planPrune } from '../vault/prune.ts';
import { SAFETY } from '../vault/rotation.ts';
import { openVault } from '../vault/vault.ts';
import type { Damage } from '../vault/verify.ts';
import { withChoices } from './collection-choices.ts';
import { checkCollectionName, requireName } from '../qdrant/collection-name.ts';
import { perSecond, vaultKey, warnings, type VaultParts } from './job-parts.ts';
import { startDrill } from './drill-service.ts';
import { startMove } from './move-service.ts';
import { startRestore } from './restore-service.ts';
import { findServer } from './servers.ts';
import type { Service } from './service.ts';
import type { VaultPlaces } from './vault-places.ts';
import type { BackupResult, BackupSummary, PruneRequest, PruneResult, VerifyResult, Warning } from './types.ts';

type VaultMethods = Pick<
  Service,
  | 'vaultFolder'
  | 'setVaultFolder'
  | 'listBackups'
  | 'manifestOf'
  | 'pinBackup'
  | 'acceptShrink'
  | 'prune'
  | 'backUp'
  | 'restoreBackup'
  | 'verifyBackups'
  | 'drill'
  | 'moveVault'
  | 'diff'
  | 'exportBackup'
>;

const never = new AbortController().signal;
const REASON = 'manual';
const LONGEST_REASON = 100;

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** The part of the service that has to do with backups. */
export function createVaultService(parts: VaultParts, places: VaultPlaces): VaultMethods {
  const { settings, local, generator, handle, inTurn } = parts;
  const changeState = async (
    vault: string | undefined,
    change: Partial<BackupState>,
    of: (catalog: Catalog) => readonly StoredBackup[],
  ): Promise<void> => {
    await places.writing(vault, (where) =>
      inTurn(vaultKey(where), () =>
        withVault(where, { purpose: 'change', create: false, signal: never }, async (_, catalog) => {
          for (const { folder, manifest, state } of of(catalog))
            await writeState(folder, manifest.name, { ...state, ...change });
        }),
      ),
    );
  };

  const prune = async ({ vault, keep, dryRun }: PruneRequest): Promise<PruneResult> => {
    const answer = async (catalog: Catalog) => {
      const plan = await planPrune(catalog, keep, Date.now());
      return {
        removed: [...plan.remove],
        kept: plan.keep.map(({ name, why }) => ({ backupName: name, why: [...why] })),
        bytesFreed: plan.bytesFreed,
        dryRun,
        warnings: warnings(plan.notices),
      };
    };
    if (dryRun) return places.reading(vault, async (where) => answer(await catalogIn(where)));
    return places.writing(vault, (where) =>
      inTurn(vaultKey(where), () =>
        withVault(where, { purpose: 'rotation', create: false, signal: never }, async (writable, catalog) => {
          const result = await answer(catalog);
          const bytesFreed = await deleteBackups(writable, catalog, result.removed);
          return { ...result, bytesFreed };
        }),
      ),
    );
  };
  /** After a backup in the vault of the settings, by their rules. That it fails is no reason to doubt the backup. */
  const rotate = async (
    vault: string | undefined,
  ): Promise<{ rotation: BackupResult['rotation']; told: Warning[] }> => {
    const { keep } = settings.protection();
    if (keep === null || vault !== undefined) return { rotation: null, told: [] };
    try {
      const { removed, bytesFreed, warnings: told } = await prune({ keep, dryRun: false });
      return { rotation: { removed, bytesFreed }, told };
    } catch (error) {
      const reason = explainFault(Fault.from(error)).message;
      return { rotation: null, told: warnings([{ code: 'ROTATION_FAILED', params: { reason } }]) };
    }
  };

  return {
    vaultFolder: () => settings.vaultFolder(),
    setVaultFolder: (path) => settings.setVaultFolder(path),
    listBackups: ({ vault, collection }) =>
      places.reading(vault, async ({ dir, expected, named }) => {
        if ((await openVault(dir)) === null) {
          // There was one, or should be: a drive that is unplugged must not look like an index that was never backed up.
          if (expected !== null || (named === true && !(await isThere(dir))))
            throw new Fault('VAULT_GONE', { path: dir });
          return { vault: dir, backups: [], vaultBytes: 0, warnings: [] };
        }
        const catalog = await readCatalog(dir);
        const own = bytesOfItsOwn(catalog);
        const backups = catalog.backups.flatMap((backup) => {
          if (collection !== undefined && backup.manifest.collection !== collection) return [];
          return [summaryOf(backup, own.get(backup.manifest.name) ?? 0)];
        });
        const notices = catalog.unreadable.map(({ name, fault }): Notice => ({
          code: 'BACKUP_UNREADABLE',
          params: { backup: name, path: fault.params['path'] },
        }));
        return {
          vault: dir,
          backups: backups.reverse(),
          vaultBytes: await vaultBytes(dir),
          warnings: warnings(notices),
        };
      }),
    manifestOf: (backup, vault) =>
      places.reading(vault, async (where) => ({ ...findBackup(await catalogIn(where), backup).manifest })),
    pinBackup: (backup, pinned, vault) => changeState(vault, { pinned }, (catalog) => [findBackup(catalog, backup)]),
    acceptShrink: (backup, vault) =>
      changeState(vault, { accepted: true }, (catalog) => acceptedWith(catalog, findBackup(catalog, backup))),
    prune,

    backUp: (request) => {
      const where = (): VaultPlace => {
        const known = places.of(request.vault);
        return request.newVault === true ? { ...known, expected: null } : known;
      };
      let vault = where();
      let source = '';
      const fresh = request.orFresh === true ? { freshFor: Date.now() } : {};
      return handle({
        kind: 'backup',
        title: request.collection,
        connection: 'name' in request.connection ? request.connection.name : null,
        prepare: async (signal) => {
          requireName(request.collection);
          const reason = request.reason?.trim() ?? REASON;
          if (reason === '' || reason.length > LONGEST_REASON)
            throw new Fault('USAGE', { reason: `A reason has 1 to ${LONGEST_REASON} characters.` });
          if (reason.toLowerCase() === SAFETY)
            throw new Fault('USAGE', { reason: `The reason "${SAFETY}" is kept for the copies that a restore makes.` });
          const server = findServer(settings, local, request.connection);
          source = server.key;
          const target = await server.target();
          const collection = await openControl(target, signal).resolve(request.collection);
          checkCollectionName(collection);
          const task = {
            ...{ target, collection, reason, generator, source },
            companions: request.companions ?? settings.companionsOf(server.key, collection),
            // Those of the last time may have gone meanwhile, which is no reason to have no backup.
            mayLackCompanions: request.companions === undefined,
            pin: request.pin === true,
            ...fresh,
            model: settings.modelFor(server.key, collection),
            usualModel: server.model,
            pathKey: server.pathKey,
          };
          const around: Framed<'backup'>['around'] = (work) => {
            vault = where();
            return work({ ...task, vault });
          };
          return { writes: null, after: () => vaultKey(where()), around };
        },
        describe: (fault) => withChoices(fault, async () => findServer(settings, local, request.connection).target()),
        conclude: async ({ name, changes, vaultId, notices, reused, ...outcome }, durationMs) => {
          settings.rememberVault(vault.dir, vaultId);
          if (request.companions !== undefined) settings.setCompanions(source, outcome.collection, request.companions);
          const { rotation, told } = reused ? { rotation: null, told: [] } : await rotate(request.vault);
          return {
            backupName: name,
            ...{ ...outcome, collection: request.collection, ...changes },
            verified: true,
            ...{ rotation, durationMs },
            warnings: [...warnings(notices), ...told],
          };
        },
      });
    },
    restoreBackup: (request) => startRestore(parts, places, request),
    drill: (request) => startDrill(parts, places, request),
    moveVault: (to) => startMove(parts, places, to),
    verifyBackups: ({ vault, backup, full }) =>
      handle({
        kind: 'verify',
        title: backup ?? 'all backups',
        prepare: () =>
          Promise.resolve<Prepared<'verify'>>({
            around: (work) => places.reading(vault, (where) => work({ vault: where, backup: backup ?? null, full })),
            writes: null,
          }),
        conclude: ({ backups, damage, leftovers }, durationMs) => ({
          backups: backups.map(({ name, damage: found }) => ({
            backupName: name,
            ok: found.length === 0,
            problems: found.map((one) => problemOf(one, name)),
          })),
          problems: damage.map((one) => problemOf(one)),
          leftovers: [...leftovers],
          ...{ full, durationMs },
        }),
      }),
    diff: ({ vault, from, to }) =>
      handle({
        kind: 'diff',
        title: from,
        prepare: async () => {
          const live = async (of: Extract<typeof to, { connection: unknown }>) => {
            const server = findServer(settings, local, of.connection);
            return { target: await server.target(), collection: of.collection ?? null, pathKey: server.pathKey };
          };
          const other = 'backup' in to ? to : await live(to);
          return {
            around: (work) => places.reading(vault, (where) => work({ vault: where, from, to: other })),
            writes: null,
          };
        },
        conclude: ({ paths, ...outcome }, durationMs) => ({ from, ...outcome, paths: [...paths], durationMs }),
      }),
    exportBackup: ({ vault, backup, path, compress, replace }) =>
      handle({
        kind: 'export-backup',
        title: backup,
        prepare: () =>
          Promise.resolve<Prepared<'export-backup'>>({
            around: (work) =>
              places.reading(vault, (where) => work({ vault: where, backup, path, compress, replace, generator })),
            writes: { key: `file ${path}`, collection: backup },
          }),
        conclude: ({ notices, ...outcome }, durationMs) => ({
          ...{ path, ...outcome, durationMs },
          compressionRatio: outcome.bytes > 0 ? Math.round((outcome.rawBytes / outcome.bytes) * 100) / 100 : 1,
          vectorsPerSecond: perSecond(outcome.totalVectors, durationMs),
          warnings: warnings(notices),
        }),
      }),
  };
}

/** Damage in words. */
function problemOf(damage: Damage, backup?: string): VerifyResult['problems'][number] {
  const { message } = explainFault(
    new Fault('BACKUP_DAMAGED', { ...damage, ...(backup === undefined ? {} : { backup }) }),
  );
  return { code: damage.reason, message, path: damage.path };
}

function summaryOf(backup: StoredBackup, bytesUnique: number): BackupSummary {
  const { manifest, state } = backup;
  return {
    backupName: manifest.name,
    collection: manifest.collection,
    source: manifest.source,
    createdAt: manifest.created_at,
    reason: manifest.reason,
    totalVectors: manifest.total_vectors,
    dimensions: manifest.dimensions,
    model: manifest.model,
    bytes: backupBytes(backup),
    bytesUnique,
    verifiedAt: state.verified_at,
    pinned: state.pinned,
    // A safety copy shows what an accident left, and freezes nothing.
    shrankFrom: state.accepted || manifest.reason === SAFETY ? null : manifest.shrank_from,
    companions: manifest.companions.map(({ name }) => name),
  };
}
