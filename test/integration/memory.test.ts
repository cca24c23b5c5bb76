import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { start } from '../support/command-line.ts';
import { startQdrant, type Qdrant } from '../support/qdrant.ts';
import { create, upsert } from '../support/server-text.ts';

let qdrant: Qdrant;
let home: string;
beforeAll(async () => {
  qdrant = await startQdrant();
  home = await mkdtemp(join(tmpdir(), 'vectorkeep-memory-'));
});
afterAll(async () => {
  await qdrant.stop();
  await rm(home, { recursive: true, force: true });
});

async function fill(name: string, points: number): Promise<void> {
  // No search index: it would only keep the machine busy.
  await create(
    qdrant.url,
    name,
    '{"vectors":{"size":16,"distance":"Dot"},"optimizers_config":{"indexing_threshold":0}}',
  );
  const vector = `[${Array.from({ length: 16 }, (_, n) => n / 7).join(',')}]`;
  for (let at = 0; at < points; at += 10_000) {
    const payload = (id: number): string => `{"filePath":"src/${id % 500}.ts","text":"${'x'.repeat(500)}"}`;
    const some = Array.from(
      { length: 10_000 },
      (_, n) => `{"id":${at + n},"vector":${vector},"payload":${payload(at + n)}}`,
    );
    await upsert(qdrant.url, name, some);
  }
}

/** The most memory, in MiB, that the command line's process ever held, as the kernel tells. */
async function peakOf(args: readonly string[]): Promise<number> {
  const { child, ended } = start([...args, '--url', qdrant.url], { home });
  let peak = 0;
  const running = { yes: true };
  const watching = (async () => {
    while (running.yes) {
      const status = await readFile(`/proc/${child.pid ?? 0}/status`, 'utf8').catch(() => '');
      peak = Math.max(peak, Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024);
      await pause(20);
    }
  })();
  const { code, stderr } = await ended;
  running.yes = false;
  await watching;
  expect([code, stderr.replace(/^Warning: .*\n/gm, '')]).toEqual([0, '']);
  return Math.round(peak);
}

it('ten times the points need no more memory, out and in (exact figures: npm run bench)', async () => {
  await fill('small', 20_000);
  await fill('large', 200_000);
  const peaks: Record<string, number> = {};
  for (const name of ['small', 'large']) {
    peaks[`export ${name}`] = await peakOf(['export', name, '-o', join(home, `${name}.json.gz`)]);
    peaks[`import ${name}`] = await peakOf(['import', join(home, `${name}.json.gz`), '--collection', `${name}-copy`]);
  }
  console.log('peak MiB', peaks);
  for (const what of ['export', 'import']) {
    const [small = 0, large = 0] = [peaks[`${what} small`], peaks[`${what} large`]];
    // The larger index is 130 MB more of text; what grows is how far garbage gets before it is collected.
    expect(large).toBeLessThan(small + 80);
    expect(large).toBeLessThan(300);
  }
});
