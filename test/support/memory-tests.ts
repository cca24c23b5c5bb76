/** The most memory that the command line takes, for an index and for one with ten times the points. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { start } from './command-line.ts';
import { startQdrant, type Qdrant } from './qdrant.ts';
import { create, upsert } from './server-text.ts';

const SIZES = ['small', 'large'] as const;
const BATCH_BYTES = 7 << 20;

/** Makes the tests of a file. `points`: of the larger index; `bytes`: of the text in each of them. */
export function memoryTests({ points, bytes }: { readonly points: number; readonly bytes: number }): void {
  let qdrant: Qdrant;
  let home: string;
  beforeAll(async () => {
    qdrant = await startQdrant();
    home = await mkdtemp(join(tmpdir(), 'vectorkeep-memory-'));
    await fill(qdrant.url, 'small', points / 10, bytes);
    await fill(qdrant.url, 'large', points, bytes);
  });
  afterAll(async () => {
    await qdrant.stop();
    await rm(home, { recursive: true, force: true });
  });
  const measure = (args: readonly string[]): Promise<Peak> => run([...args, '--url', qdrant.url], home);
  const peakOf = async (args: readonly string[]): Promise<number> => (await measure(args)).peak;

  it('ten times the points need no more memory, out and in (exact figures: npm run bench)', async () => {
    const peaks: Record<string, number> = {};
    for (const name of SIZES) {
      peaks[`export ${name}`] = await peakOf(['export', name, '-o', join(home, `${name}.json.gz`)]);
      peaks[`import ${name}`] = await peakOf(['import', join(home, `${name}.json.gz`), '--collection', `${name}-copy`]);
    }
    expectFlat(peaks, ['export', 'import']);
  });

  it('nor when they are backed up, verified, restored and compared', async () => {
    const peaks: Record<string, number> = {};
    const vault = ['--vault', join(home, 'vault')];
    for (const name of SIZES) {
      const first = await measure(['backup', name, ...vault]);
      peaks[`backup ${name}`] = first.peak;
      peaks[`backup again ${name}`] = await peakOf(['backup', name, ...vault]);
      const backup = String(first.answer['backup_name']);
      peaks[`verify ${name}`] = await peakOf(['verify', backup, '--full', ...vault]);
      peaks[`restore ${name}`] = await peakOf(['restore', backup, '--to', `${name}-back`, ...vault]);
      peaks[`diff ${name}`] = await peakOf(['diff', backup, '--live', ...vault]);
    }
    expectFlat(peaks, ['backup', 'backup again', 'verify', 'restore', 'diff']);
  });
}

async function fill(url: string, name: string, points: number, bytes: number): Promise<void> {
  // No search index: it would only keep the machine busy.
  await create(url, name, '{"vectors":{"size":16,"distance":"Dot"},"optimizers_config":{"indexing_threshold":0}}');
  const vector = `[${Array.from({ length: 16 }, (_, n) => n / 7).join(',')}]`;
  const batch = Math.ceil(BATCH_BYTES / (bytes + 200));
  for (let at = 0; at < points; at += batch) {
    const payload = (id: number): string => `{"filePath":"src/${id % 500}.ts","text":"${'x'.repeat(bytes)}"}`;
    const some = Array.from(
      { length: Math.min(batch, points - at) },
      (_, n) => `{"id":${at + n},"vector":${vector},"payload":${payload(at + n)}}`,
    );
    await upsert(url, name, some);
  }
}

interface Peak {
  /** The most memory, in MiB, that the command line's process ever held, as the kernel tells. */
  readonly peak: number;
  readonly answer: Record<string, unknown>;
}

async function run(args: readonly string[], home: string): Promise<Peak> {
  const { child, ended } = start([...args, '--json'], { home });
  let peak = 0;
  const running = { yes: true };
  const watching = (async () => {
    while (running.yes) {
      const status = await readFile(`/proc/${child.pid ?? 0}/status`, 'utf8').catch(() => '');
      peak = Math.max(peak, Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024);
      await pause(20);
    }
  })();
  const { code, stdout, stderr } = await ended;
  running.yes = false;
  await watching;
  expect([code, stderr.replace(/^Warning: .*\n/gm, '')]).toEqual([0, '']);
  return { peak: Math.round(peak), answer: JSON.parse(stdout) as Record<string, unknown> };
}

/** The larger index is 130 MB more of text; what grows is how far garbage gets before it is collected. */
function expectFlat(peaks: Readonly<Record<string, number>>, whats: readonly string[]): void {
  console.log('peak MiB', peaks);
  for (const what of whats) {
    const [small = 0, large = 0] = [peaks[`${what} small`], peaks[`${what} large`]];
    expect(large).toBeLessThan(small + 80);
    expect(large).toBeLessThan(300);
  }
}
