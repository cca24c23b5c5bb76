/** Work on a vault on a disk that is too full for it, pretended and real, and with room again. */
import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { temporaryFolder } from './archives.ts';
import { failingDisk } from './failing-disk.ts';
import { expectHarmless, expectRecovered, groundOf, type Scenario } from './vault-trials.ts';

export const PAGE = 4096;
/** Of each point's payload. */
const SIZE = 5000;

const sizesIn = (dir: string): number[] =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => statSync(join(entry.parentPath, entry.name)).size);
const sum = (sizes: readonly number[]): number => sizes.reduce((all, size) => all + size, 0);

/**
 * Does the work with so many bytes of room, from none on in steps until it is enough; how often it was not. The test's file
 * must have put `failing-module.ts` in the place of Node's file modules.
 */
export async function fillInSteps(scenario: Scenario, step: number): Promise<number> {
  const ground = await groundOf(scenario, SIZE);
  let full = 0;
  for (let room = sum(sizesIn(ground.base)); ; room += step) {
    const dir = ground.copy();
    const { reached, error, leftOpen } = await failingDisk(dir).withRoom(room, () => scenario.work(dir, SIZE));
    await expectRecovered(ground, dir, { error, leftOpen, operations: [] }, { died: false });
    if (!reached) return full;
    expect(error).toMatchObject({ code: 'NO_SPACE' });
    full++;
  }
}

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

/** The same on a real disk, which grows by so many pages each time. */
export async function fillRealDisk(scenario: Scenario, pages: number): Promise<number> {
  const ground = await groundOf(scenario, SIZE);
  const { folder, resize, end } = disk();
  const needed = sum(sizesIn(ground.base).map((size) => Math.ceil(size / PAGE) * PAGE));
  let full = 0;
  for (let size = Math.max(PAGE, needed); ; size += pages * PAGE) {
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
    if (error === undefined) return full;
    full++;
  }
}
