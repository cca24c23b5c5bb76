/** A vault that is moved on a disk that fails, and what must be true whatever the step was. */
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { Fault } from '../../main/faults/fault.ts';
import { copyForMove } from '../../main/jobs/tasks/move-vault.ts';
import { moveTo } from '../../main/service/move-service.ts';
import { never, temporaryFolder } from './archives.ts';
import { WAYS, day, expectHarmless, groundOf, points, type Ground, type Scenario } from './vault-trials.ts';

const companion = (text: string) => ({ companions: [{ name: 'merkle.json', content: Buffer.from(text) }] });

/** Two collections, dead rows, companions. */
const MOVED: Scenario = {
  name: 'a move',
  prepare: async (_, size, take) => {
    await take(
      points(1, 12, () => 0, size),
      { at: day(0), ...companion('first') },
    );
    await take(
      points(100, 104, () => 0, size),
      { at: day(1), collection: 'docs' },
    );
    await take(
      points(2, 13, (id) => id % 2, size),
      { at: day(2), ...companion('second'), pinned: true },
    );
  },
  work: () => Promise.resolve(),
};

/** The settings of a program, as much of them as a move needs. */
export class Chosen {
  folder: string;
  constructor(folder: string) {
    this.folder = folder;
  }
  vaultFolder = (): string => this.folder;
  vaultId = (): null => null;
  moveVaultFolder = ({ to }: { readonly to: string }): void => {
    this.folder = to;
  };
}

export const movedGround = (): Promise<Ground> => groundOf(MOVED, 60);

export interface Moving {
  readonly links?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (phase: string, bytes: number, total: number | null) => void;
}

/** Moves in this thread. */
export function move(
  settings: Chosen,
  target: string,
  { links = true, signal = never, onProgress }: Moving = {},
): ReturnType<typeof moveTo> {
  const report = ({ phase, bytes, totalBytes }: { phase: string; bytes: number; totalBytes: number | null }): void =>
    onProgress?.(phase, bytes, totalBytes);
  return moveTo(target, { settings, links, ended: () => Promise.resolve(), signal }, (task) =>
    copyForMove(task, { signal, report }),
  );
}

/** Whatever a vault's own files are called: there are none left. */
export function ownFilesIn(dir: string): string[] {
  if (!existsSync(dir)) return [];
  const all = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return all.map(({ name }) => name).filter((name) => !name.startsWith('theirs'));
}

/** Breaks a move off at one operation after the other, at each `every`th; how often. `full`: every point is decoded. See `breakOffEverywhere`. */
export async function breakOffMoves(
  how: keyof typeof WAYS,
  links: boolean,
  { every = 1, full = false } = {},
): Promise<number> {
  const ground = await movedGround();
  const root = temporaryFolder();
  for (let n = 1, trials = 0; ; n += every, trials++) {
    const disk = join(root, `${n}`);
    const [from, to] = [join(disk, 'old'), join(disk, 'away', 'new')];
    ground.copy(from);
    const strangers = n % 2 === 0 ? [join(from, 'theirs.txt'), join(from, 'theirs', 'theirs.md')] : [];
    mkdirSync(join(from, 'theirs'));
    for (const path of strangers) writeFileSync(path, 'theirs');
    const settings = new Chosen(from);
    const run = await WAYS[how](disk, n, () => move(settings, to, { links }));
    try {
      await expectOneWhole(
        ground,
        settings,
        { from, to },
        { died: /death|there on/.test(how), error: run.error, full },
      );
      expect(run.leftOpen).toEqual([]);
      expect(strangers.filter((path) => !existsSync(path))).toEqual([]);
    } catch (cause) {
      const last = (how === 'EIO in reading' ? run.reads : run.operations)[n - 1];
      const at = `${how} at operation ${n}: ${last?.name ?? ''} ${last?.path ?? ''}`;
      throw new Error(`${at}; the move ended with ${String(run.error)}`, { cause });
    }
    rmSync(disk, { recursive: true });
    if (!run.reached) {
      expect(run.error).toBeUndefined();
      return trials;
    }
  }
}

/** The vault of the settings is whole, and the next move finishes what this one did not. */
async function expectOneWhole(
  ground: Ground,
  settings: Chosen,
  { from, to }: { readonly from: string; readonly to: string },
  { died, error, full }: { readonly died: boolean; readonly error: unknown; readonly full: boolean },
): Promise<void> {
  await expectHarmless(ground, settings.folder, { full: false });
  if (error !== undefined && !died) {
    expect(error).toBeInstanceOf(Fault);
    expect((error as Fault).code).not.toBe('INTERNAL');
    expect(settings.folder).toBe(from);
  }
  const again = await move(settings, to).catch((thrown: unknown) => {
    // Nothing was left to do.
    if (settings.folder === to && thrown instanceof Fault && thrown.params['reason'] === 'same') return null;
    throw thrown;
  });
  if (again !== null) expect(again).toMatchObject({ from, notices: [] });
  expect(settings.folder).toBe(to);
  const { damage, leftovers, names } = await expectHarmless(ground, to, { full });
  expect([damage, leftovers, names]).toEqual([[], [], [...ground.before.keys()]]);
  expect([existsSync(join(to, 'lock')), existsSync(join(to, 'move.json'))]).toEqual([false, false]);
  expect(ownFilesIn(from)).toEqual([]);
}
