import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import { expectSound, vaultGround } from '../support/backups.ts';
import { call, count, pointTexts, settingsText } from '../support/server-text.ts';
import { sha256sum } from '../support/strangers.ts';

/** Made by test/support/golden-vault.ts when format 1 came into the world. It is not to be made again. */
const golden = join(import.meta.dirname, '../fixtures/vault-1');
const { source, backups } = JSON.parse(await readFile(join(golden, 'expected.json'), 'utf8')) as {
  readonly source: string;
  readonly backups: Readonly<Record<string, { readonly collection: string; readonly points: Record<string, string> }>>;
};
const names = Object.keys(backups);
/** A single server has no shards by key. */
const restorable = names.filter((name) => backups[name]?.collection !== 'keyed');

const ground = vaultGround();
const { backUp, restore, exportTo, list } = ground;
beforeEach(() => cp(join(golden, 'vault'), ground.vault, { recursive: true }));

const asFloat = (value: unknown): unknown => {
  if (typeof value === 'number') return Math.fround(value);
  if (Array.isArray(value)) return value.map(asFloat);
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, asFloat(one)]))
    : value;
};

describe('a vault of format 1', () => {
  it('is listed, and is whole', async () => {
    expect((await list()).map(({ manifest, state }) => [manifest.name, manifest.model, state.pinned])).toEqual(
      names.map((name, n) => [name, 'golden-model', n === 0]),
    );
    await expectSound(ground);
    for (const { folder, manifest } of await list())
      expect(sha256sum(folder, manifest.name)).toMatchObject({ status: 0 });
  });

  it.each(restorable)('%s is restored as it was, and is the same to a backup of today', async (name) => {
    const { collection = '', points = {} } = backups[name] ?? {};
    const to = join(ground.root, `companions-${name}`);
    const done = await restore({ backup: name, collection, companionsTo: to });
    expect(done).toMatchObject({ verified: true, createdCollection: true, model: 'golden-model' });
    expect(Object.fromEntries(await pointTexts(ground.url, collection))).toEqual(points);
    if (collection === 'code') {
      expect(await settingsText(ground.url, collection)).toContain(
        '["path","keyword",{"type":"keyword","on_disk":true}]',
      );
      const before = (await list()).find(({ manifest }) => manifest.name === name);
      expect(done.companions).toHaveLength(before?.manifest.companions.length ?? 0);
    }
    // The hash of a point is what it was.
    const last = names.findLast((one) => backups[one]?.collection === collection);
    if (last === name) {
      const next = await backUp({ collection, source });
      expect(next).toMatchObject({ changes: { new: 0, changed: 0, removed: 0 }, notices: [] });
      expect((await list()).at(-1)?.manifest.parent).toBe(name);
      await expectSound(ground);
    }
    await call(ground.url, 'DELETE', `/collections/${collection}`);
  });

  it.each(names)('%s is exported as it was', async (name) => {
    const path = join(ground.root, `${name}.json.gz`);
    await exportTo({ backup: name, path });
    const { vectors } = JSON.parse(gunzipSync(await readFile(path)).toString()) as {
      vectors: { id: number | string; vector: unknown; payload?: unknown; shard_key?: unknown }[];
    };
    const points = Object.values(backups[name]?.points ?? {}).map(
      (text) => JSON.parse(text) as (typeof vectors)[number],
    );
    const told = (list: typeof vectors): unknown[] =>
      list
        .map(({ id, vector, payload, shard_key }) => ({
          id,
          vector: asFloat(vector),
          payload: payload ?? {},
          shard_key,
        }))
        .sort((a, b) => (String(a.id) < String(b.id) ? -1 : 1));
    expect(told(vectors)).toEqual(told(points));
  });

  it('is continued: what changed since is all that is written', async () => {
    const [name = ''] = names.filter((one) => backups[one]?.collection === 'code').slice(-1);
    await restore({ backup: name, collection: 'code' });
    await call(ground.url, 'POST', '/collections/code/points/delete?wait=true', '{"points":[1,2]}');
    await call(ground.url, 'POST', '/collections/code/points/payload?wait=true', '{"points":[5],"payload":{"more":1}}');
    const next = await backUp({ collection: 'code', source });
    expect(next.changes).toEqual({ new: 0, changed: 1, removed: 2 });
    await restore({ backup: next.name, collection: 'continued' });
    expect(await pointTexts(ground.url, 'continued')).toEqual(await pointTexts(ground.url, 'code'));
    expect(await count(ground.url, 'continued')).toBe(Object.keys(backups[name]?.points ?? {}).length - 2);
    await expectSound(ground);
  });
});
