import { join } from 'node:path';
import { explainFault } from '../faults/explain.ts';
import { explainNotice } from '../faults/notices.ts';
import { Fault, type Notice } from '../faults/fault.ts';
import type { JobKind } from '../jobs/port.ts';
import type { JobOrder } from '../jobs/job-queue.ts';
import { isThere } from '../jobs/tasks/import-checks.ts';
import { withVault, type VaultPlace } from '../jobs/tasks/vault-place.ts';
import { openControl } from '../qdrant/control.ts';
import type { Settings } from '../settings/settings.ts';
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
import { deleteBackups, planPrune } from '../vault/prune.ts';
import { openVault } from '../vault/vault.ts';
import type { Damage } from '../vault/verify.ts';
import { withChoices } from './collection-choices.ts';
import { checkCollectionName, requireName } from './collection-name.ts';
import type { LocalQdrant } from './local-qdrant.ts';
import { findServer, type Server } from './servers.ts';
import type { Service } from './service.ts';
import type { BackupSummary, JobHandle, RestoreResult, VerifyResult, Warning } from './types.ts';

export interface VaultParts {
  readonly settings: Settings;
  readonly local: LocalQdrant;
  readonly generator: string;
  readonly handle: <K extends JobKind, T>(order: JobOrder<K, T>) => JobHandle<T>;
}

type VaultMethods = Pick<
  Service,
  | 'vaultFolder'
  | 'setVaultFolder'
  | 'listBackups'
  | 'pinBackup'
  | 'acceptShrink'
  | 'prune'
  | 'backUp'
  | 'restoreBackup'
  | 'verifyBackups'
  | 'diff'
  | 'exportBackup'
>;

const warnings = (notices: readonly Notice[]): Warning[] => notices.map(explainNotice);
const never = new AbortController().signal;
const REASON = 'manual';
const LONGEST_REASON = 100;

/** The part of the service that has to do with backups. */
export function createVaultService({ settings, local, generator, handle }: VaultParts): VaultMethods {
  const place = (vault: string | undefined): VaultPlace => {
    const dir = vault ?? settings.vaultFolder();
    return { dir, expected: settings.vaultId(dir) };
  };
  const changeState = async (name: string, vault: string | undefined, change: Partial<BackupState>): Promise<void> => {
    await withVault(place(vault), { purpose: 'change', create: false, signal: never }, async (_, catalog) => {
      const { folder, state } = findBackup(catalog, name);
      await writeState(folder, name, { ...state, ...change });
    });
  };

  return {
    vaultFolder: () => settings.vaultFolder(),
    setVaultFolder: (path) => settings.setVaultFolder(path),
    listBackups: async ({ vault, collection }) => {
      const { dir } = place(vault);
      if ((await openVault(dir)) === null) return { vault: dir, backups: [], vaultBytes: 0, warnings: [] };
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
      return { vault: dir, backups: backups.reverse(), vaultBytes: await vaultBytes(dir), warnings: warnings(notices) };
    },
    pinBackup: (backup, pinned, vault) => changeState(backup, vault, { pinned }),
    acceptShrink: (backup, vault) => changeState(backup, vault, { accepted: true }),
    prune: async ({ vault, keep, dryRun }) => {
      const where = place(vault);
      const answer = (catalog: Catalog) => {
        const plan = planPrune(catalog, keep, Date.now());
        return {
          removed: [...plan.remove],
          kept: plan.keep.map(({ name, why }) => ({ backupName: name, why: [...why] })),
          bytesFreed: plan.bytesFreed,
          dryRun,
          warnings: warnings(plan.notices),
        };
      };
      if (dryRun) return answer((await openVault(where.dir)) === null ? EMPTY : await readCatalog(where.dir));
      return withVault(where, { purpose: 'rotation', create: false, signal: never }, async (writable, catalog) => {
        const result = answer(catalog);
        await deleteBackups(writable, catalog, result.removed);
        return result;
      });
    },

    backUp: (request) => {
      const vault = place(request.vault);
      return handle({
        kind: 'backup',
        title: request.collection,
        prepare: async (signal) => {
          requireName(request.collection);
          const reason = request.reason?.trim() ?? REASON;
          if (reason === '' || reason.length > LONGEST_REASON)
            throw new Fault('USAGE', { reason: `A reason has 1 to ${LONGEST_REASON} characters.` });
          const server = findServer(settings, local, request.connection);
          const target = await server.target();
          const collection = await openControl(target, signal).resolve(request.collection);
          checkCollectionName(collection);
          if (request.companions !== undefined) settings.setCompanions(server.key, collection, request.companions);
          const task = {
            ...{ target, collection, vault, reason, generator },
            source: server.key,
            companions: request.companions ?? settings.companionsOf(server.key, collection),
            pin: request.pin === true,
            model: settings.modelFor(server.key, collection),
            usualModel: server.model,
            pathKey: server.pathKey,
          };
          return { task, writes: null, after: vaultKey(vault) };
        },
        describe: (fault) => withChoices(fault, async () => findServer(settings, local, request.connection).target()),
        conclude: ({ name, changes, vaultId, notices, ...outcome }, durationMs) => {
          settings.rememberVault(vault.dir, vaultId);
          return {
            backupName: name,
            ...{ ...outcome, collection: request.collection, ...changes },
            verified: true,
            durationMs,
            warnings: warnings(notices),
          };
        },
      });
    },
    restoreBackup: (request) => {
      const vault = place(request.vault);
      const { backup, onConflict, dryRun, safetyCopy, allowModelMismatch } = request;
      let server: Server;
      let collection = '';
      let made = false;
      const started = handle<'restore', RestoreResult>({
        kind: 'restore',
        title: request.collection ?? backup,
        prepare: async (signal) => {
          server = findServer(settings, local, request.connection);
          if (request.collection !== undefined) requireName(request.collection);
          const asked = request.collection ?? findBackup(await readCatalog(vault.dir), backup).manifest.collection;
          const target = await server.target();
          const control = openControl(target, signal);
          collection = await control.resolve(asked);
          checkCollectionName(collection);
          const there = await isThere(control, collection);
          const task = {
            ...{ target, vault, backup, collection, onConflict, dryRun, safetyCopy, allowModelMismatch, generator },
            paths: request.paths ?? null,
            companionsTo: request.companionsTo ?? null,
            source: server.key,
            unfinished: there && settings.unfinishedFile(server.key, collection) === unfinishedName(backup),
            targetModel: there ? settings.modelFor(server.key, collection) : null,
            usualModel: server.model,
            pathKey: server.pathKey,
          };
          if (dryRun) return { task, writes: null };
          const begin = (): void => {
            made = !there;
            if (made) settings.setUnfinished(server.key, collection, unfinishedName(backup));
          };
          return {
            ...{ task, begin, after: vaultKey(vault) },
            writes: { key: `${server.key} ${collection}`, collection },
          };
        },
        describe: (fault) => Promise.resolve(fault),
        conclude: ({ plan, model, vaultId, notices, differences, companions, sendingMs, ...outcome }, durationMs) => {
          const { destroys: _, ...counts } = plan;
          if (!dryRun) {
            if (settings.unfinishedFile(server.key, collection) === unfinishedName(backup))
              settings.setUnfinished(server.key, collection, null);
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
      const result = started.result.catch(async (fault: unknown) => {
        // Where nothing was left behind there is nothing to finish later. In doubt the note stays.
        const control = openControl(await server.target(), undefined, 1);
        if (made && !(await isThere(control, collection).catch(() => true)))
          settings.setUnfinished(server.key, collection, null);
        throw fault;
      });
      result.catch(() => undefined);
      return { ...started, result };
    },
    verifyBackups: ({ vault, backup, full }) =>
      handle({
        kind: 'verify',
        title: backup ?? 'all backups',
        prepare: () => Promise.resolve({ task: { vault: place(vault), backup: backup ?? null, full }, writes: null }),
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
          if ('backup' in to) return { task: { vault: place(vault), from, to }, writes: null };
          const server = findServer(settings, local, to.connection);
          const live = { target: await server.target(), collection: to.collection ?? null, pathKey: server.pathKey };
          return { task: { vault: place(vault), from, to: live }, writes: null };
        },
        conclude: ({ paths, ...outcome }, durationMs) => ({ from, ...outcome, paths: [...paths], durationMs }),
      }),
    exportBackup: ({ vault, backup, path, compress, replace }) =>
      handle({
        kind: 'export-backup',
        title: backup,
        prepare: () =>
          Promise.resolve({
            task: { vault: place(vault), backup, path, compress, replace, generator },
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

/** Under which a restore that began to make its target is remembered; no file is called so. */
const unfinishedName = (backup: string): string => `backup ${backup}`;

const perSecond = (points: number, ms: number): number => (ms > 0 ? Math.round((points * 1000) / ms) : points);

/** Damage in words. */
function problemOf(damage: Damage, backup?: string): VerifyResult['problems'][number] {
  const { message } = explainFault(
    new Fault('BACKUP_DAMAGED', { ...damage, ...(backup === undefined ? {} : { backup }) }),
  );
  return { code: damage.reason, message, path: damage.path };
}

const EMPTY: Catalog = { backups: [], unreadable: [], folders: [] };

/** Jobs of this process that write to one vault wait for each other. */
const vaultKey = ({ dir }: VaultPlace): string => `vault ${join(dir)}`;

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
    shrankFrom: state.accepted ? null : manifest.shrank_from,
    companions: manifest.companions.map(({ name }) => name),
  };
}
