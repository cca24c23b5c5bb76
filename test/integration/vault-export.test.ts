import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inspectArchive } from '../../main/jobs/tasks/inspect.ts';
import { vaultGround } from '../support/backups.ts';
import { failureOf } from '../support/faults.ts';
import { ONE, simple } from '../support/imports.ts';
import { SERVER_POINTS, serverPoints } from '../support/server-points.ts';
import { call, create, pointTexts, runExport, runImport, settingsText, upsert } from '../support/server-text.ts';
import { pointText } from '../support/whole-collections.ts';

const ground = vaultGround();
const { backUp, exportTo } = ground;

let serial = 0;
const freePath = (name = 'backup.json.gz'): string => join(ground.root, `${serial++}-${name}`);
const inspect = (path: string) =>
  inspectArchive({ path }, { signal: new AbortController().signal, report: () => undefined });

interface ExportFile {
  readonly metadata: Readonly<Record<string, unknown>> & { readonly config: Readonly<Record<string, unknown>> };
  readonly vectors: readonly unknown[];
  readonly [section: string]: unknown;
}
const parse = async (path: string): Promise<ExportFile> => {
  const bytes = await readFile(path);
  return JSON.parse((path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()) as ExportFile;
};

describe('a backup as an export file', () => {
  it('is valid, imports elsewhere as the index that was backed up, and says what an export of it says', async () => {
    await create(
      ground.url,
      'code',
      '{"vectors":{"size":8,"distance":"Cosine"},"metadata":{"model":"m-1","n":1.0},"hnsw_config":{"m":24}}',
    );
    const index = '{"field_name":"filePath","field_schema":{"type":"keyword","on_disk":true}}';
    await call(ground.url, 'PUT', '/collections/code/index?wait=true', index);
    const point = (id: number, version: number): string =>
      `{"id":${id},"vector":[${Array.from({ length: 8 }, (_, n) => Math.sin(id + n * version)).join(',')}],"payload":{"filePath":"src/${id % 20}.ts","fileHash":"h${version}","text":"${'é✓'.repeat(id)}"}}`;
    const points = (from: number, to: number, version: number): string[] =>
      Array.from({ length: to - from }, (_, n) => point(from + n, version));
    await upsert(ground.url, 'code', points(0, 700, 1));
    await backUp({ collection: 'code' });
    // Of several segments, with dead rows.
    await upsert(ground.url, 'code', points(100, 180, 2));
    await call(ground.url, 'POST', '/collections/code/points/delete?wait=true', '{"points":[0,5,650]}');
    const { name } = await backUp({ collection: 'code' });
    const texts = await pointTexts(ground.url, 'code');

    const plain = freePath('backup.json');
    const packed = freePath();
    await exportTo({ backup: name, path: plain, compress: false });
    const out = await exportTo({ backup: name, path: packed });
    expect(out).toMatchObject({ collection: 'code', totalVectors: 697, dimensions: 8, model: 'm-1', moved: false });
    for (const path of [plain, packed])
      expect(await inspect(path)).toMatchObject({ problem: null, totalVectors: 697, model: 'm-1', dimensions: 8 });
    expect((await parse(packed)).vectors).toEqual((await parse(plain)).vectors);

    const direct = freePath();
    await runExport({ target: { url: ground.url }, collection: 'code', path: direct });
    const [ours, theirs] = [await parse(packed), await parse(direct)];
    expect(Object.keys(ours)).toEqual(Object.keys(theirs));
    expect({ ...ours.metadata, exported_at: '' }).toEqual({ ...theirs.metadata, exported_at: '' });
    expect(ours['files']).toEqual(theirs['files']);

    await call(ground.url, 'DELETE', '/collections/code');
    const { counts } = await runImport({ target: { url: ground.url }, collection: 'elsewhere', path: packed });
    expect(counts).toEqual({ new: 697, updated: 0, skipped: 0 });
    expect(await pointTexts(ground.url, 'elsewhere')).toEqual(texts);
    expect(await settingsText(ground.url, 'elsewhere')).toContain('"m":24');
    expect(await settingsText(ground.url, 'elsewhere')).toContain('["filePath","keyword",{"type":"keyword"');
  });

  it('whatever the points are', async () => {
    await fc.assert(
      fc.asyncProperty(serverPoints, fc.boolean(), async (list, compress) => {
        const name = `any-${serial++}`;
        await create(ground.url, name, SERVER_POINTS);
        await upsert(
          ground.url,
          name,
          list.map((parts) => pointText(...parts)),
        );
        const path = freePath(compress ? 'any.json.gz' : 'any.json');
        await exportTo({ backup: (await backUp({ collection: name })).name, path, compress });
        expect(await inspect(path)).toMatchObject({ problem: null, totalVectors: list.length });
        await runImport({ target: { url: ground.url }, collection: `${name}-2`, path });
        expect(await pointTexts(ground.url, `${name}-2`)).toEqual(await pointTexts(ground.url, name));
        for (const made of [name, `${name}-2`]) await call(ground.url, 'DELETE', `/collections/${made}`);
      }),
      { numRuns: 8 },
    );
  });

  it('carries the companion files, replaces no file unasked, and is not made of a damaged backup', async () => {
    await create(ground.url, 'small', ONE);
    await upsert(ground.url, 'small', simple([1, 2], '[1,1]', '{}'));
    const { name } = await backUp({
      collection: 'small',
      companions: [join(import.meta.dirname, 'vault-export.test.ts')],
    });
    const path = freePath();
    await exportTo({ backup: name, path });
    const content = await readFile(import.meta.filename, 'utf8');
    expect((await parse(path))['companions']).toMatchObject([{ name: 'vault-export.test.ts', content }]);
    const before = await readFile(path);
    expect((await failureOf(exportTo({ backup: name, path }))).code).toBe('FILE_EXISTS');
    expect(await readFile(path)).toEqual(before);
    await exportTo({ backup: name, path, replace: true });

    const [{ folder, manifest } = expect.fail('Nothing is listed.')] = await ground.list();
    await writeFile(join(folder, 'segments', `${manifest.segments[0]?.sha256 ?? ''}.parquet`), 'no');
    const never = freePath();
    expect((await failureOf(exportTo({ backup: name, path: never }))).code).toBe('BACKUP_DAMAGED');
    expect((await failureOf(inspect(never))).code).toBe('FILE_NOT_FOUND');
  });
});
