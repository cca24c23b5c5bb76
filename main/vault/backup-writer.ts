import { basename, join } from 'node:path';
import { Fault } from '../faults/fault.ts';
import { makeFolder } from '../files/folder.ts';
import { TemporaryFile, writeWhole } from '../files/temporary-file.ts';
import { compareIds, type PointId } from '../points/point-id.ts';
import { Fingerprint } from '../points/point-hash.ts';
import type { PointValues } from '../points/point-values.ts';
import type { VectorSchema } from '../points/vector-schema.ts';
import { sumRows } from './backup-rows.ts';
import { writeState } from './backup-state.ts';
import { freeName, readCatalog, type Catalog } from './catalog.ts';
import { storeCompanions, type CompanionFile } from './companions.ts';
import { PointTexts, textsPath } from './point-texts.ts';
import { backupName, BACKUPS, folderName, manifestPath, SEGMENTS, segmentPath, sumsPath } from './layout.ts';
import { printManifest, sumsText, type ManifestBody, type SegmentRef } from './manifest.ts';
import { MergedRows } from './merged-rows.ts';
import { chooseParent, type Parent } from './parent.ts';
import { checkSegment } from './segment-check.ts';
import { SegmentWriter } from './segment-writer.ts';
import { sweepFolder } from './sweep.ts';
import type { WritableVault } from './vault.ts';

export interface BackupPlan {
  readonly source: string;
  readonly collection: string;
  readonly schema: VectorSchema;
  /** Points name shard keys. */
  readonly sharded: boolean;
  readonly createdAt: Date;
  readonly signal: AbortSignal;
  /** Folder of this machine for PointTexts; undefined: every point is taken apart. */
  readonly textsIn?: string | undefined;
  /** Name and version of this program. */
  readonly reader: string;
}

/** What the one who takes the backup knows of it. */
export type BackupFacts = Pick<
  ManifestBody,
  'reason' | 'qdrant_version' | 'generator' | 'dimensions' | 'model' | 'path_key' | 'moved' | 'settings'
>;

export interface PublishedBackup {
  readonly manifest: ManifestBody;
  readonly bytesAdded: number;
}

/**
 * Writes one backup: call `add` for every point in id order that is not `isKnown` and `flush` when it is full, then `finish`,
 * then `publish`; `discard` at any failure. Only what the parent does not have is written, and it is decoded from the disk and
 * compared before the backup counts.
 */
export class BackupWriter {
  readonly counts = { new: 0, changed: 0, removed: 0, same: 0 };
  readonly name: string;
  readonly parent: Parent;
  readonly #vault: WritableVault;
  readonly #plan: BackupPlan;
  readonly #folder: string;
  readonly #rows: MergedRows;
  readonly #file: TemporaryFile;
  readonly #segment: SegmentWriter;
  readonly #fingerprint = new Fingerprint();
  readonly #written = new Fingerprint();
  /** Of the parent's rows that came by. */
  readonly #before = new Fingerprint();
  #position = 0;
  /** The parent's next row that no point has been compared with. */
  #ahead: boolean;
  /** Its number among the parent's rows. */
  #parentRow = 0;
  readonly #texts: PointTexts | null;
  #bytesAdded = 0;
  #publishing = false;
  #ref: SegmentRef | null = null;

  private constructor(
    vault: WritableVault,
    plan: BackupPlan,
    at: { folder: string; name: string; parent: Parent; file: TemporaryFile; texts: PointTexts | null },
  ) {
    this.#vault = vault;
    this.#plan = plan;
    this.#folder = at.folder;
    this.name = at.name;
    this.parent = at.parent;
    this.#file = at.file;
    this.#texts = at.texts;
    this.#segment = new SegmentWriter(plan.schema, (bytes) => this.#write(bytes), { sharded: plan.sharded });
    this.#rows = new MergedRows(at.parent.sources);
    this.#ahead = this.#rows.next();
  }

  /** Sweeps what killed runs left, and looks at what the newest backup of the collection holds. Throws FILE_*, NO_SPACE. */
  static async begin(vault: WritableVault, catalog: Catalog, plan: BackupPlan): Promise<BackupWriter> {
    const folder = join(vault.dir, folderName(plan.source, plan.collection));
    await vault.check();
    await makeFolder(folder);
    // In this order: segments without a folder for manifests are none that this left.
    await makeFolder(join(folder, BACKUPS));
    await makeFolder(join(folder, SEGMENTS));
    await sweepFolder(folder, catalog, vault.check);
    const parent = await chooseParent(catalog, { folder, at: plan.createdAt, signal: plan.signal });
    const name = freeName(catalog, backupName(plan.collection, plan.createdAt));
    const file = await TemporaryFile.createIn(join(folder, SEGMENTS));
    const { manifest: before, damaged } = parent;
    // Of a parent that is damaged not all rows are compared with, and their numbers would be others.
    const points = before === null || damaged > 0 ? null : { ...before, points: before.total_vectors };
    const { textsIn, createdAt, reader } = plan;
    const textsAt = textsIn && textsPath(textsIn, vault.id, basename(folder));
    const texts = textsAt === undefined ? null : await PointTexts.open(textsAt, points, { reader, at: createdAt });
    try {
      return new BackupWriter(vault, plan, { folder, name, parent, file, texts });
    } catch (error) {
      await file.discard();
      await texts?.close();
      throw error;
    }
  }

  /** So much waits in memory that `flush` should be called. */
  full = false;

  /** `isKnown` may say true. */
  get knowsTexts(): boolean {
    return this.#texts?.hasKnown === true;
  }

  /**
   * The next point: whether the parent has it, of the very same text, where it can stay. Then it is counted, and that is
   * all there is to do.
   */
  isKnown(id: PointId, text: Uint8Array): boolean {
    if (this.#texts === null) return false;
    while (this.#ahead && compareIds(this.#rows.id, id) < 0) this.#gone();
    const there = this.#ahead && compareIds(this.#rows.id, id) === 0;
    const known = this.#texts.isKnown(text, there ? this.#parentRow : -1);
    if (this.#texts.full) this.full = true;
    if (!known || !this.parent.stays(this.#rows.source)) return false;
    this.#fingerprint.add(this.#rows.hash);
    this.counts.same++;
    this.#advance();
    return true;
  }

  /** A point and its hash; `buf` is where its spans lie. */
  add(values: PointValues, buf: Uint8Array, hash: Uint8Array): void {
    this.#fingerprint.add(hash);
    while (this.#ahead && compareIds(this.#rows.id, values.id) < 0) this.#gone();
    if (!this.#ahead || compareIds(this.#rows.id, values.id) !== 0) {
      this.counts.new++;
      this.#take(values, buf, hash);
      return;
    }
    const { source, row } = this.#rows;
    const same = Buffer.compare(this.#rows.hash, hash) === 0;
    this.#advance();
    const stays = same && this.parent.stays(source);
    if (same) this.counts.same++;
    else this.counts.changed++;
    if (stays) return;
    this.parent.bury(source, row);
    this.#take(values, buf, hash);
  }

  #gone(): void {
    this.counts.removed++;
    this.parent.bury(this.#rows.source, this.#rows.row);
    this.#advance();
  }

  #advance(): void {
    this.#before.add(this.#rows.hash);
    this.#ahead = this.#rows.next();
    this.#parentRow++;
  }

  #take(values: PointValues, buf: Uint8Array, hash: Uint8Array): void {
    this.#written.add(hash);
    if (this.#segment.add(values, buf, hash)) this.full = true;
  }

  async flush(): Promise<void> {
    this.full = false;
    await this.#segment.flush();
    await this.#texts?.flush();
  }

  /** Bytes written so far. */
  get bytes(): number {
    return this.#position;
  }

  async #write(bytes: Buffer): Promise<void> {
    await this.#file.writeAt(bytes, this.#position);
    this.#position += bytes.length;
  }

  /** All points were added. Ends the segment and reads it back. Throws WRITE_FAILED when that is not what was written. */
  async finish(): Promise<void> {
    while (this.#ahead) this.#gone();
    this.#rows.close();
    const { manifest: parent, damaged } = this.parent;
    // Their checksums were right just before.
    if (parent !== null && damaged === 0 && this.#before.digest() !== parent.fingerprint)
      throw new Fault('WRITE_FAILED', { path: this.#folder, reason: 'what it builds on was exchanged meanwhile' });
    const { rows, bytes, sha256 } = await this.#segment.finish();
    if (rows === 0) {
      await this.#file.discard();
      return;
    }
    const { signal } = this.#plan;
    const found = await checkSegment(this.#file.path, { signal }).catch(noneIfDamaged);
    if (found?.rows !== rows || found.fingerprint.digest() !== this.#written.digest())
      throw new Fault('WRITE_FAILED', {
        path: this.#folder,
        reason: 'what was read back is not what was written',
      });
    this.#ref = { sha256, bytes, rows, dead: '' };
  }

  /** From here on the backup counts. */
  async publish(
    facts: BackupFacts,
    { companions, pinned }: { readonly companions: readonly CompanionFile[]; readonly pinned: boolean },
  ): Promise<PublishedBackup> {
    const { source, collection, createdAt, signal } = this.#plan;
    signal.throwIfAborted();
    await this.#vault.check();
    const folder = this.#folder;
    this.#publishing = true;
    // First: should this be killed, it says why no backup names the segment.
    const state = { pinned, verified_at: new Date().toISOString(), accepted: false, published: false };
    await writeState(folder, this.name, state);
    if (this.#ref !== null) {
      const { sha256, bytes } = this.#ref;
      // A file of that name has the same content, or is damaged.
      await this.#file.publish({ as: segmentPath(folder, sha256), replace: true, size: bytes });
      this.#bytesAdded += bytes;
    }
    const carried = await storeCompanions(folder, companions);
    this.#bytesAdded += carried.bytesAdded;
    const total = this.#fingerprint.count;
    const before = this.parent.usualPoints;
    const { new: added, changed, removed } = this.counts;
    const manifest: ManifestBody = {
      vault_id: this.#vault.id,
      name: this.name,
      collection,
      source,
      created_at: createdAt.toISOString(),
      ...facts,
      total_vectors: total,
      parent: this.parent.manifest?.name ?? null,
      changes: { new: added, changed, removed },
      fingerprint: this.#fingerprint.digest(),
      shrank_from: before > 0 && total * 2 <= before ? before : null,
      segments: [...this.parent.remaining(), ...(this.#ref === null ? [] : [this.#ref])],
      companions: carried.refs,
    };
    await this.#proveWhole(manifest);
    const text = printManifest(manifest);
    const sums = sumsText(manifest, text);
    await writeWhole(sumsPath(folder, this.name), Buffer.from(sums), { replace: true });
    await this.#vault.check();
    signal.throwIfAborted();
    await writeWhole(manifestPath(folder, this.name), Buffer.from(text), { replace: false });
    await writeState(folder, this.name, { ...state, published: true });
    this.#bytesAdded += Buffer.byteLength(text) + sums.length;
    await this.#texts?.publish(manifest.fingerprint, removed);
    return { manifest, bytesAdded: this.#bytesAdded };
  }

  /** What the manifest says is, row by row of all its segments, what was read from the index. Throws WRITE_FAILED. */
  async #proveWhole({ segments, fingerprint, total_vectors: total }: ManifestBody): Promise<void> {
    const found = await sumRows(this.#folder, segments, this.#plan.signal).catch(noneIfDamaged);
    if (found?.count !== total || found.digest() !== fingerprint)
      throw new Fault('WRITE_FAILED', { path: this.#folder, reason: 'its rows are not the points that were read' });
  }

  async discard(): Promise<void> {
    this.#rows.close();
    await this.#file.discard();
    await this.#texts?.close();
    if (!this.#publishing) return;
    // What has its name already. The next writer would sweep it, but nobody knows when that comes; that this cannot be
    // done hides nothing of why the backup failed.
    const { dir, check } = this.#vault;
    await readCatalog(dir)
      .then((catalog) => sweepFolder(this.#folder, catalog, check))
      .catch(() => undefined);
  }
}

/** What is being written is no backup yet: nobody has to hear of a damaged one. */
function noneIfDamaged(error: unknown): null {
  if (error instanceof Fault && error.code === 'BACKUP_DAMAGED') return null;
  throw error;
}
