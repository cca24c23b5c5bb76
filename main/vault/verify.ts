import { stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { Fault } from '../faults/fault.ts';
import { readWhole } from '../files/read-whole.ts';
import { sumRows } from './backup-rows.ts';
import { list, readCatalog, type Catalog, type StoredBackup } from './catalog.ts';
import {
  BACKUPS,
  companionPath,
  isFolderName,
  LARGEST,
  LOCK_FILE,
  manifestPath,
  MOVE_FILE,
  README_FILE,
  segmentPath,
  statePath,
  sumsPath,
  VAULT_FILE,
} from './layout.ts';
import { sumsText } from './manifest.ts';
import { checkSegment, sha256OfFile } from './segment-check.ts';
import { findStrays } from './sweep.ts';
import { vaultDamage } from './vault.ts';

/** One thing wrong with a backup; `reason` as in BACKUP_DAMAGED. */
export interface Damage {
  /** Relative to the vault. */
  readonly path: string;
  readonly reason: string;
  readonly point?: string;
}

type Flawed = Omit<Damage, 'path'>;

export interface CheckedBackup {
  readonly name: string;
  readonly damage: readonly Damage[];
}

export interface VerifyOptions {
  /** Every point, and not only the checksums of files. */
  readonly full: boolean;
  readonly signal: AbortSignal;
  /** Called when a file was read, with its bytes and, of a full check, its points. */
  readonly passed?: (bytes: number, points: number) => void;
}

/** Checks backups; each file that several share is read once. */
export class Verifier {
  readonly #dir: string;
  readonly #options: VerifyOptions;
  readonly #files = new Map<string, Promise<Flawed | null>>();

  constructor(dir: string, options: VerifyOptions) {
    this.#dir = dir;
    this.#options = options;
  }

  async check(backup: StoredBackup): Promise<CheckedBackup> {
    const { folder, manifest, stateDamage } = backup;
    const damage: Damage[] = [];
    const found = (path: string, what: Flawed | null): void => {
      if (what !== null) damage.push({ path: relative(this.#dir, path), ...what });
    };
    if (stateDamage !== null) found(statePath(folder, manifest.name), { reason: stateDamage });
    found(sumsPath(folder, manifest.name), await this.#checkSums(backup));
    damage.push(...(await this.#checkContent(backup)));
    if (this.#options.full && damage.length === 0)
      found(manifestPath(folder, manifest.name), await checkPoints(backup, this.#options.signal));
    return { name: manifest.name, damage };
  }

  /** Only what reading the backup needs: not what is said about it, nor its list of checksums. Throws BACKUP_DAMAGED. */
  async requireContent(backup: StoredBackup): Promise<void> {
    const [first] = await this.#checkContent(backup);
    if (first !== undefined) throw new Fault('BACKUP_DAMAGED', { backup: backup.manifest.name, ...first });
  }

  async #checkContent({ folder, manifest }: StoredBackup): Promise<Damage[]> {
    const damage: Damage[] = [];
    const found = (path: string, what: Flawed | null): void => {
      if (what !== null) damage.push({ path: relative(this.#dir, path), ...what });
    };
    for (const { sha256, bytes, rows } of manifest.segments) {
      const path = segmentPath(folder, sha256);
      found(path, await this.#once(path, () => this.#checkSegment(path, sha256, bytes, rows)));
    }
    for (const { sha256, bytes } of manifest.companions) {
      const path = companionPath(folder, sha256);
      found(path, await this.#once(path, () => this.#checkFile(path, sha256, bytes)));
    }
    return damage;
  }

  #once(path: string, check: () => Promise<Flawed | null>): Promise<Flawed | null> {
    const known = this.#files.get(path) ?? check();
    this.#files.set(path, known);
    return known;
  }

  async #checkSums({ folder, manifest }: StoredBackup): Promise<Flawed | null> {
    const text = await readWhole(sumsPath(folder, manifest.name), LARGEST.sums).catch(() => null);
    if (text === null) return { reason: 'missing' };
    const own = await readWhole(manifestPath(folder, manifest.name), LARGEST.manifest).catch(() => null);
    if (own === null) return { reason: 'missing' };
    return text.toString('utf8') === sumsText(manifest, own) ? null : { reason: 'sums' };
  }

  async #checkFile(path: string, sha256: string, bytes: number): Promise<Flawed | null> {
    const { signal, passed } = this.#options;
    const size = await stat(path).then(
      (found) => found.size,
      () => null,
    );
    if (size === null) return { reason: 'missing' };
    if (size !== bytes) return { reason: 'checksum' };
    try {
      if ((await sha256OfFile(path, signal)) !== sha256) return { reason: 'checksum' };
    } catch (error) {
      return flawIn(error);
    }
    passed?.(bytes, 0);
    return null;
  }

  async #checkSegment(path: string, sha256: string, bytes: number, rows: number): Promise<Flawed | null> {
    const { full } = this.#options;
    // Side by side: while one waits for the disk or for what is inflated elsewhere, the other has this thread.
    const [file, points] = await Promise.allSettled([
      this.#checkFile(path, sha256, bytes),
      full ? this.#checkPointsOf(path, rows) : null,
    ]);
    if (file.status === 'rejected') throw file.reason;
    if (file.value !== null) return file.value;
    if (points.status === 'rejected') throw points.reason;
    return points.value;
  }

  async #checkPointsOf(path: string, rows: number): Promise<Flawed | null> {
    const { signal, passed } = this.#options;
    try {
      const checked = await checkSegment(path, { signal });
      if (checked.rows !== rows) return { reason: 'rows' };
      passed?.(0, rows);
      return null;
    } catch (error) {
      return flawIn(error);
    }
  }
}

/**
 * Whether the rows of a backup are together what was read from the index, each point once. Their content was checked
 * before.
 */
async function checkPoints({ folder, manifest }: StoredBackup, signal: AbortSignal): Promise<Flawed | null> {
  try {
    const found = await sumRows(folder, manifest.segments, signal);
    if (found.count !== manifest.total_vectors) return { reason: 'rows' };
    return found.digest() === manifest.fingerprint ? null : { reason: 'point' };
  } catch (error) {
    return flawIn(error);
  }
}

/** What BACKUP_DAMAGED says; everything else is thrown on. */
function flawIn(error: unknown): Flawed {
  if (!(error instanceof Fault) || error.code !== 'BACKUP_DAMAGED') throw error;
  const { reason, point } = error.params;
  return { reason: String(reason), ...(typeof point === 'string' ? { point } : {}) };
}

/** What is wrong with the vault apart from its backups, and what lies about in it. */
export async function checkSurroundings(dir: string, catalog: Catalog): Promise<Surroundings> {
  const found = await lookAround(dir, catalog);
  // Somebody may have published or deleted since the catalog was read.
  return isQuiet(found) ? found : lookAround(dir, await readCatalog(dir));
}

export interface Surroundings {
  readonly damage: readonly Damage[];
  /** Backups of which the manifest is gone or cannot be read. */
  readonly lost: readonly CheckedBackup[];
  /** Relative to the vault. */
  readonly leftovers: readonly string[];
}

const isQuiet = ({ damage, lost, leftovers }: Surroundings): boolean =>
  damage.length + lost.length + leftovers.length === 0;

async function lookAround(dir: string, catalog: Catalog): Promise<Surroundings> {
  const damage: Damage[] = [...(await vaultDamage(dir))];
  const lost: CheckedBackup[] = [];
  const leftovers: string[] = [];
  const own = [VAULT_FILE, README_FILE, LOCK_FILE, MOVE_FILE];
  const names = await list(dir);
  // What one who writes has made so far is of no backup yet, and no leftover.
  const busy = names.includes(LOCK_FILE);
  const temporary = (name: string): boolean => busy && (name.endsWith('.partial') || name.startsWith(`${LOCK_FILE}.`));
  leftovers.push(...names.filter((name) => !own.includes(name) && !isFolderName(name) && !temporary(name)));
  for (const folder of catalog.folders) {
    const strays = await findStrays(folder, catalog);
    const at = (path: string): string => relative(dir, path);
    for (const name of strays.lost)
      lost.push({ name, damage: [{ path: at(manifestPath(folder, name)), reason: 'missing' }] });
    if (!busy) for (const name of strays.unfinished) leftovers.push(at(statePath(folder, name)));
    for (const name of strays.foreign) if (!temporary(name)) leftovers.push(at(join(folder, name)));
    if (strays.emptied) damage.push({ path: at(join(folder, BACKUPS)), reason: 'missing' });
    // What a manifest needs that is gone or cannot be read is not known: a leftover is what somebody may delete.
    if (strays.needed || busy) continue;
    for (const sha256 of strays.segments) leftovers.push(at(segmentPath(folder, sha256)));
    for (const sha256 of strays.companions) leftovers.push(at(companionPath(folder, sha256)));
  }
  for (const { folder, name, fault } of catalog.unreadable)
    lost.push({
      name,
      damage: [
        {
          path: relative(dir, manifestPath(folder, name)),
          reason: fault.code === 'VAULT_NEWER' ? 'newer' : fault.code === 'BACKUP_DAMAGED' ? 'manifest' : 'unreadable',
        },
      ],
    });
  return { damage, lost, leftovers };
}
