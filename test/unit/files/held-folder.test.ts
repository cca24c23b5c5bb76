import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { holdFolder } from '../../../main/files/held-folder.ts';
import { TemporaryFile } from '../../../main/files/temporary-file.ts';

/*
 * base/allowed/sub   where files are made
 * base/foreign       where they must not be
 */
let base = '';
const at = (...names: string[]) => join(base, ...names);
/** What this process holds open below the base, where the system tells. */
const open = () =>
  (existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd') : [])
    .map((fd) => readlink(`/proc/self/fd/${fd}`))
    .filter((path) => path.startsWith(base));
const readlink = (path: string): string => {
  try {
    return readlinkSync(path);
  } catch {
    // Closed by now: the one that listed them.
    return '';
  }
};

beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'vk-held-')));
  mkdirSync(at('allowed/sub'), { recursive: true });
  mkdirSync(at('foreign'));
});
afterEach(() => rmSync(base, { recursive: true }));

/** A link that leads out in the place of the folder. */
const swap = (): void => {
  renameSync(at('allowed/sub'), at('allowed/real'));
  symlinkSync(at('foreign'), at('allowed/sub'));
};
const content = Buffer.from('content');
const finish = async (file: TemporaryFile): Promise<void> => {
  await file.writeAt(content, 0);
  await file.publish({ replace: false, size: content.length });
};

it.each(['allowed', 'allowed/sub'])('%s is within, and left open by nobody', async (within) => {
  const file = await TemporaryFile.create(at('allowed/sub/a'), false, at(within));
  await finish(file);
  await file.discard();
  expect(readFileSync(at('allowed/sub/a'))).toEqual(content);
  expect(readdirSync(at('allowed/sub'))).toEqual(['a']);
  expect(open()).toEqual([]);
});

it('refuses a folder that is elsewhere, or is a link or a file by now', async () => {
  await expect(holdFolder(at('foreign'), at('allowed'))).rejects.toMatchObject({ code: 'PATH_NOT_ALLOWED' });
  await expect(holdFolder(base, at('allowed'))).rejects.toMatchObject({ code: 'PATH_NOT_ALLOWED' });
  await expect(holdFolder(at('allowed/none'), at('allowed'))).rejects.toMatchObject({ code: 'FILE_NOT_READABLE' });
  swap();
  await expect(holdFolder(at('allowed/sub'), at('allowed'))).rejects.toMatchObject({
    code: 'PATH_NOT_ALLOWED',
    params: { reason: 'moved', folder: at('allowed') },
  });
  expect(open()).toEqual([]);
});

describe('a folder that is swapped for a link', () => {
  it('before the file is made', async () => {
    swap();
    const making = TemporaryFile.create(at('allowed/sub/a'), false, at('allowed'));
    await expect(making).rejects.toMatchObject({ code: 'PATH_NOT_ALLOWED' });
    expect(readdirSync(at('foreign'))).toEqual([]);
  });

  it.runIf(process.platform === 'linux')('while it is written: it appears where it was meant to', async () => {
    const file = await TemporaryFile.create(at('allowed/sub/a'), false, at('allowed'));
    swap();
    await finish(file);
    expect(readdirSync(at('foreign'))).toEqual([]);
    expect(readdirSync(at('allowed/real'))).toEqual(['a']);
  });

  it.runIf(process.platform === 'linux')('before it is given up: nothing is left', async () => {
    const file = await TemporaryFile.create(at('allowed/sub/a'), false, at('allowed'));
    swap();
    await file.discard();
    expect(readdirSync(at('foreign'))).toEqual([]);
    expect(readdirSync(at('allowed/real'))).toEqual([]);
  });
});

it('names the file as it was asked for when there is one', async () => {
  await finish(await TemporaryFile.create(at('allowed/sub/a'), false, at('allowed')));
  const again = TemporaryFile.create(at('allowed/sub/a'), false, at('allowed'));
  await expect(again).rejects.toMatchObject({ code: 'FILE_EXISTS', params: { path: at('allowed/sub/a') } });
});
