import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { temporaryFolder } from '../../support/archives.ts';
import { failingDisk } from '../../support/failing-disk.ts';
import { expectHarmless, expectRecovered, groundOf, scenarios } from '../../support/vault-trials.ts';

vi.mock('node:fs', async (original) =>
  (await import('../../support/failing-module.ts')).failingModule(await original<object>()),
);
vi.mock('node:fs/promises', async (original) =>
  (await import('../../support/failing-module.ts')).failingModule(await original<object>()),
);

const PAGE = 4096;
/** Of each point's payload. */
const SIZE = 5000;

const sizesIn = (dir: string): number[] =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => statSync(join(entry.parentPath, entry.name)).size);
const sum = (sizes: readonly number[]): number => sizes.reduce((all, size) => all + size, 0);

/** What writes little is stopped at steps that are as little. */
const stepOf = (name: string): number => (/rotation|pin|nothing|sweeps/.test(name) ? 128 : PAGE);

describe('a disk that is full at any step: a clear error, no backup harmed, and with room again all goes on', () => {
  test.each(scenarios)('$name', async (scenario) => {
    const ground = await groundOf(scenario, SIZE);
    const step = stepOf(scenario.name);
    let full = 0;
    for (let room = sum(sizesIn(ground.base)); ; room += step) {
      const dir = ground.copy();
      const { reached, error, leftOpen } = await failingDisk(dir).withRoom(room, () => scenario.work(dir, SIZE));
      await expectRecovered(ground, dir, { error, leftOpen, operations: [] }, { died: false });
      if (!reached) break;
      expect(error).toMatchObject({ code: 'NO_SPACE' });
      full++;
    }
    console.log(`${scenario.name}: full at ${full} steps of ${step} bytes`);
    expect(full).toBeGreaterThan(3);
  });
});

/** A real disk. Making one takes root: without it this test cannot be done, and fails. */
function disk(): { folder: string; resize: (bytes: number) => void; end: () => void } {
  const folder = temporaryFolder();
  const mount = (options: string): void =>
    void execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'vectorkeep-test', folder], { stdio: 'pipe' });
  let mounted = false;
  const end = (): void => {
    if (mounted) execFileSync('umount', [folder], { stdio: 'pipe' });
    mounted = false;
  };
  onTestFinished(end);
  return {
    folder,
    end,
    resize: (bytes) => {
      mount(`${mounted ? 'remount,' : ''}size=${bytes}`);
      mounted = true;
    },
  };
}

test.each(scenarios)('a real disk that is full at any page: $name', async (scenario) => {
  const ground = await groundOf(scenario, SIZE);
  const { folder, resize, end } = disk();
  const needed = sum(sizesIn(ground.base).map((size) => Math.ceil(size / PAGE) * PAGE));
  let full = 0;
  for (let size = Math.max(PAGE, needed); ; size += PAGE) {
    resize(size);
    ground.copy(folder);
    let error: unknown;
    try {
      await scenario.work(folder, SIZE);
    } catch (thrown) {
      error = thrown;
      expect(error).toMatchObject({ code: 'NO_SPACE' });
    }
    await expectHarmless(ground, folder, { full: false });
    resize(64 << 20);
    await expectRecovered(ground, folder, { error, leftOpen: [], operations: [] }, { died: false });
    end();
    if (error === undefined) break;
    full++;
  }
  console.log(`${scenario.name}: full at ${full} sizes of a real disk`);
  expect(full).toBeGreaterThan(0);
});
