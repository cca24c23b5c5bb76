import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runOnThread } from '../../../main/jobs/job-thread.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vk-thread-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

test('a thread that is gone without a word leaves no partial file, and those of others stay', async () => {
  const temporaryFile = new URL('../../../main/files/temporary-file.ts', import.meta.url).href;
  const script = join(dir, 'worker.mjs');
  writeFileSync(
    script,
    `import { readdirSync } from 'node:fs';
     import { workerData, parentPort } from 'node:worker_threads';
     const { TemporaryFile } = await import(${JSON.stringify(temporaryFile)});
     await TemporaryFile.create(workerData.task.path, false);
     const progress = { names: readdirSync(workerData.task.folder) };
     parentPort.postMessage({ type: 'progress', progress });
     setTimeout(() => process.exit(1), 50);`,
  );
  const others = `.index.json.${process.pid}t987654-0123456789ab.partial`;
  writeFileSync(join(dir, others), '');
  const task = {
    ...{ target: { url: 'http://nowhere' }, collection: 'index', path: join(dir, 'index.json'), folder: dir },
    ...{ compress: false, replace: false, companions: [], model: null, usualModel: null, pathKey: null },
    generator: 'test',
  };
  let seen: unknown;
  const run = runOnThread(pathToFileURL(script), { kind: 'export', task }, new AbortController().signal, (it) => {
    seen = it;
  });
  await expect(run).rejects.toMatchObject({ code: 'INTERNAL' });
  // It had made one.
  expect(seen).toMatchObject({
    names: expect.arrayContaining([expect.stringMatching(/t\d+-[0-9a-f]{12}\.partial$/)]) as unknown,
  });
  expect((seen as { names: string[] }).names).toHaveLength(3);
  expect(readdirSync(dir).sort()).toEqual([others, 'worker.mjs']);
});
