import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder, removeFile, syncFolder } from '../../../main/files/folder.ts';
import { writeWhole } from '../../../main/files/temporary-file.ts';
import { asNobody, faultOf, temporaryFolder } from '../../support/archives.ts';

test('a folder is made with those above it, and one that is there will do', async () => {
  const base = temporaryFolder();
  const path = join(base, 'a', 'b', 'c');
  await makeFolder(path);
  await makeFolder(path);
  expect(readdirSync(path)).toEqual([]);
  symlinkSync(path, join(base, 'link'));
  await makeFolder(join(base, 'link'));
  writeFileSync(join(base, 'file'), '');
  const notAFolder = { code: 'FILE_NOT_READABLE', params: { reason: 'a part of the path is not a folder' } };
  expect(await faultOf(makeFolder(join(base, 'file')))).toMatchObject(notAFolder);
  expect(await faultOf(makeFolder(join(base, 'file', 'x')))).toMatchObject(notAFolder);
  symlinkSync('nowhere', join(base, 'dangling'));
  expect(await faultOf(makeFolder(join(base, 'dangling')))).toMatchObject(notAFolder);
});

test('a folder that cannot be made says why', async () => {
  const base = temporaryFolder();
  chmodSync(base, 0o555);
  expect(await asNobody(() => faultOf(makeFolder(join(base, 'a', 'b'))))).toMatchObject({
    code: 'FILE_NOT_READABLE',
    params: { reason: 'permission is denied' },
  });
  // Answers ENOENT to every new name.
  expect(await faultOf(makeFolder('/proc/new/er'))).toMatchObject({ code: 'FILE_NOT_READABLE' });
});

test('a file is removed, and one that is not there is fine', async () => {
  const base = temporaryFolder();
  writeFileSync(join(base, 'x'), '');
  await removeFile(join(base, 'x'));
  await removeFile(join(base, 'x'));
  await syncFolder(base);
  expect(existsSync(join(base, 'x'))).toBe(false);
  mkdirSync(join(base, 'folder'));
  expect(await faultOf(removeFile(join(base, 'folder')))).toMatchObject({ code: 'FILE_NOT_READABLE' });
  expect(await faultOf(syncFolder(join(base, 'missing')))).toMatchObject({ code: 'FILE_NOT_READABLE' });
});

test('bytes are put into a file, whole', async () => {
  const base = temporaryFolder();
  const path = join(base, 'x');
  await writeWhole(path, Buffer.from('one'), { replace: false });
  expect(await faultOf(writeWhole(path, Buffer.from('two'), { replace: false }))).toMatchObject({
    code: 'FILE_EXISTS',
  });
  await writeWhole(path, Buffer.alloc(0), { replace: true });
  expect(readFileSync(path)).toHaveLength(0);
  expect(readdirSync(base)).toEqual(['x']);
});
