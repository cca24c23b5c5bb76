/** A small vault that is damaged in every place, and what a verification must say of it. */
import {
  closeSync,
  cpSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { expect } from 'vitest';
import { readCatalog, type Catalog, type StoredBackup } from '../../main/vault/catalog.ts';
import { checkSurroundings, Verifier } from '../../main/vault/verify.ts';
import { never, temporaryFolder } from './archives.ts';
import { contents, contentsOf, takeFrom, verify, type Contents, type Taking } from './vaults.ts';
import { day, points } from './vault-trials.ts';

/** Files of a vault that tell nothing of a backup. */
const OF_THE_VAULT = ['README.txt', 'vault.json'];

export interface SmallVault {
  readonly dir: string;
  /** The same, never damaged. */
  readonly whole: string;
  /** What each backup holds, oldest first. */
  readonly backups: ReadonlyMap<string, Contents>;
  /** Every file, relative to the vault, with the names of the backups that need it, by their manifests' own words. */
  readonly files: ReadonlyMap<string, readonly string[]>;
  readonly catalog: Catalog;
}

/** Two collections with five backups, some segments and companions shared. For use inside a test. */
export async function smallVault(): Promise<SmallVault> {
  const root = temporaryFolder();
  const dir = join(root, 'vault');
  mkdirSync(dir);
  const backups = new Map<string, Contents>();
  const take = async (n: number, texts: readonly string[], options: Taking): Promise<void> => {
    const { manifest } = await takeFrom(dir, texts, { ...options, at: day(n) });
    backups.set(manifest.name, contentsOf(texts));
  };
  const companions = [{ name: 'merkle.json', content: Buffer.from('{"root":"the same for two"}') }];
  await take(
    0,
    points(1, 20, () => 0),
    { companions },
  );
  await take(
    1,
    points(1, 5, () => 0),
    { collection: 'docs', companions },
  );
  await take(
    2,
    points(2, 21, (id) => (id === 7 ? 1 : 0)),
    { companions },
  );
  await take(
    3,
    points(3, 22, (id) => (id === 7 ? 1 : id === 9 ? 2 : 0)),
    { companions: [{ name: 'merkle.json', content: Buffer.from('another') }], pinned: true },
  );
  await take(
    4,
    points(1, 6, () => 0),
    { collection: 'docs' },
  );
  const whole = join(root, 'whole');
  cpSync(dir, whole, { recursive: true });
  return { dir, whole, backups, files: usesOf(dir), catalog: await readCatalog(dir) };
}

function usesOf(dir: string): Map<string, readonly string[]> {
  const files = readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1));
  const manifests = files
    .filter((path) => /backups.[^/]*(?<!\.state)\.json$/.test(path))
    .map((path) => JSON.parse(readFileSync(join(dir, path), 'utf8')) as { name: string })
    .map((manifest) => ({ name: manifest.name, text: JSON.stringify(manifest) }));
  return new Map(
    files.map((path) => {
      if (OF_THE_VAULT.includes(path)) return [path, []];
      const own = manifests.filter(({ name }) => basename(path).replace(/\.(?:state\.json|json|sha256)$/, '') === name);
      if (own.length > 0) return [path, own.map(({ name }) => name)];
      const folder = path.split('/')[0] ?? '';
      const sha256 = basename(path, '.parquet');
      const inFolder = manifests.filter(({ name }) => files.includes(join(folder, 'backups', `${name}.json`)));
      return [path, inFolder.filter(({ text }) => text.includes(`"${sha256}"`)).map(({ name }) => name)];
    }),
  );
}

export interface Found {
  /** Backups with damage, sorted. */
  readonly named: readonly string[];
  /** Damaged files of the vault itself. */
  readonly vault: readonly string[];
  readonly leftovers: readonly string[];
}

/** Everything that a verification says. */
export async function findAll(dir: string): Promise<Found> {
  const { backups, lost, damage, leftovers } = await verify(dir, { full: false });
  const broken = [...backups, ...lost].filter((one) => one.damage.length > 0);
  return { named: broken.map(({ name }) => name).sort(), vault: damage.map(({ path }) => path), leftovers };
}

/** The same, without reading what a change of that one file cannot change. */
async function findIn({ dir, catalog }: SmallVault, path: string): Promise<Found> {
  if (path.endsWith('.json') && !OF_THE_VAULT.includes(path)) return findAll(dir);
  if (OF_THE_VAULT.includes(path)) {
    const { damage, lost, leftovers } = await checkSurroundings(dir, catalog);
    return { named: lost.map(({ name }) => name), vault: damage.map((one) => one.path), leftovers };
  }
  const verifier = new Verifier(dir, { full: false, signal: never });
  const of = (backup: StoredBackup): boolean => join(dir, path).startsWith(backup.folder);
  const checked = await Promise.all(catalog.backups.filter(of).map((backup) => verifier.check(backup)));
  const named = checked.filter(({ damage }) => damage.length > 0).map(({ name }) => name);
  return { named: named.sort(), vault: [], leftovers: [] };
}

/** What must be found when this file is not as it was. */
export function expectedOf({ files }: SmallVault, path: string): Found {
  const named = [...(files.get(path) ?? [])].sort();
  return { named, vault: OF_THE_VAULT.includes(path) ? [path] : [], leftovers: [] };
}

/** Every backup that does not need this file gives back its points. */
export async function expectOthersRestore({ dir, backups, files }: SmallVault, path: string): Promise<void> {
  const damaged = files.get(path) ?? [];
  for (const [name, expected] of backups)
    if (!damaged.includes(name)) expect(await contents(dir, name), name).toEqual(expected);
}

export interface Tally {
  readonly files: number;
  readonly bytes: number;
  readonly flips: number;
  readonly truncations: number;
}

/**
 * Flips bits of every file, one at a time, and cuts every file, and checks that a verification names just the backups
 * that need it. Each hundredth time the whole verification is done, and the others are restored.
 */
export async function damageEverywhere(
  vault: SmallVault,
  bitsOf: (at: number) => readonly number[],
  cutAt: (length: number) => boolean,
): Promise<Tally> {
  const tally = { files: vault.files.size, bytes: 0, flips: 0, truncations: 0 };
  const check = async (path: string, what: string): Promise<void> => {
    const expected = expectedOf(vault, path);
    const nth = tally.flips + tally.truncations;
    const found = nth % 100 === 0 ? await findAll(vault.dir) : await findIn(vault, path);
    if (JSON.stringify(found) !== JSON.stringify(expected)) expect(found, `${what} of ${path}`).toEqual(expected);
    if (nth % 100 === 0) await expectOthersRestore(vault, path);
  };
  for (const path of vault.files.keys()) {
    const at = join(vault.dir, path);
    const whole = readFileSync(at);
    tally.bytes += whole.length;
    const fd = openSync(at, 'r+');
    try {
      for (const [n, byte] of whole.entries()) {
        for (const bit of bitsOf(n)) {
          writeSync(fd, Uint8Array.of(byte ^ (1 << bit)), 0, 1, n);
          await check(path, `bit ${bit} at ${n}`);
          tally.flips++;
        }
        writeSync(fd, whole, n, 1, n);
      }
    } finally {
      closeSync(fd);
    }
    for (let length = whole.length - 1; length >= 0; length--) {
      if (!cutAt(length) && length > 0) continue;
      truncateSync(at, length);
      await check(path, `the first ${length} bytes`);
      tally.truncations++;
    }
    writeFileSync(at, whole);
  }
  expect(await findAll(vault.dir)).toEqual({ named: [], vault: [], leftovers: [] });
  return tally;
}

/** As it was before it was damaged. */
export function mend({ dir, whole }: SmallVault): void {
  rmSync(dir, { recursive: true });
  cpSync(whole, dir, { recursive: true });
}

/** One bit in the middle of a file. */
export function flipMiddle(path: string): void {
  const bytes = readFileSync(path);
  const at = bytes.length >> 1;
  bytes[at] = (bytes[at] ?? 0) ^ 4;
  writeFileSync(path, bytes);
}
