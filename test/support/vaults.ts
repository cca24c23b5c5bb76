/** Vaults on real files without any Qdrant: backups of points that are given as texts, in the steps that a job takes. */
import { PointHasher } from '../../main/points/point-hash.ts';
import { idText } from '../../main/points/point-id.ts';
import { PointScanner } from '../../main/points/point-scanner.ts';
import { PointValuesReader } from '../../main/points/point-values.ts';
import { dimensionsOf, type VectorSchema } from '../../main/points/vector-schema.ts';
import { VectorShapes } from '../../main/points/vector-shapes.ts';
import { pointRuns } from '../../main/vault/backup-points.ts';
import { rowsOf } from '../../main/vault/backup-rows.ts';
import { writeState, type BackupState } from '../../main/vault/backup-state.ts';
import { BackupWriter, type PublishedBackup } from '../../main/vault/backup-writer.ts';
import { findBackup, idFromBackups, readCatalog, type StoredBackup } from '../../main/vault/catalog.ts';
import type { CompanionFile } from '../../main/vault/companions.ts';
import { Selection } from '../../main/vault/compare.ts';
import { deleteBackups, planPrune } from '../../main/vault/prune.ts';
import type { RotationPolicy } from '../../main/vault/rotation.ts';
import { lockVault, type WritableVault } from '../../main/vault/vault.ts';
import { checkSurroundings, Verifier, type CheckedBackup, type Damage } from '../../main/vault/verify.ts';
import { never } from './archives.ts';
import { takenPoints } from './segments.ts';

export const SOURCE = 'http://localhost:6333';
export const PLAIN: VectorSchema = new Map([['', { kind: 'dense', size: 4 }]]);

export interface Taking {
  readonly collection?: string;
  readonly schema?: VectorSchema;
  /** When reading began; default: now. */
  readonly at?: Date;
  readonly reason?: string;
  readonly pinned?: boolean;
  readonly companions?: readonly CompanionFile[];
  /** Folder for what lets unchanged points be known by their text. */
  readonly textsIn?: string;
  /** The program that takes texts apart. */
  readonly reader?: string;
  /** A point was known by it. */
  readonly known?: () => void;
  /** What somebody else does once all points are written, before the backup counts. */
  readonly meanwhile?: () => void;
}

/** Does `work` under the lock, which must be free at once. */
export async function withLock<T>(dir: string, work: (vault: WritableVault) => Promise<T>, create = false): Promise<T> {
  const wish = { purpose: 'test', signal: never, waitMs: 0, expected: null, idFromBackups };
  const vault = await lockVault(dir, { ...wish, create });
  try {
    return await work(vault);
  } finally {
    await vault.release();
  }
}

/** Takes a backup of points: texts in id order. Throws as the product does. */
export function takeFrom(dir: string, points: readonly string[], options: Taking = {}): Promise<PublishedBackup> {
  const { collection = 'code', schema = PLAIN, at = new Date(), reason = 'test', pinned = false } = options;
  const take = async (vault: WritableVault): Promise<PublishedBackup> => {
    const { textsIn, known, reader = 'vectorkeep test' } = options;
    const plan = { source: SOURCE, collection, schema, sharded: false, createdAt: at, signal: never };
    const writer = await BackupWriter.begin(vault, await readCatalog(dir), { ...plan, textsIn, reader });
    try {
      for (const { values, buf, hash } of takenPoints(points)) {
        if (writer.isKnown(values.id, buf.subarray(0, -1))) known?.();
        else writer.add(values, buf, hash);
      }
      if (writer.full) await writer.flush();
      await writer.finish();
      options.meanwhile?.();
      return await writer.publish(
        {
          ...{ reason, qdrant_version: '1.16.3', generator: 'vectorkeep test', dimensions: dimensionsOf(schema) },
          ...{ model: 'some-model', path_key: 'path', moved: null, settings: {} },
        },
        { companions: options.companions ?? [], pinned },
      );
    } catch (error) {
      await writer.discard();
      throw error;
    }
  };
  return withLock(dir, take, true);
}

/** Deletes what the policy lets go; the names. */
export function prune(dir: string, policy: RotationPolicy, now = Date.now()): Promise<readonly string[]> {
  return withLock(dir, async (vault) => {
    const catalog = await readCatalog(dir);
    const { remove } = await planPrune(catalog, policy, now);
    await deleteBackups(vault, catalog, remove);
    return remove;
  });
}

export function changeState(dir: string, name: string, change: Partial<BackupState>): Promise<void> {
  return withLock(dir, async () => {
    const { folder, state } = findBackup(await readCatalog(dir), name);
    await writeState(folder, name, { ...state, ...change });
  });
}

export interface Verified {
  readonly backups: readonly CheckedBackup[];
  /** Backups whose manifest is gone or unreadable. */
  readonly lost: readonly CheckedBackup[];
  /** Of the vault itself. */
  readonly damage: readonly Damage[];
  readonly leftovers: readonly string[];
}

/** Everything that a verification looks at, every point unless `full` is false. */
export async function verify(dir: string, { full = true } = {}): Promise<Verified> {
  const catalog = await readCatalog(dir);
  const { lost, damage, leftovers } = await checkSurroundings(dir, catalog);
  const verifier = new Verifier(dir, { full, signal: never });
  const backups: CheckedBackup[] = [];
  for (const one of catalog.backups) backups.push(await verifier.check(one));
  return { backups, lost, damage, leftovers };
}

/** Id and hash of each point. */
export type Contents = ReadonlyMap<string, string>;

export function contentsOf(points: readonly string[]): Contents {
  const found = new Map<string, string>();
  for (const { values, hash } of takenPoints(points)) found.set(idText(values.id), Buffer.from(hash).toString('hex'));
  return found;
}

/** The same from the hashes that stand in the segments: good for a backup that was verified. */
export function storedHashes({ folder, manifest }: StoredBackup): Contents {
  const found = new Map<string, string>();
  const rows = rowsOf(folder, manifest.segments);
  try {
    while (rows.next()) {
      const id = idText(rows.id);
      if (found.has(id)) throw new Error(`The backup has point ${id} twice.`);
      found.set(id, Buffer.from(rows.hash).toString('hex'));
    }
  } finally {
    rows.close();
  }
  return found;
}

/** What a restore of the backup would send. Throws BACKUP_DAMAGED, or an error when a point comes twice. */
export async function contents(dir: string, name: string): Promise<Contents> {
  return contentsOfStored(findBackup(await readCatalog(dir), name));
}

export async function contentsOfStored(backup: StoredBackup): Promise<Contents> {
  const found = new Map<string, string>();
  const scanner = new PointScanner(new VectorShapes());
  const reader = new PointValuesReader();
  const hasher = new PointHasher();
  for await (const { text, points } of pointRuns(Selection.all(backup), never)) {
    const buf = Buffer.concat([text, Buffer.alloc(1)]);
    scanner.load(buf, 0, text.length, 0);
    for (let n = 0; n < points; n++) {
      if (n > 0 && scanner.peek() === 0x2c) scanner.pos++;
      scanner.scanPoint();
      const values = reader.read(scanner);
      const id = idText(values.id);
      if (found.has(id)) throw new Error(`The backup gives point ${id} back twice.`);
      found.set(id, hasher.hash(values, buf).toString('hex'));
    }
  }
  return found;
}
