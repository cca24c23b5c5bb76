/** Exports and imports that are cancelled or killed at random moments, and what must be left of them. */
import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import Conf from 'conf';
import { expect } from 'vitest';
import { inspectArchive } from '../../main/jobs/tasks/inspect.ts';
import { createService } from '../../main/service/backup-service.ts';
import type { Service } from '../../main/service/service.ts';
import { openSettings } from '../../main/settings/settings.ts';
import { entry, start } from './command-line.ts';
import { startQdrant, type Qdrant } from './qdrant.ts';
import { randomFrom } from './random.ts';
import { call, count, create, settingsText, upsert } from './server-text.ts';

const POINTS = 4000;
const KINDS = ['export', 'import'] as const;
const WAYS = ['cancel', 'kill', 'interrupt'] as const;
type Kind = (typeof KINDS)[number];
type Way = (typeof WAYS)[number];

/** Runs so many trials; each fails by an expectation. Prints its seed (given again by VECTORKEEP_SEED) and what was met. */
export async function runKillTrials(trials: number): Promise<void> {
  entry();
  const seed = Number(process.env['VECTORKEEP_SEED'] ?? randomInt(2 ** 31));
  const random = randomFrom(seed);
  const root = await mkdtemp(join(tmpdir(), 'vectorkeep-kill-'));
  const qdrant = await startQdrant();
  const met = new Map<string, number>();
  console.log(`${trials} trials, VECTORKEEP_SEED=${seed}`);
  try {
    const trial = await prepare(qdrant, root);
    for (let n = 0; n < trials; n++) {
      const kind = KINDS[n % KINDS.length] ?? 'export';
      const way = WAYS[Math.floor(random() * WAYS.length)] ?? 'kill';
      const outcome = await trial(`${n}-${kind}-${way}`, kind, way, random());
      met.set(`${kind} ${way}: ${outcome}`, (met.get(`${kind} ${way}: ${outcome}`) ?? 0) + 1);
    }
  } finally {
    console.log(
      [...met]
        .sort()
        .map(([what, times]) => `  ${times} x ${what}`)
        .join('\n'),
    );
    await qdrant.stop();
    await rm(root, { recursive: true, force: true });
  }
}

type Trial = (name: string, kind: Kind, way: Way, moment: number) => Promise<string>;

async function prepare(qdrant: Qdrant, root: string): Promise<Trial> {
  const { url } = qdrant;
  await create(url, 'source', '{"vectors":{"size":64,"distance":"Dot"},"metadata":{"model":"m"}}');
  await call(url, 'PUT', '/collections/source/index?wait=true', '{"field_name":"filePath","field_schema":"keyword"}');
  const vector = `[${Array.from({ length: 64 }, (_, n) => n / 7).join(',')}]`;
  const payload = JSON.stringify({ filePath: 'a.ts', text: 'x'.repeat(2000) });
  await upsert(
    url,
    'source',
    Array.from({ length: POINTS }, (_, id) => `{"id":${id},"vector":${vector},"payload":${payload}}`),
  );
  const whole = join(root, 'whole.json.gz');
  const lasts: Record<Kind, Record<'service' | 'process', number>> = {
    export: { service: 0, process: 0 },
    import: { service: 0, process: 0 },
  };
  const words = (kind: Kind, path: string, collection: string): string[] => [
    ...(kind === 'export' ? ['export', 'source', '-o', path] : ['import', whole, '--collection', collection]),
    ...['--url', url, '--json'],
  ];
  const begin = (service: Service, kind: Kind, path: string, collection: string, replace = false) =>
    kind === 'export'
      ? service.exportIndex({
          connection: { url },
          collection: 'source',
          path,
          compress: true,
          replace,
          companions: [],
        })
      : service.importIndex({
          ...{ connection: { url }, path: whole, collection, onConflict: 'skip' as const },
          ...{ dryRun: false, allowModelMismatch: false },
        });

  // How long an undisturbed run takes, each way; the first export makes the file that is imported.
  for (const kind of KINDS) {
    const home = join(root, `timing-${kind}`);
    await mkdir(home);
    const service = openService(home);
    const path = kind === 'export' ? whole : '';
    let begun = performance.now();
    await begin(service, kind, path, 'timing-service').result;
    lasts[kind].service = performance.now() - begun;
    await service.close();
    begun = performance.now();
    const { code, stdout } = await start(words(kind, join(home, 'timing.json.gz'), 'timing-process'), { home }).ended;
    expect([code, stdout]).toEqual([0, stdout]);
    lasts[kind].process = performance.now() - begun;
  }

  return async (name, kind, way, moment) => {
    const home = join(root, name);
    const folder = join(home, 'exports');
    await mkdir(folder, { recursive: true });
    const path = join(folder, 'index.json.gz');
    const outcome = way === 'cancel' ? await cancelled() : await killed(way);
    const visible = (await readdir(folder)).filter((entryName) => !entryName.startsWith('.'));
    expect(visible).toEqual(existsSync(path) ? ['index.json.gz'] : []);
    if (existsSync(path)) await expectWhole(path);
    if (way !== 'kill') expect(await readdir(folder)).toEqual(visible);

    // Once more, as somebody would who saw it fail.
    const service = openService(home);
    try {
      const again = await begin(service, kind, path, name, true).result;
      expect(again.totalVectors).toBe(POINTS);
      if (kind === 'export') {
        await expectWhole(path);
        expect(await readdir(folder)).toEqual(['index.json.gz']);
      } else {
        const { new: added, updated, skipped } = again as { new: number; updated: number; skipped: number };
        expect({ all: added + skipped, updated }).toEqual({ all: POINTS, updated: 0 });
        expect(await count(url, name)).toBe(POINTS);
        expect(await settingsText(url, name)).toBe(await settingsText(url, 'source'));
        await call(url, 'DELETE', `/collections/${name}`);
      }
    } finally {
      await service.close();
      await rm(home, { recursive: true, force: true });
    }
    return outcome;

    async function cancelled(): Promise<string> {
      const first = openService(home);
      const job = begin(first, kind, path, name);
      const ended = job.result.then(
        () => 'done',
        (fault: unknown) => String((fault as { code?: unknown }).code),
      );
      await pause(moment * lasts[kind].service * 1.1);
      job.cancel();
      const how = await ended;
      expect(['done', 'CANCELLED']).toContain(how);
      expect(first.jobs().map(({ status }) => status)).toEqual([how === 'done' ? 'done' : 'cancelled']);
      await first.close();
      return how;
    }

    async function killed(by: 'kill' | 'interrupt'): Promise<string> {
      const { child, ended } = start(words(kind, path, name), { home });
      await pause(moment * lasts[kind].process * 1.1);
      child.kill(by === 'kill' ? 'SIGKILL' : 'SIGINT');
      const { code, stdout } = await ended;
      if (by === 'kill') return code === 0 ? 'done' : 'killed';
      // Before the program listens, the system ends it.
      expect([0, 130, null]).toContain(code);
      if (code === 130) expect(stdout).toContain('"code":"CANCELLED"');
      return code === 0 ? 'done' : code === 130 ? 'CANCELLED' : 'killed';
    }
  };
}

function openService(home: string): Service {
  return createService({
    settings: openSettings({ Store: Conf, dir: home }),
    home,
    qdrantBinary: undefined,
    workerScript: new URL('../out/main/worker.js', pathToFileURL(entry())),
    generator: 'vectorkeep test',
  });
}

/** A file under its final name is a whole export, however its making ended. */
async function expectWhole(path: string): Promise<void> {
  const found = await inspectArchive({ path }, { signal: new AbortController().signal, report: () => undefined });
  expect(found).toMatchObject({ problem: null, totalVectors: POINTS });
}
