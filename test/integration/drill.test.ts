import { readdirSync, rmSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { segmentPath } from '../../main/vault/layout.ts';
import { contentsOf, vaultGround } from '../support/backups.ts';
import { failureOf } from '../support/faults.ts';
import { ONE, simple } from '../support/imports.ts';
import { callNow } from '../support/meanwhile.ts';
import { behindProxy, type Rule } from '../support/proxy.ts';
import { startCluster } from '../support/qdrant.ts';
import { call, create, settingsText, upsert } from '../support/server-text.ts';
import { makeIds, makeMixed, makeOneKind, makeSettings, makeSize, ONE_KIND } from '../support/whole-collections.ts';

const ground = vaultGround();
const { backUp, drill, list } = ground;

let serial = 0;
const scratchName = (): string => `vectorkeep-drill-${(++serial).toString(16).padStart(12, '0')}`;
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, n) => from + n);

async function names(url = ground.url): Promise<string[]> {
  const { result } = JSON.parse(await call(url, 'GET', '/collections')) as {
    result: { collections: { name: string }[] };
  };
  return result.collections.map(({ name }) => name).sort();
}
const aliases = async (): Promise<string> => (await call(ground.url, 'GET', '/aliases')).replace(/"time".*/, '');

/** Nothing of a drill is left on the server. */
async function expectNoScratch(url = ground.url): Promise<void> {
  expect((await names(url)).filter((name) => name.startsWith('vectorkeep-drill-'))).toEqual([]);
}

/** A backup of so many points. */
async function backedUp(collection: string, points = 2000): Promise<string> {
  await create(ground.url, collection, ONE);
  await upsert(ground.url, collection, simple(range(0, points), '[1,1]', `{"text":"${'x'.repeat(500)}"}`));
  return (await backUp({ collection })).name;
}

/** Does something the first time that a phase begins behind `verifying`. */
function when(at: string, act: (collection: string) => void, collection: string) {
  let verified = false;
  let done = false;
  return (phase: string): void => {
    verified ||= phase === 'verifying';
    if (!verified || phase !== at || done) return;
    done = true;
    act(collection);
  };
}

describe('a whole backup matches', () => {
  const kinds = [
    ['ids and payloads of every sort', (name: string) => makeIds(ground.url, name)],
    ['named, sparse and multivectors of every datatype', (name: string) => makeMixed(ground.url, name)],
    ['settings, indexes, aliases, quantization, strict mode', (name: string) => makeSettings(ground.url, name)],
    ['none of any points', (name: string) => makeSize(ground.url, name, 0)],
    ...ONE_KIND.map((kind) => [kind, (name: string) => makeOneKind(ground.url, name, kind)] as const),
  ] as const;
  it.each(kinds)('%s', async (what, make) => {
    const collection = `whole-${what.replaceAll(/\W/g, '-')}`;
    await make(collection);
    const { name, totalVectors } = await backUp({ collection });
    const [before, known, vault] = [await names(), await aliases(), await contentsOf(ground.vault)];
    const scratch = scratchName();
    let seen = '';
    const phases: string[] = [];
    const done = await drill(
      { backup: name, collection: scratch },
      {
        onProgress: (phase) => {
          if (phases.at(-1) !== phase) phases.push(phase);
          if (phase === 'comparing') seen ||= readdirSync(join(ground.qdrant.dir, 'storage', 'collections')).join(' ');
        },
      },
    );
    expect(done).toEqual({ totalVectors, matches: true, differences: { count: 0, points: [] }, left: false });
    expect(phases).toEqual(['preparing', 'verifying', 'preparing', 'sending', 'finishing', 'comparing']);
    expect(seen).toContain(scratch);
    expect([await names(), await aliases()]).toEqual([before, known]);
    expect(await contentsOf(ground.vault)).toEqual(vault);
  });

  it('which has dead rows in several segments', async () => {
    await backedUp('grown', 300);
    await upsert(ground.url, 'grown', simple(range(250, 400), '[2,2]', '{"b":2}'));
    await call(ground.url, 'POST', '/collections/grown/points/delete?wait=true', '{"points":[3,4,399]}');
    const { name } = await backUp({ collection: 'grown' });
    expect((await list()).at(-1)?.manifest.segments).toHaveLength(2);
    expect(await drill({ backup: name, collection: scratchName() })).toMatchObject({
      totalVectors: 397,
      matches: true,
    });
  });

  it('whose points lie under shard keys, on a server that has none', async () => {
    const cluster = await startCluster(1);
    const { url } = cluster;
    try {
      await create(url, 'keyed', '{"vectors":{"size":2,"distance":"Dot"},"sharding_method":"custom"}');
      for (const [n, key] of ['"eu"', '"é\\" x"', '18446744073709551615'].entries()) {
        await call(url, 'PUT', '/collections/keyed/shards', `{"shard_key":${key}}`);
        await upsert(url, 'keyed', simple(range(n * 50, n * 50 + 50), '[1,1]', `{"n":${n}}`), key);
      }
      const { name } = await backUp({ target: { url }, source: url, collection: 'keyed' });
      const change = (collection: string): void => {
        const body = `{"points":[${simple([7], '[1,2]', '{"n":0}').join(',')}]}`;
        callNow(ground.url, 'PUT', `/collections/${collection}/points?wait=true`, body);
      };
      expect(await drill({ backup: name, collection: scratchName() })).toMatchObject({ matches: true });
      expect(await drill({ target: { url }, backup: name, collection: scratchName() })).toMatchObject({
        matches: true,
      });
      const scratch = scratchName();
      const onProgress = when('finishing', change, scratch);
      expect(await drill({ backup: name, collection: scratch }, { onProgress })).toMatchObject({
        ...{ matches: false, differences: { count: 1, points: [{ point: '7', what: 'different' }] } },
      });
      await expectNoScratch(url);
    } finally {
      await cluster.stop();
    }
    await expectNoScratch();
  });
});

describe('what is not as the backup says is named', () => {
  it('a server that holds another point, one more and one fewer', async () => {
    const backup = await backedUp('lied-about');
    const scratch = scratchName();
    const meddle = (collection: string): void => {
      const points = `/collections/${collection}/points`;
      const body = `{"points":[${simple([5, 7777], '[9,9]', '{}').join(',')}]}`;
      callNow(ground.url, 'PUT', `${points}?wait=true`, body);
      callNow(ground.url, 'POST', `${points}/delete?wait=true`, '{"points":[9]}');
    };
    const done = await drill({ backup, collection: scratch }, { onProgress: when('finishing', meddle, scratch) });
    expect(done).toEqual({
      ...{ totalVectors: 2000, matches: false, left: false },
      differences: {
        count: 3,
        points: [
          { point: '5', what: 'different' },
          { point: '9', what: 'missing' },
          { point: '7777', what: 'extra' },
        ],
      },
    });
    await expectNoScratch();
  });

  it('a damaged segment: no scratch index is even made', async () => {
    const backup = await backedUp('damaged');
    const [stored] = await list();
    const { folder = '', manifest } = stored ?? {};
    const path = segmentPath(folder, manifest?.segments[0]?.sha256 ?? '');
    const bytes = await readFile(path);
    bytes.writeUInt8(bytes.readUInt8(1000) ^ 1, 1000);
    await writeFile(path, bytes);
    await behindProxy(ground.url, [], async ({ url, seen }) => {
      const fault = await failureOf(drill({ target: { url }, backup, collection: scratchName() }));
      expect(fault).toMatchObject({ code: 'BACKUP_DAMAGED', params: { backup, reason: 'checksum', left: false } });
      expect(seen).toEqual([]);
    });
  });
});

describe('a drill that does not come to its end leaves nothing', () => {
  it.each(['preparing', 'sending', 'finishing', 'comparing'])('cancelled while %s', async (phase) => {
    const backup = await backedUp(`cancelled-${phase}`);
    const scratch = scratchName();
    const controller = new AbortController();
    const onProgress = when(phase, () => controller.abort(), scratch);
    const fault = await failureOf(drill({ backup, collection: scratch }, { onProgress, signal: controller.signal }));
    expect(fault).toMatchObject({ code: 'CANCELLED', params: { left: false } });
    await expectNoScratch();
  });

  const noMore = { kind: 'answer', status: 400, body: '{"status":{"error":"no more of that"}}' } as const;
  const forbidden = { kind: 'answer', status: 403, body: '{}' } as const;
  const refusals: readonly (readonly [string, string, readonly Rule[]])[] = [
    ['in the middle', 'QDRANT_REFUSED', [{ method: 'PUT', path: /\/points/, after: 1, fault: noMore }]],
    [
      'when it is to be made: nothing is there, whatever removing says',
      'QDRANT_FORBIDDEN',
      ['PUT', 'DELETE'].map((method) => ({ method, fault: forbidden })),
    ],
  ];
  it.each(refusals)('refused %s', async (_, code, rules) => {
    const backup = await backedUp(code.toLowerCase());
    await behindProxy(ground.url, rules, async ({ url }) => {
      const fault = await failureOf(drill({ target: { url }, backup, collection: scratchName() }));
      expect(fault).toMatchObject({ code, params: { left: false } });
    });
    await expectNoScratch();
  });

  it('but says so where it cannot be removed', async () => {
    const backup = await backedUp('stuck', 10);
    const scratch = scratchName();
    await behindProxy(ground.url, [{ method: 'DELETE', fault: forbidden }], async ({ url }) => {
      expect(await drill({ target: { url }, backup, collection: scratch })).toMatchObject({
        matches: true,
        left: true,
      });
    });
    expect(await names()).toContain(scratch);
    await call(ground.url, 'DELETE', `/collections/${scratch}`);
  });

  it('and takes nothing away that somebody else made under the name', async () => {
    const backup = await backedUp('theirs', 10);
    const scratch = scratchName();
    await create(ground.url, scratch, ONE);
    await upsert(ground.url, scratch, simple([1], '[1,1]', '{}'));
    const before = await settingsText(ground.url, scratch);
    const fault = await failureOf(drill({ backup, collection: scratch }));
    expect(fault).toMatchObject({ code: 'QDRANT_REFUSED', params: { status: 409, left: false } });
    expect(await settingsText(ground.url, scratch)).toBe(before);
    await call(ground.url, 'DELETE', `/collections/${scratch}`);
  });
});

describe('others who write to the vault meanwhile', () => {
  it('are not kept waiting', async () => {
    const backup = await backedUp('unlocked');
    const files = new Set<string>();
    const onProgress = (): void => readdirSync(ground.vault).forEach((name) => files.add(name));
    await drill({ backup, collection: scratchName() }, { onProgress });
    expect(files).toContain('vault.json');
    expect(files).not.toContain('lock');
  });

  it.each(['sending', 'comparing'])(
    'and delete the backup while %s: it is gone, not damaged or different',
    async (at) => {
      const collection = `rotated-${at}`;
      const backup = await backedUp(collection);
      const scratch = scratchName();
      const [folder = ''] = (await readdir(ground.vault)).filter((name) => name.startsWith(collection));
      const rotate = (): void => rmSync(join(ground.vault, folder), { recursive: true });
      const fault = await failureOf(drill({ backup, collection: scratch }, { onProgress: when(at, rotate, scratch) }));
      expect(fault).toMatchObject({ code: 'BACKUP_NOT_FOUND', params: { backup, left: false } });
      await expectNoScratch();
    },
  );
});
