/** `vectorkeep backup`, `prune` and `restore` as real processes, killed at random moments; what must be true after each. */
import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import { findBackup, readCatalog } from '../../main/vault/catalog.ts';
import { entry, object, start, type Running } from './command-line.ts';
import { startQdrant } from './qdrant.ts';
import { call, create, pointTexts, upsert } from './server-text.ts';
import { randomFrom } from './random.ts';
import { temporaryFiles } from './vault-trials.ts';
import { contentsOf, contentsOfStored, storedHashes, verify, type Contents } from './vaults.ts';

const POINTS = 2000;
const DIMENSIONS = 64;
const KEEP = 3;
/** A vault is used for so many trials, then a new one begins. */
const TRIALS_A_VAULT = 30;
const KINDS = ['backup', 'restore to a new index', 'backup', 'exact restore', 'prune'] as const;
type Kind = (typeof KINDS)[number];
/** Point texts by id, in id order. */
type Index = ReadonlyMap<number, string>;

/** Runs so many trials; each fails by an expectation. Prints its seed (given again by VECTORKEEP_SEED) and what was met. */
export async function runVaultKills(trials: number): Promise<void> {
  entry();
  const seed = Number(process.env['VECTORKEEP_SEED'] ?? randomInt(2 ** 31));
  console.log(`${trials} trials, VECTORKEEP_SEED=${seed}`);
  const root = await mkdtemp(join(tmpdir(), 'vectorkeep-vault-kill-'));
  const qdrant = await startQdrant();
  const met = new Map<string, number>();
  const saw = (what: string): void => void met.set(what, (met.get(what) ?? 0) + 1);
  try {
    const ground = new Ground(qdrant.url, root, seed, saw);
    await ground.begin();
    for (let n = 0; n < trials; n++) {
      if (n % TRIALS_A_VAULT === 0) await ground.beginVault(n);
      await ground.trial(n, KINDS[n % KINDS.length] ?? 'backup');
    }
  } finally {
    const lines = [...met].sort().map(([what, times]) => `  ${times} x ${what}`);
    console.log(lines.join('\n'));
    await qdrant.stop();
    await rm(root, { recursive: true, force: true });
  }
}

class Ground {
  readonly #url: string;
  readonly #root: string;
  readonly #home: string;
  readonly #random: () => number;
  readonly #saw: (what: string) => void;
  /** How long an undisturbed run took lately, and how long it held the lock, in milliseconds. */
  readonly #lasts = new Map<string, number>();
  /** What is in the index. */
  #index = new Map<number, string>();
  #nextId = 0;
  #vault = '';
  /** What each backup of the vault must give back; for those of the index's own states also as texts. */
  readonly #backups = new Map<string, { readonly contents: Contents; readonly index: Index | null }>();

  constructor(url: string, root: string, seed: number, saw: (what: string) => void) {
    this.#url = url;
    this.#root = root;
    this.#home = join(root, 'home');
    this.#random = randomFrom(seed);
    this.#saw = saw;
  }

  async begin(): Promise<void> {
    await mkdir(this.#home);
    await create(this.#url, 'source', `{"vectors":{"size":${DIMENSIONS},"distance":"Dot"},"metadata":{"model":"m"}}`);
    for (let n = 0; n < POINTS; n++) this.#put(this.#nextId++);
    await upsert(this.#url, 'source', [...this.#index.values()]);
  }

  /** A vault with one backup in it, or, every other time, with none. */
  async beginVault(n: number): Promise<void> {
    this.#vault = join(this.#root, `vault-${n}`);
    this.#backups.clear();
    if (n % (2 * TRIALS_A_VAULT) === 0) await this.#undisturbed('backup', ['backup', 'source'], new Map(this.#index));
  }

  #put(id: number): string {
    const vector = Array.from({ length: DIMENSIONS }, () => Math.fround(this.#random()));
    const payload = { filePath: `src/${id % 50}.ts`, text: `${this.#random()} `.repeat(12) };
    const text = JSON.stringify({ id, vector, payload });
    this.#index.set(id, text);
    return text;
  }

  /** One percent of the points changes, some go, some come. */
  async #change(): Promise<void> {
    const ids = [...this.#index.keys()];
    const any = (): number => ids[Math.floor(this.#random() * ids.length)] ?? 0;
    const gone = Array.from({ length: 4 }, any);
    for (const id of gone) this.#index.delete(id);
    const changed = Array.from({ length: POINTS / 100 }, any).filter((id) => this.#index.has(id));
    const put = [...changed, ...gone.map(() => this.#nextId++)].map((id) => this.#put(id));
    await call(this.#url, 'POST', '/collections/source/points/delete?wait=true', JSON.stringify({ points: gone }));
    await upsert(this.#url, 'source', put);
  }

  async trial(n: number, wished: Kind): Promise<void> {
    await this.#change();
    const restorable = [...this.#backups].filter(([, { index }]) => index !== null);
    const kind = restorable.length === 0 ? 'backup' : wished;
    const [name, backup] = restorable[Math.floor(this.#random() * restorable.length)] ?? ['', null];
    const target = `trial-${n}`;
    const words = {
      backup: ['backup', 'source'],
      prune: ['prune', '--keep-last', `${KEEP}`],
      'restore to a new index': ['restore', name, '--to', target],
      'exact restore': ['restore', name, '--to', 'source', '--on-conflict', 'exact'],
    }[kind];
    const before: Index = new Map(this.#index);
    const staying = kind === 'prune' ? await this.#keptByRule() : [...this.#backups.keys()];

    const how = await this.#killed(kind, words);
    const left = [existsSync(join(this.#vault, 'lock')) ? 'a lock' : '', temporaryFiles(this.#vault)[0] && 'a file'];
    this.#saw(`${kind}: ${how}${left.some(Boolean) ? `, leaving ${left.filter(Boolean).join(' and ')}` : ''}`);
    // A safety copy is whole before the first point is touched, so it is of the index as it was.
    await this.#expectWhole(staying, before);

    if (kind === 'restore to a new index') {
      await this.#undisturbed(kind, words, before);
      expect(await this.#contentsOfIndex(target)).toEqual(backup?.contents);
      await call(this.#url, 'DELETE', `/collections/${target}`);
    } else if (kind === 'exact restore') {
      // What is copied now is the index half-way.
      await this.#undisturbed(kind, words, null);
      this.#index = new Map(backup?.index ?? []);
      expect(await this.#contentsOfIndex('source')).toEqual(backup?.contents);
    } else {
      await this.#undisturbed(kind, words, before);
      if (kind === 'prune') expect([...this.#backups.keys()].sort()).toEqual([...staying].sort());
      else expect(this.#backups.size).toBeGreaterThan(staying.length);
    }
  }

  /** Safety copies are kept for a week, of the others the newest. */
  async #keptByRule(): Promise<readonly string[]> {
    const { backups } = await readCatalog(this.#vault);
    const isCopy = ({ manifest }: (typeof backups)[number]): boolean => manifest.reason === 'safety';
    const kept = [...backups.filter(isCopy), ...backups.filter((one) => !isCopy(one)).slice(-KEEP)];
    return kept.map(({ manifest }) => manifest.name);
  }

  #words(words: readonly string[]): string[] {
    const server = words[0] === 'prune' ? [] : ['--url', this.#url];
    return [...words, ...server, '--vault', this.#vault, '--json'];
  }

  async #killed(kind: Kind, words: readonly string[]): Promise<string> {
    const running = start(this.#words(words), { home: this.#home });
    // Most of the time goes by before the vault is touched. A restore into a new index never locks it.
    if (kind !== 'restore to a new index' && this.#random() < 0.8) {
      await this.#lockOf(running);
      await pause(1.1 * this.#random() * (this.#lasts.get(`${kind}, locked`) ?? 100));
    } else await pause((0.2 + 0.9 * this.#random()) * (this.#lasts.get(kind) ?? 600));
    running.child.kill('SIGKILL');
    const { code, stdout, stderr } = await running.ended;
    expect([0, null], `${stdout}${stderr}`).toContain(code);
    return code === 0 ? 'done before' : 'killed';
  }

  /** Until the process has locked the vault, or is gone. */
  async #lockOf({ child }: Running): Promise<void> {
    while (!existsSync(join(this.#vault, 'lock')) && child.exitCode === null && child.signalCode === null)
      await pause(2);
  }

  /** To the end, and without anything done by hand before. `index`: what a backup that comes of it is of; null: unknown. */
  async #undisturbed(kind: Kind, words: readonly string[], index: Index | null): Promise<void> {
    const begun = performance.now();
    const stale = existsSync(join(this.#vault, 'lock'));
    const running = start(this.#words(words), { home: this.#home });
    await this.#lockOf(running);
    const locked = performance.now();
    const ended = await running.ended;
    this.#lasts.set(kind, performance.now() - begun);
    if (!stale) this.#lasts.set(`${kind}, locked`, performance.now() - locked);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    const answer = object(ended);
    if (kind !== 'prune') expect(answer).toMatchObject({ verified: true });
    const staying = kind === 'prune' ? await this.#keptByRule() : [...this.#backups.keys()];
    const leftovers = await this.#expectWhole(staying, index);
    // A restore into a new index does not write to the vault.
    if (kind !== 'restore to a new index')
      expect([leftovers, existsSync(join(this.#vault, 'lock'))]).toEqual([[], false]);
  }

  /** Every backup is listed, whole, and has its points. Those that are new are remembered. The leftovers. */
  async #expectWhole(staying: readonly string[], index: Index | null): Promise<readonly string[]> {
    const catalog = await readCatalog(this.#vault);
    const names = catalog.backups.map(({ manifest }) => manifest.name);
    expect(names).toEqual(expect.arrayContaining([...staying]));
    const { backups, lost, leftovers } = await verify(this.#vault);
    expect([lost, backups.filter(({ damage }) => damage.length > 0)]).toEqual([[], []]);
    for (const name of [...this.#backups.keys()]) if (!names.includes(name)) this.#backups.delete(name);
    let own: Contents | null = null;
    for (const backup of catalog.backups) {
      const { name } = backup.manifest;
      const found = storedHashes(backup);
      const known = this.#backups.get(name);
      if (known === undefined && index !== null) own ??= contentsOf([...index.values()]);
      expect(found, name).toEqual(known?.contents ?? own ?? found);
      if (known === undefined) this.#backups.set(name, { contents: found, index });
    }
    const any = names[Math.floor(this.#random() * names.length)];
    if (any !== undefined)
      expect(await contentsOfStored(findBackup(catalog, any)), any).toEqual(this.#backups.get(any)?.contents);
    return leftovers;
  }

  async #contentsOfIndex(name: string): Promise<Contents> {
    return contentsOf([...(await pointTexts(this.#url, name)).values()]);
  }
}
