/** What tests of the command line stand on: a server with one index, and a settings folder of their own for each. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { entry, failure, start, vectorkeep, type Ended } from './command-line.ts';
import { behindProxy } from './proxy.ts';
import { startQdrant, type Qdrant } from './qdrant.ts';
import { create, upsert } from './server-text.ts';

export interface CommandLineGround {
  /** Holds `code`: 3,000 points of four dimensions, about 9 MB. */
  readonly qdrant: Qdrant;
  /** A folder for the whole file of tests. */
  readonly root: string;
  /** Settings and working folder of this test, inside `root`. */
  readonly home: string;
  /** Runs a command in `home` to its end. */
  readonly run: (...args: string[]) => Promise<Ended>;
  /** Interrupts a command once it has asked the server twice for what `path` matches; it must end as one that was cancelled. */
  readonly interrupt: (args: readonly string[], path: RegExp) => Promise<void>;
  /** The words that name the server. */
  readonly at: () => string[];
}

/** Prepares it before the first test of a file, and takes it away after the last. For use outside of tests and hooks. */
export function commandLineGround(): CommandLineGround {
  let qdrant: Qdrant;
  let root = '';
  let home = '';
  let serial = 0;
  beforeAll(async () => {
    entry();
    qdrant = await startQdrant();
    root = await mkdtemp(join(tmpdir(), 'vectorkeep-cli-'));
    await create(qdrant.url, 'code', '{"vectors":{"size":4,"distance":"Dot"}}');
    const payload = JSON.stringify({ filePath: 'src/a.ts', text: 'x'.repeat(3000) });
    const points = Array.from({ length: 3000 }, (_, id) => `{"id":${id},"vector":[1,2,3,${id}],"payload":${payload}}`);
    await upsert(qdrant.url, 'code', points);
  });
  afterAll(async () => {
    await qdrant.stop();
    await rm(root, { recursive: true, force: true });
  });
  beforeEach(async () => {
    home = join(root, `home-${serial++}`);
    await mkdir(home);
  });
  return {
    get qdrant() {
      return qdrant;
    },
    get root() {
      return root;
    },
    get home() {
      return home;
    },
    run: (...args) => vectorkeep(args, { home }),
    interrupt: async (args, path) => {
      // Held for longer than anybody waits: only the interruption ends it.
      const held = { path, after: 1, fault: { kind: 'delay', ms: 60_000 } } as const;
      await behindProxy(qdrant.url, [held], async (proxy) => {
        const { child, ended } = start([...args, '--url', proxy.url, '--json'], { home });
        await expect
          .poll(() => proxy.seen.filter((line) => path.test(line)).length, { timeout: 20_000 })
          .toBeGreaterThan(1);
        child.kill('SIGINT');
        expect(failure(await ended, 130).code).toBe('CANCELLED');
      });
    },
    at: () => ['--url', qdrant.url],
  };
}
