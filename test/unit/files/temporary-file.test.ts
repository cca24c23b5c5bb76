import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sweepPartials } from '../../../main/files/partial-files.ts';
import { TemporaryFile } from '../../../main/files/temporary-file.ts';
import { asNobody, faultOf, temporaryFolder } from '../../support/archives.ts';

const target = (): string => join(temporaryFolder(), 'x.json.gz');

async function write(path: string, replace: boolean, content = 'new'): Promise<void> {
  const file = await TemporaryFile.create(path, replace);
  try {
    await file.writeAt(Buffer.from(content), 0);
    await file.publish({ replace, size: content.length });
  } finally {
    await file.discard();
  }
}
const names = (path: string): string[] => readdirSync(join(path, '..'));

describe('a temporary file', () => {
  test('lies beside its target, under a name of its own, until it is published', async () => {
    const path = target();
    const file = await TemporaryFile.create(path, false);
    expect(names(path)).toEqual([
      expect.stringMatching(new RegExp(`^\\.x\\.json\\.gz\\.${process.pid}-[0-9a-f]{12}\\.partial$`)),
    ]);
    await file.writeAt(Buffer.from('abc'), 0);
    await file.writeAt(Buffer.from('Z'), 1);
    await file.publish({ replace: false, size: 3 });
    expect(names(path)).toEqual(['x.json.gz']);
    expect(readFileSync(path, 'utf8')).toBe('aZc');
    expect(statSync(path).nlink).toBe(1);
    await file.discard();
    expect(readFileSync(path, 'utf8')).toBe('aZc');
  });

  test('leaves nothing when it is discarded, at any time and twice', async () => {
    const path = target();
    const file = await TemporaryFile.create(path, false);
    const writing = file.writeAt(Buffer.alloc(3 << 20), 0).catch(() => undefined);
    await file.discard();
    await file.discard();
    await writing;
    expect(names(path)).toEqual([]);
  });

  test('is not published when it is not as long as it should be', async () => {
    const path = target();
    const file = await TemporaryFile.create(path, false);
    await file.writeAt(Buffer.from('abc'), 0);
    expect(await faultOf(file.publish({ replace: false, size: 4 }))).toMatchObject({ code: 'WRITE_FAILED' });
    await file.discard();
    expect(names(path)).toEqual([]);
  });

  test('replaces a file only when asked', async () => {
    const path = target();
    writeFileSync(path, 'old');
    expect(await faultOf(write(path, false))).toMatchObject({ code: 'FILE_EXISTS', params: { path } });
    expect(readFileSync(path, 'utf8')).toBe('old');
    await write(path, true);
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(names(path)).toEqual(['x.json.gz']);
  });

  test('leaves a file alone that comes to be while it is written', async () => {
    const path = target();
    const file = await TemporaryFile.create(path, false);
    await file.writeAt(Buffer.from('new'), 0);
    writeFileSync(path, 'theirs');
    expect(await faultOf(file.publish({ replace: false, size: 3 }))).toMatchObject({ code: 'FILE_EXISTS' });
    await file.discard();
    expect(readFileSync(path, 'utf8')).toBe('theirs');
    expect(names(path)).toEqual(['x.json.gz']);
  });

  test('of two for one target the first wins', async () => {
    const path = target();
    const results = await Promise.all([faultOf(write(path, false, 'one')), faultOf(write(path, false, 'two'))]);
    expect(results.filter((fault) => fault?.code === 'FILE_EXISTS')).toHaveLength(1);
    expect(names(path)).toEqual(['x.json.gz']);
  });

  test('takes the place of a link, never of what it leads to', async () => {
    const path = target();
    const elsewhere = `${path}.elsewhere`;
    writeFileSync(elsewhere, 'precious');
    symlinkSync(elsewhere, path);
    expect(await faultOf(write(path, false))).toMatchObject({ code: 'FILE_EXISTS' });
    await write(path, true);
    expect(lstatSync(path).isSymbolicLink()).toBe(false);
    expect(readFileSync(elsewhere, 'utf8')).toBe('precious');
    const dangling = target();
    symlinkSync('nowhere', dangling);
    expect(await faultOf(write(dangling, false))).toMatchObject({ code: 'FILE_EXISTS' });
    await write(dangling, true);
    expect(readFileSync(dangling, 'utf8')).toBe('new');
    const linked = target();
    writeFileSync(linked, 'other name');
    linkSync(linked, `${linked}.2`);
    await write(linked, true);
    expect(readFileSync(`${linked}.2`, 'utf8')).toBe('other name');
  });

  test('never takes the place of a device, a pipe or a folder', async () => {
    const path = target();
    spawnSync('mkfifo', [path]);
    expect(await faultOf(write(path, true))).toMatchObject({ code: 'FILE_NOT_READABLE' });
    expect(lstatSync(path).isFIFO()).toBe(true);
    const device = target();
    symlinkSync('/dev/null', device);
    expect(await faultOf(write(device, true))).toMatchObject({ code: 'FILE_NOT_READABLE' });
    expect(lstatSync(device).isSymbolicLink()).toBe(true);
    const folder = target();
    mkdirSync(folder);
    for (const replace of [true, false]) {
      expect(await faultOf(write(folder, replace))).toMatchObject({
        code: 'FILE_NOT_READABLE',
        params: { reason: 'it is a folder' },
      });
    }
    const later = target();
    const file = await TemporaryFile.create(later, true);
    await file.writeAt(Buffer.from('new'), 0);
    mkdirSync(later);
    expect(await faultOf(file.publish({ replace: true, size: 3 }))).toMatchObject({ code: 'FILE_NOT_READABLE' });
    await file.discard();
    expect(names(later)).toEqual(['x.json.gz']);
  });

  test('sweeps what killed runs left, and nothing else', async () => {
    const path = target();
    const folder = join(path, '..');
    const { pid: dead } = spawnSync('true');
    const partial = (name: string, writer: number | string): string => `.${name}.${writer}-0123456789ab.partial`;
    const ofAThread = `${process.pid}t987654`;
    const stay = [
      partial('x.json.gz', process.ppid),
      partial('x.json.gz', ofAThread),
      partial('other.json.gz', dead),
      `.x.json.gz.${dead}-0123456789ab.partial.txt`,
      `.x.json.gz.${dead}-short.partial`,
      `x.json.gz.${dead}-0123456789ab.partial`,
    ];
    // In a container every run has the same pid. What this thread does not write now is of another run, however new.
    const go = [partial('x.json.gz', dead), partial('x.json.gz', process.pid)];
    for (const name of [...stay, ...go]) writeFileSync(join(folder, name), '');
    await write(path, false);
    expect(names(path).sort()).toEqual([...stay, 'x.json.gz'].sort());
    // What is older than this process is of no thread of it.
    utimesSync(join(folder, partial('x.json.gz', ofAThread)), 1000, 1000);
    await write(path, true);
    expect(existsSync(join(folder, partial('x.json.gz', ofAThread)))).toBe(false);
    // Another target's goes once it is old, unless its process lives.
    writeFileSync(join(folder, partial('third.json.gz', process.ppid)), '');
    for (const name of [partial('other.json.gz', dead), partial('third.json.gz', process.ppid)])
      utimesSync(join(folder, name), 1000, 1000);
    await write(path, true);
    expect(existsSync(join(folder, partial('other.json.gz', dead)))).toBe(false);
    expect(existsSync(join(folder, partial('third.json.gz', process.ppid)))).toBe(true);
  });

  test('is left alone by others for the same target, and for others in the folder', async () => {
    const path = target();
    const one = await TemporaryFile.create(path, true);
    const other = await TemporaryFile.createIn(join(path, '..'));
    for (const file of [one, other]) utimesSync(file.path, 1000, 1000);
    await write(path, true);
    await sweepPartials(join(path, '..'));
    for (const file of [one, other]) expect(existsSync(file.path)).toBe(true);
    for (const file of [one, other]) await file.discard();
    expect(names(path)).toEqual(['x.json.gz']);
  });

  test('may be named when it is complete', async () => {
    const folder = temporaryFolder();
    const named = async (name: string, replace: boolean, content: string): Promise<void> => {
      const file = await TemporaryFile.createIn(folder);
      try {
        await file.writeAt(Buffer.from(content), 0);
        await file.publish({ as: join(folder, name), replace, size: content.length });
      } finally {
        await file.discard();
      }
    };
    await named('a', false, 'first');
    const path = join(folder, 'a');
    expect(await faultOf(named('a', false, 'again'))).toMatchObject({ code: 'FILE_EXISTS', params: { path } });
    expect(readFileSync(path, 'utf8')).toBe('first');
    await named('a', true, 'again');
    expect(readFileSync(path, 'utf8')).toBe('again');
    mkdirSync(join(folder, 'b'));
    expect(await faultOf(named('b', true, 'x'))).toMatchObject({ params: { reason: 'it is a folder' } });
    expect(readdirSync(folder)).toEqual(['a', 'b']);
    expect(await faultOf(TemporaryFile.createIn(path))).toMatchObject({ params: { path } });
  });

  test('is swept by whoever has the folder for himself, unless it is used or of a process that lives', async () => {
    const folder = temporaryFolder();
    const { pid: dead } = spawnSync('true');
    const used = await TemporaryFile.createIn(folder);
    const partial = (writer: number | string): string => join(folder, `.new.${writer}-0123456789ab.partial`);
    for (const writer of [dead, process.pid, `${process.pid}t987654`, process.ppid]) writeFileSync(partial(writer), '');
    writeFileSync(join(folder, 'new.partial'), '');
    await sweepPartials(folder);
    expect(readdirSync(folder).map((name) => join(folder, name))).toEqual(
      [used.path, partial(process.ppid), join(folder, 'new.partial')].sort(),
    );
    await used.discard();
    await sweepPartials(join(folder, 'missing'));
  });

  test('has room for the longest names', async () => {
    for (const name of ['n'.repeat(255), 'é'.repeat(127), '😀'.repeat(63), '日'.repeat(85)]) {
      const path = join(temporaryFolder(), name);
      await write(path, false);
      expect(names(path)).toEqual([name]);
    }
    expect(await faultOf(write(join(temporaryFolder(), 'n'.repeat(256)), false))).toMatchObject({
      code: 'FILE_NOT_READABLE',
      params: { reason: 'the name is too long' },
    });
  });

  test('says why a folder will not do', async () => {
    const folder = temporaryFolder();
    expect(await faultOf(write(join(folder, 'missing', 'x'), false))).toMatchObject({
      code: 'FILE_NOT_READABLE',
      params: { reason: 'there is no such folder' },
    });
    writeFileSync(join(folder, 'file'), '');
    expect(await faultOf(write(join(folder, 'file', 'x'), false))).toMatchObject({
      code: 'FILE_NOT_READABLE',
      params: { reason: 'a part of the path is not a folder' },
    });
    chmodSync(folder, 0o555);
    expect(await asNobody(() => faultOf(write(join(folder, 'x'), false)))).toMatchObject({
      code: 'FILE_NOT_READABLE',
      params: { reason: 'permission is denied' },
    });
    // May be written to, not looked into.
    chmodSync(folder, 0o333);
    await asNobody(() => write(join(folder, 'x'), false));
    chmodSync(folder, 0o755);
    expect(readFileSync(join(folder, 'x'), 'utf8')).toBe('new');
  });
});
