import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFileSync, chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { FileSource } from '../../../main/archive/file-source.ts';
import { Fault } from '../../../main/faults/fault.ts';
import { asNobody, exportOf, faultOf, never, temporaryFolder, validateFile } from '../../support/archives.ts';

describe('a path that is no export', () => {
  test.each([
    ['nothing', () => undefined, { code: 'FILE_NOT_FOUND' }],
    [
      'a folder',
      (path: string) => mkdirSync(path),
      { code: 'FILE_NOT_READABLE', params: { reason: 'it is a folder' } },
    ],
    [
      'a named pipe, which nobody writes to',
      (path: string) => execFileSync('mkfifo', [path]),
      { code: 'FILE_NOT_READABLE', params: { reason: 'it is not an ordinary file' } },
    ],
    [
      'a link to a device',
      (path: string) => symlinkSync('/dev/zero', path),
      { code: 'FILE_NOT_READABLE', params: { reason: 'it is not an ordinary file' } },
    ],
    ['a link to nothing', (path: string) => symlinkSync('nowhere', path), { code: 'FILE_NOT_FOUND' }],
    ['a link to itself', (path: string) => symlinkSync(path, path), { code: 'FILE_NOT_READABLE' }],
    ['an empty file', (path: string) => writeFileSync(path, ''), { code: 'BAD_ARCHIVE', params: { reason: 'empty' } }],
  ] as const)('%s', async (_, make, expected) => {
    const path = join(temporaryFolder(), 'x.json.gz');
    make(path);
    expect(await faultOf(validateFile(path))).toMatchObject(expected);
  });

  test('devices, and paths through files', async () => {
    expect(await faultOf(validateFile('/dev/zero'))).toMatchObject({ code: 'FILE_NOT_READABLE' });
    const path = join(temporaryFolder(), 'x');
    writeFileSync(path, '');
    expect(await faultOf(validateFile(join(path, 'y')))).toMatchObject({ code: 'FILE_NOT_READABLE' });
    expect(await faultOf(validateFile(join(path, 'y'.repeat(300))))).toMatchObject({ code: 'FILE_NOT_READABLE' });
  });

  test('a file, or a folder, that may not be read', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'x.json');
    writeFileSync(path, exportOf(''));
    chmodSync(folder, 0o755);
    chmodSync(path, 0o600);
    const denied = { code: 'FILE_NOT_READABLE', params: { path, reason: 'permission is denied' } };
    if (process.getuid?.() !== 0) chmodSync(path, 0);
    expect(await asNobody(() => faultOf(validateFile(path)))).toMatchObject(denied);
    chmodSync(path, 0o644);
    chmodSync(folder, 0o600);
    expect(await asNobody(() => faultOf(validateFile(path)))).toMatchObject(denied);
    chmodSync(folder, 0o700);
  });
});

describe('a file that is read', () => {
  test('may be read again while an earlier pass has not let go', async () => {
    const path = join(temporaryFolder(), 'x');
    const content = randomBytes(5 << 20);
    for (const bytes of [content, gzipSync(content, { level: 1 })]) {
      writeFileSync(path, bytes);
      const source = await FileSource.open(path);
      for (let round = 0; round < 10; round++) {
        for await (const chunk of source.chunks(never)) {
          expect(chunk.length).toBeGreaterThan(0);
          break;
        }
        const parts: Buffer[] = [];
        for await (const chunk of source.chunks(never)) parts.push(Buffer.from(chunk));
        expect(Buffer.concat(parts).equals(content)).toBe(true);
        expect(source.consumed).toBe(source.size);
      }
      await source.close();
    }
  });

  test('ends at once when it is given up', async () => {
    const path = join(temporaryFolder(), 'x');
    for (const bytes of [randomBytes(4 << 20), gzipSync(randomBytes(4 << 20), { level: 1 })]) {
      writeFileSync(path, bytes);
      const source = await FileSource.open(path);
      const controller = new AbortController();
      const reading = async (): Promise<void> => {
        for await (const chunk of source.chunks(controller.signal)) if (chunk.length > 0) controller.abort();
      };
      const error: unknown = await reading().catch((thrown: unknown) => thrown);
      expect(Fault.from(error).code).toBe('CANCELLED');
      await source.close();
    }
  });

  test('is known to have changed', async () => {
    const path = join(temporaryFolder(), 'x');
    writeFileSync(path, 'abc');
    const source = await FileSource.open(path);
    expect(await source.changed()).toBe(false);
    appendFileSync(path, 'd');
    expect(await source.changed()).toBe(true);
    await source.close();
  });
});
