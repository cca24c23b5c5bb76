import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { Fault } from '../../../main/faults/fault.ts';
import { makeFolder, removeFile } from '../../../main/files/folder.ts';
import { sweepPartials } from '../../../main/files/partial-files.ts';
import { TemporaryFile, writeWhole } from '../../../main/files/temporary-file.ts';
import { FileLock } from '../../../main/processes/file-lock.ts';
import { temporaryFolder } from '../../support/archives.ts';
import { failingDisk, type DiskRun } from '../../support/failing-disk.ts';

vi.mock('node:fs', async (original) =>
  (await import('../../support/failing-module.ts')).failingModule(await original<object>()),
);
vi.mock('node:fs/promises', async (original) =>
  (await import('../../support/failing-module.ts')).failingModule(await original<object>()),
);

const OLD = 'the one before';
const NEW = Buffer.alloc(20_000, 'new');

/** In pieces, as a segment is written. */
async function publish(folder: string, replace: boolean): Promise<void> {
  await sweepPartials(folder);
  const file = await TemporaryFile.createIn(folder);
  try {
    await file.writeAt(NEW.subarray(0, 12_000), 0);
    await file.writeAt(NEW.subarray(12_000), 12_000);
    await file.publish({ as: join(folder, 'file'), replace, size: NEW.length });
  } finally {
    await file.discard();
  }
}
async function whole(folder: string, replace: boolean): Promise<void> {
  await sweepPartials(folder);
  await writeWhole(join(folder, 'file'), NEW, { replace });
}

type Work = (folder: string, replace: boolean) => Promise<void>;
type Break = (folder: string, n: number, work: () => Promise<void>) => Promise<DiskRun<void>>;

const works: [string, Work][] = [
  ['a file named at its end', publish],
  ['a small file', whole],
];
const ways: [string, Break][] = [
  ['EIO', (folder, n, work) => failingDisk(folder).failAt(n, 'EIO', work)],
  ['ENOSPC', (folder, n, work) => failingDisk(folder).failAt(n, 'ENOSPC', work)],
  ['EACCES', (folder, n, work) => failingDisk(folder).failAt(n, 'EACCES', work)],
  ['EIO for ever', (folder, n, work) => failingDisk(folder).failAt(n, 'EIO', work, true)],
  ['EIO in reading', (folder, n, work) => failingDisk(folder).failReadAt(n, 'EIO', work)],
  ['death', (folder, n, work) => failingDisk(folder).dieAt(n, work)],
  ['an end of the disk', (folder, n, work) => failingDisk(folder).withRoom((n - 1) * 997, work)],
];
const cases = works.flatMap(([what, work]) =>
  ways.flatMap(([how, way]) => [true, false].map((replace) => ({ what, how, replace, work, way }))),
);

describe('at every step of its making', () => {
  test.each(cases)('$what, replacing $replace, by $how', async ({ how, replace, work, way }) => {
    let broken = 0;
    for (let n = 1; ; n++) {
      const folder = temporaryFolder();
      const path = join(folder, 'file');
      if (replace) writeFileSync(path, OLD);
      const { reached, error, leftOpen } = await way(folder, n, () => work(folder, replace));
      expect(leftOpen).toEqual([]);
      const left = existsSync(path) ? readFileSync(path) : null;
      // Nothing, or the old one, or all of the new one.
      if (left?.equals(NEW) !== true) {
        expect(left?.toString()).toBe(replace ? OLD : undefined);
        expect(error).toBeInstanceOf(Fault);
        if (how === 'ENOSPC' || how === 'an end of the disk') expect(error).toMatchObject({ code: 'NO_SPACE' });
      }
      if (how !== 'death' && how !== 'EIO for ever') expect(readdirSync(folder).filter(isPartial)).toEqual([]);
      if (!reached) {
        expect([error, left]).toEqual([undefined, NEW]);
        break;
      }
      broken++;
      await work(folder, true);
      expect(readFileSync(path)).toEqual(NEW);
      expect(readdirSync(folder)).toEqual(['file']);
    }
    expect(broken).toBeGreaterThan(4);
  });
});
const isPartial = (name: string): boolean => name.endsWith('.partial');

test.each(ways)('a lock, by %s: nobody is kept out for ever', async (_, way) => {
  let broken = 0;
  for (let n = 1; ; n++) {
    const folder = temporaryFolder();
    const path = join(folder, 'lock');
    const { reached } = await way(folder, n, async () => {
      const lock = await FileLock.acquire(path, { purpose: 'test', waitMs: 0 });
      try {
        await lock.assertHeld();
      } finally {
        await lock.release();
      }
    });
    const lock = await FileLock.acquire(path, { purpose: 'test', waitMs: 0 });
    await lock.release();
    expect(readdirSync(folder)).toEqual([]);
    if (!reached) break;
    broken++;
  }
  expect(broken).toBeGreaterThan(0);
});

/** Breaks the one operation of that name, as a file system does that does not have it. */
async function without(folder: string, name: string, work: () => Promise<void>): Promise<DiskRun<void>> {
  const { operations, error } = await failingDisk(folder).watch(work);
  expect(error).toBeUndefined();
  const at = operations.findIndex((operation) => operation.name === name);
  expect(at).toBeGreaterThan(-1);
  return failingDisk(folder).failAt(at + 1, 'EPERM', work);
}

test('file systems without hard links do', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'file');
  expect(
    await without(folder, 'link', async () => {
      await removeFile(path);
      await publish(folder, false);
    }),
  ).toMatchObject({ reached: true, error: undefined });
  expect(readFileSync(path)).toEqual(NEW);
  expect(readdirSync(folder)).toEqual(['file']);
  const lock = join(temporaryFolder(), 'lock');
  const hold = async (): Promise<void> => {
    const held = await FileLock.acquire(lock, { purpose: 'test', waitMs: 0 });
    const error = await FileLock.acquire(lock, { purpose: 'other', waitMs: 0 }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'VAULT_BUSY', params: { purpose: 'test' } });
    await held.release();
  };
  expect(await without(dirname(lock), 'link', hold)).toMatchObject({ reached: true, error: undefined });
  expect(readdirSync(dirname(lock))).toEqual([]);
});

describe('a failing disk', () => {
  const work = (folder: string) => async (): Promise<string> => {
    await makeFolder(join(folder, 'a', 'b'));
    await writeWhole(join(folder, 'a', 'b', 'c'), Buffer.from('abcdef'), { replace: false });
    await removeFile(join(folder, 'a', 'b', 'c'));
    return 'done';
  };

  test('tells what was done to it', async () => {
    const folder = temporaryFolder();
    const { operations, reached, value, error } = await failingDisk(folder).watch(work(folder));
    expect([reached, value, error]).toEqual([false, 'done', undefined]);
    expect(operations.map(({ name, path }) => `${name} ${path}`.replace(/\.c\.\S+/, 'partial'))).toEqual([
      ...['mkdir a/b', 'mkdir a', 'sync ', 'mkdir a/b', 'sync a'],
      ...['open a/b/partial', 'write a/b/partial', 'sync a/b/partial', 'link a/b/c', 'unlink a/b/partial', 'sync a/b'],
      ...['rm a/b/partial', 'unlink a/b/c'],
    ]);
  });

  test('lets a process die in the middle of a write, with all that it does later', async () => {
    const folder = temporaryFolder();
    let later: Promise<void> = Promise.resolve();
    const { reached, operations } = await failingDisk(folder).dieAt(7, async () => {
      try {
        await work(folder)();
      } finally {
        later = new Promise((done) => setTimeout(done, 20)).then(() => work(folder)()).then(() => undefined);
        later.catch(() => undefined);
      }
    });
    expect([reached, operations.length]).toEqual([true, 7]);
    await expect(later).rejects.toMatchObject({ code: 'WRITE_FAILED' });
    const [partial = ''] = readdirSync(join(folder, 'a', 'b'));
    expect(readFileSync(join(folder, 'a', 'b', partial), 'utf8')).toBe('abc');
  });

  test('has the room that was taken away from it again', async () => {
    const folder = temporaryFolder();
    const disk = failingDisk(folder);
    const file = join(folder, 'x');
    const put = (size: number) => () => writeWhole(file, Buffer.alloc(size), { replace: true });
    expect(await disk.withRoom(1000, put(1001))).toMatchObject({ reached: true, error: { code: 'NO_SPACE' } });
    expect(await disk.withRoom(1000, put(600))).toMatchObject({ reached: false, error: undefined });
    // The old one is there until the new one is.
    expect(await disk.withRoom(1000, put(600))).toMatchObject({ reached: true, error: { code: 'NO_SPACE' } });
    expect(await disk.withRoom(1000, () => removeFile(file).then(put(600)))).toMatchObject({ reached: false });
  });

  test('is whole again for everybody else', async () => {
    const folder = temporaryFolder();
    const elsewhere = temporaryFolder();
    await failingDisk(folder).failAt(1, 'EIO', () => work(elsewhere)(), true);
    expect(readdirSync(join(elsewhere, 'a', 'b'))).toEqual([]);
    expect(await work(folder)()).toBe('done');
  });
});
