/** Steps done to real indexes and a real vault, and to the model of them, and compared. */
import { createHash, randomInt } from 'node:crypto';
import { readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect } from 'vitest';
import { readCatalog } from '../../main/vault/catalog.ts';
import { segmentPath } from '../../main/vault/layout.ts';
import type { VaultGround } from './backups.ts';
import { failureOf } from './faults.ts';
import { memoryService } from './services.ts';
import { call, create, pointTexts, upsert } from './server-text.ts';
import { tasksOn, type VaultTasks } from './vault-tasks.ts';
import { anySteps, idIn, type Step } from './vault-steps.ts';
import { difference, VaultModel, type ModelBackup, type ModelIndex, type ModelPoint } from './vault-model.ts';

/**
 * So many sequences, or as many as there is time for, each with an empty vault and indexes of its own. Prints the seed, which
 * VECTORKEEP_SEED gives again. One that fails is made smaller as long as there is time.
 */
export async function runSequences(
  ground: Pick<VaultGround, 'url' | 'root'>,
  { numRuns, limitMs }: { readonly numRuns: number; readonly limitMs: number },
): Promise<void> {
  const seed = Number(process.env['VECTORKEEP_SEED'] ?? randomInt(2 ** 31));
  console.log(`${numRuns} sequences, VECTORKEEP_SEED=${seed}`);
  let serial = 0;
  const property = fc.asyncProperty(anySteps, async (steps) => {
    const prefix = `model-${serial++}-`;
    const run = new Run(ground.url, join(ground.root, prefix), prefix);
    try {
      await run.begin();
      for (const step of steps) await run.step(step);
      await run.expectAll();
    } finally {
      await run.end();
    }
  });
  await fc.assert(property, { numRuns, seed, interruptAfterTimeLimit: limitMs });
}

class Run {
  readonly #model = new VaultModel();
  readonly #tasks: VaultTasks;
  readonly #url: string;
  readonly #dir: string;
  readonly #prefix: string;
  /** A new one knows nothing but what lies in the vault. */
  #service = memoryService();
  /** Paths of segments that are not what they are called, each with its checksum. */
  readonly #damaged = new Map<string, string>();

  constructor(url: string, dir: string, prefix: string) {
    this.#url = url;
    this.#dir = dir;
    this.#prefix = prefix;
    this.#tasks = tasksOn(() => ({ url, vault: dir }));
  }

  async begin(): Promise<void> {
    const config = '{"vectors":{"size":4,"distance":"Dot"}}';
    for (const name of ['a', 'b']) await create(this.#url, this.#prefix + name, config);
    // What has no vault yet is another test's.
    await this.step({ do: 'backup', index: 'a', pin: false });
  }

  async end(): Promise<void> {
    await this.#service.close();
    for (const name of ['a', 'b', 'scratch']) await call(this.#url, 'DELETE', `/collections/${this.#prefix}${name}`);
    await rm(this.#dir, { recursive: true, force: true });
  }

  async step(one: Step): Promise<void> {
    const at = '/collections/' + this.#prefix;
    switch (one.do) {
      case 'upsert':
        await this.#upsert(one.index, one.ids, { vector: one.vector, payload: one.payload });
        return;
      case 'delete':
        await call(
          this.#url,
          'POST',
          `${at}${one.index}/points/delete?wait=true`,
          `{"points":[${one.ids.map(idIn).join(',')}]}`,
        );
        for (const id of one.ids) this.#model.index(one.index).delete(id);
        return;
      case 'payload':
      case 'vector':
        return this.#change(one);
      case 'backup':
        return this.#backUp(one.index, one.pin);
      case 'prune': {
        const damaged = new Set<string>();
        for (const backup of this.#model.backups) if (await this.#isDamaged(backup)) damaged.add(backup.name);
        const { removed } = await this.#service.prune({
          vault: this.#dir,
          keep: { keepLast: one.keepLast },
          dryRun: false,
        });
        expect(removed).toEqual(this.#model.prune(one.keepLast, damaged));
        return this.#expectList();
      }
      case 'restart':
        await this.#service.close();
        this.#service = memoryService();
        return this.#expectList();
      case 'pin':
      case 'accept':
      case 'restore':
      case 'damage':
      case 'diff':
        return this.#withBackup(one);
    }
  }

  async #withBackup(one: Extract<Step, { do: 'pin' | 'accept' | 'restore' | 'damage' | 'diff' }>): Promise<void> {
    const { backups } = this.#model;
    const backup = backups[(one.do === 'diff' ? one.from : one.which) % backups.length];
    if (backup === undefined) return;
    switch (one.do) {
      case 'pin':
        await this.#service.pinBackup(backup.name, one.pinned, this.#dir);
        backup.pinned = one.pinned;
        return;
      case 'accept':
        await this.#service.acceptShrink(backup.name, this.#dir);
        this.#model.accept(backup);
        return;
      case 'restore':
        return this.#restore(backup, one);
      case 'damage':
        return this.#damage(backup, one);
      case 'diff':
        return this.#diff(backup, one.to === null ? null : (backups[one.to % backups.length] ?? null), one.index);
    }
  }

  async #upsert(name: string, chosen: readonly string[], point: ModelPoint): Promise<void> {
    const body = JSON.stringify(point).slice(1);
    await upsert(
      this.#url,
      this.#prefix + name,
      chosen.map((id) => `{"id":${idIn(id)},${body}`),
    );
    for (const id of chosen) this.#model.index(name).set(id, point);
  }

  async #change(one: Extract<Step, { do: 'payload' | 'vector' }>): Promise<void> {
    const model = this.#model.index(one.index);
    const chosen = one.ids.filter((id) => model.has(id));
    if (chosen.length === 0) return;
    const at = `/collections/${this.#prefix}${one.index}/points`;
    if (one.do === 'payload') {
      const body = `{"points":[${chosen.map(idIn).join(',')}],"payload":${JSON.stringify(one.payload)}}`;
      await call(this.#url, 'PUT', `${at}/payload?wait=true`, body);
    } else {
      const points = chosen.map((id) => `{"id":${idIn(id)},"vector":${JSON.stringify(one.vector)}}`);
      await call(this.#url, 'PUT', `${at}/vectors?wait=true`, `{"points":[${points.join(',')}]}`);
    }
    for (const id of chosen) {
      const before = model.get(id);
      if (before === undefined) continue;
      model.set(id, one.do === 'payload' ? { ...before, payload: one.payload } : { ...before, vector: one.vector });
    }
  }

  async #backUp(name: string, pin: boolean): Promise<void> {
    const parent = this.#model.newest(name);
    const whole = parent !== undefined && !(await this.#isDamaged(parent));
    const taken = await this.#tasks.backUp({ collection: this.#prefix + name, pin });
    const points = this.#model.index(name);
    expect(taken.totalVectors).toBe(points.size);
    if (parent === undefined) expect(taken.changes).toEqual({ new: points.size, changed: 0, removed: 0 });
    else if (whole) {
      const { added, changed, removed } = difference(parent.points, points);
      expect(taken.changes).toEqual({ new: added, changed, removed });
    } else expect(taken.notices.map(({ code }) => code)).toContain('PARENT_DAMAGED');
    this.#model.backUp(name, taken.name, { safety: false, pinned: pin });
    await this.#expectHealed(taken.name);
  }

  /**
   * A new backup is whole, so the files that it names are: one that was damaged may have been written again, also by a
   * safety copy that did not stay.
   */
  async #expectHealed(name?: string): Promise<void> {
    if (name !== undefined) for (const path of (await this.#segmentsOf(name)).keys()) this.#damaged.delete(path);
    for (const [path, sha256] of this.#damaged) {
      const bytes = await readFile(path).catch(() => Buffer.alloc(0));
      if (createHash('sha256').update(bytes).digest('hex') === sha256) this.#damaged.delete(path);
    }
    await this.#expectVerified();
  }

  async #restore(backup: ModelBackup, { index: name, how }: Extract<Step, { do: 'restore' }>): Promise<void> {
    const task = { backup: backup.name, collection: this.#prefix + name, onConflict: how };
    const before = this.#model.index(name);
    if (await this.#isDamaged(backup)) {
      expect((await failureOf(this.#tasks.restore(task))).code).toBe('BACKUP_DAMAGED');
    } else {
      const plan = this.#model.plan(backup, name, how);
      expect((await this.#tasks.restore({ ...task, dryRun: true })).plan).toEqual(plan);
      const done = await this.#tasks.restore(task);
      expect(done).toMatchObject({ plan, verified: true });
      expect(done.safetyBackup !== null).toBe(plan.destroys);
      if (done.safetyBackup !== null) {
        this.#model.backUp(name, done.safetyBackup, { safety: true });
      }
      await this.#expectHealed(done.safetyBackup ?? undefined);
      this.#model.restore(backup, name, how);
    }
    await this.#expectIndex(this.#prefix + name, before);
    await this.#expectList();
  }

  async #diff(from: ModelBackup, to: ModelBackup | null, live: string): Promise<void> {
    if ((await this.#isDamaged(from)) || (to !== null && (await this.#isDamaged(to)))) return;
    const url = this.#url;
    const there =
      to === null ? { target: { url }, collection: this.#prefix + live, pathKey: 'path' } : { backup: to.name };
    const found = await this.#tasks.diff({ from: from.name, to: there });
    expect(found).toMatchObject(difference(from.points, to?.points ?? this.#model.index(live)));
    const listed = found.paths.reduce((sum, { added, changed, removed }) => sum + added + changed + removed, 0);
    expect(listed + found.elsewhere).toBe(found.added + found.changed + found.removed);
  }

  async #damage(backup: ModelBackup, { segment, at, how }: Extract<Step, { do: 'damage' }>): Promise<void> {
    const segments = [...(await this.#segmentsOf(backup.name))];
    const [path, sha256] = segments[segment % segments.length] ?? [];
    if (path === undefined || sha256 === undefined || this.#damaged.has(path)) return;
    const bytes = await readFile(path);
    if (how === 'delete') await rm(path);
    else if (how === 'cut') await truncate(path, at % bytes.length);
    else {
      const place = at % bytes.length;
      bytes[place] = (bytes[place] ?? 0) ^ (1 << (at % 8));
      await writeFile(path, bytes);
    }
    this.#damaged.set(path, sha256);
    await this.#expectVerified();
  }

  /** A full look finds just the backups that need a damaged file. */
  async #expectVerified(): Promise<void> {
    const { backups, damage } = await this.#tasks.verify();
    const found = backups.filter((one) => one.damage.length > 0).map(({ name }) => name);
    const expected: string[] = [];
    for (const backup of this.#model.backups) if (await this.#isDamaged(backup)) expected.push(backup.name);
    expect(found.sort()).toEqual(expected.sort());
    expect(damage).toEqual([]);
  }

  async #expectList(): Promise<void> {
    const { backups } = await this.#service.listBackups({ vault: this.#dir });
    const told = backups.map(({ backupName, collection, totalVectors, pinned, reason, shrankFrom }) => ({
      ...{ name: backupName, collection, totalVectors, pinned, safety: reason === 'safety', shrankFrom },
    }));
    const expected = this.#model.backups.map(({ name, collection, points, pinned, safety, shrankFrom, accepted }) => ({
      ...{ name, collection: this.#prefix + collection, totalVectors: points.size, pinned, safety },
      shrankFrom: accepted || safety ? null : shrankFrom,
    }));
    expect(told).toEqual(expected.reverse());
  }

  /** Every backup, restored beside, is what the index was at its time. */
  async expectAll(): Promise<void> {
    const collection = `${this.#prefix}scratch`;
    await this.#expectList();
    for (const backup of this.#model.backups) {
      const task = { backup: backup.name, collection };
      if (await this.#isDamaged(backup)) {
        expect((await failureOf(this.#tasks.restore(task))).code).toBe('BACKUP_DAMAGED');
        continue;
      }
      await this.#tasks.restore({ ...task, safetyCopy: false, onConflict: 'exact' });
      await this.#expectIndex(collection, backup.points);
    }
  }

  async #expectIndex(collection: string, expected: ModelIndex): Promise<void> {
    const found = new Map<string, ModelPoint>();
    for (const [id, text] of await pointTexts(this.#url, collection)) {
      const { vector: numbers, payload: content } = JSON.parse(text) as ModelPoint;
      found.set(id.replaceAll('"', ''), { vector: numbers, payload: content });
    }
    expect(found).toEqual(new Map(expected));
  }

  /** The segments of a backup: path -> sha256. Two collections may have one of the same content. */
  async #segmentsOf(name: string): Promise<Map<string, string>> {
    const { backups } = await readCatalog(this.#dir);
    const backup = backups.find(({ manifest }) => manifest.name === name);
    const segments = backup?.manifest.segments ?? [];
    return new Map(segments.map(({ sha256 }) => [segmentPath(backup?.folder ?? '', sha256), sha256]));
  }

  async #isDamaged({ name }: ModelBackup): Promise<boolean> {
    return [...(await this.#segmentsOf(name)).keys()].some((path) => this.#damaged.has(path));
  }
}
