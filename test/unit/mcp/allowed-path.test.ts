import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Fault } from '../../../main/faults/fault.ts';
import { pathToRead, pathToWrite } from '../../../main/mcp/allowed-path.ts';
import { exportName } from '../../../main/service/export-name.ts';

/*
 * base/exports          the export folder: good.json, sub/deep.json, and links that lead out and in
 * base/exports-old      a sibling with the same beginning
 * base/shared           allowed as well
 * base/secret           not allowed
 */
let base = '';
const at = (...names: string[]) => join(base, ...names);
/** All names below the base; `find` does not follow links. */
const everything = () => spawnSync('find', [base]).stdout.toString();
const policy = () => ({
  exportFolder: at('exports'),
  allowedFolders: [at('shared'), at('gone')],
  ownFolders: [at('exports', 'backups'), at('exports', 'settings')],
});

beforeAll(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'vk-paths-')));
  for (const folder of ['exports/sub', 'exports-old', 'shared', 'secret/inner', 'exports/folder.json']) {
    mkdirSync(at(folder), { recursive: true });
  }
  for (const file of [
    'exports/good.json',
    'exports/sub/deep.json',
    'exports-old/a.json',
    'shared/b.json',
    'secret/key.json',
  ]) {
    writeFileSync(at(file), '{}');
  }
  symlinkSync(at('secret'), at('exports/way-out'));
  symlinkSync(at('secret/key.json'), at('exports/key.json'));
  symlinkSync(at('exports/sub'), at('exports/way-in'));
  symlinkSync('../exports-old', at('exports/sibling'));
  symlinkSync(at('exports/good.json'), at('exports/same.json'));
  symlinkSync(at('nowhere'), at('exports/dangling'));
  symlinkSync(at('nowhere/new.json'), at('exports/dangling.json'));
  symlinkSync(at('exports/loop'), at('exports/loop'));
  symlinkSync('/', at('exports/top'));
  expect(spawnSync('mkfifo', [at('exports/pipe.json')]).status).toBe(0);
});
afterAll(() => rmSync(base, { recursive: true }));

const codeOf = async (work: Promise<unknown>) =>
  work.then(
    () => 'allowed',
    (error: unknown) => (error instanceof Fault ? error.code : String(error)),
  );

/** Tricks, `BASE` standing for the folder above the export folder. All are refused for reading and for writing. */
const TRICKS = [
  '',
  '.',
  './',
  '..',
  '../secret/key.json',
  '../exports-old/a.json',
  '../exports/good.json',
  'sub/../../secret/key.json',
  'sub/../good.json',
  'sub/..',
  './../secret/key.json',
  '....//....//secret/key.json',
  '..\\secret\\key.json',
  'sub\\..\\..\\secret\\key.json',
  '/etc/passwd',
  '/proc/self/environ',
  '/dev/stdin',
  '/dev/null',
  '/',
  'BASE/secret/key.json',
  'BASE/exports',
  'BASE/exports-old/a.json',
  'BASE/exports/../secret/key.json',
  'BASE/exports/../exports/good.json',
  'BASE/shared/../secret/key.json',
  '//server/share/x.json',
  '\\\\server\\share\\x.json',
  '\\\\?\\C:\\x.json',
  '\\\\.\\pipe\\x',
  'C:\\Windows\\x.json',
  'C:/Windows/x.json',
  'C:x.json',
  'file:///etc/passwd',
  'file:good.json',
  'good.json:stream',
  'good.json::$DATA',
  'good.json\u0000.txt',
  'BASE/exports/good.json\u0000',
  'new\nline.json',
  'good\u202enosj.json',
  'zero\u200bwidth.json',
  'lone\ud800.json',
  '~/x.json',
  '~root/x.json',
  'CON',
  'con.json',
  'NUL.json.gz',
  'sub/aux.json',
  'COM1.json',
  'lpt9.json',
  'COM².json',
  'CONIN$',
  'good.json.',
  'good.json ',
  'sub./deep.json',
  'a*b.json',
  'what?.json',
  'a|b.json',
  '"quoted".json',
  '<in>.json',
  'sub/',
  'way-out/key.json',
  'way-out/inner/new.json',
  'sibling/a.json',
  'dangling/new.json',
  'loop/x.json',
  'top/etc/passwd',
  'top/tmp/new.json',
  'BASE/exports/way-out/key.json',
  'good.json/x.json',
  'x'.repeat(241),
  'x/'.repeat(2100),
] as const;

describe.each(TRICKS)('%j', (trick) => {
  const given = () => trick.replace('BASE', base);
  it('is refused for reading', async () => {
    expect(await codeOf(pathToRead(given(), policy()))).toBe('PATH_NOT_ALLOWED');
  });
  it('is refused for writing, and nothing is made', async () => {
    const before = everything();
    expect(await codeOf(pathToWrite(given(), true, policy()))).toBe('PATH_NOT_ALLOWED');
    expect(everything()).toEqual(before);
  });
});

it('tries more than forty tricks', () => expect(TRICKS.length).toBeGreaterThan(40));

it('does not repeat the path it refuses', async () => {
  const error = await pathToRead('../secret/key.json', policy()).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(Fault);
  expect((error as Fault).message).not.toContain('key.json');
});

describe('reading', () => {
  it.each([
    ['good.json', 'exports/good.json'],
    ['./good.json', 'exports/good.json'],
    ['sub//deep.json', 'exports/sub/deep.json'],
    ['way-in/deep.json', 'exports/sub/deep.json'],
    ['BASE/exports/good.json', 'exports/good.json'],
    ['BASE/shared/b.json', 'shared/b.json'],
  ])('%s is allowed', async (given, expected) => {
    const within = at(expected.startsWith('shared') ? 'shared' : 'exports');
    expect(await pathToRead(given.replace('BASE', base), policy())).toEqual({ path: at(expected), within });
  });

  it.each([
    ['key.json', 'PATH_NOT_ALLOWED'],
    ['same.json', 'PATH_NOT_ALLOWED'],
    ['dangling.json', 'PATH_NOT_ALLOWED'],
    ['folder.json', 'PATH_NOT_ALLOWED'],
    ['pipe.json', 'PATH_NOT_ALLOWED'],
    ['missing.json', 'FILE_NOT_FOUND'],
    ['missing/x.json', 'FILE_NOT_FOUND'],
    ['..%2fsecret%2fkey.json', 'FILE_NOT_FOUND'],
    ['%2e%2e/secret/key.json', 'FILE_NOT_FOUND'],
    ['BASE/gone/x.json', 'PATH_NOT_ALLOWED'],
  ])('%s is %s', async (given, code) => {
    expect(await codeOf(pathToRead(given.replace('BASE', base), policy()))).toBe(code);
  });

  it('of a missing export folder is only a missing file', async () => {
    const nowhere = { exportFolder: at('never'), allowedFolders: [], ownFolders: [] };
    expect(await codeOf(pathToRead('a.json', nowhere))).toBe('FILE_NOT_FOUND');
    expect(existsSync(at('never'))).toBe(false);
  });
});

describe('writing', () => {
  it.each([
    ['new.json', true, 'exports/new.json'],
    ['new.json.gz', false, 'exports/new.json.gz'],
    ['new', true, 'exports/new.json.gz'],
    ['new', false, 'exports/new.json'],
    ['.bashrc', true, 'exports/.bashrc.json.gz'],
    ['run.sh', false, 'exports/run.sh.json'],
    ['made/on/the/way.json', true, 'exports/made/on/the/way.json'],
    ['way-in/new.json', true, 'exports/sub/new.json'],
    ['BASE/shared/new.json', true, 'shared/new.json'],
    ['日本.json', true, 'exports/日本.json'],
  ])('%s (compress %s) becomes %s', async (given, compress, expected) => {
    expect((await pathToWrite(given.replace('BASE', base), compress, policy())).path).toBe(at(expected));
  });

  it.each(['good.json', 'key.json', 'same.json', 'dangling.json', 'folder.json', 'pipe.json'])(
    '%s exists, as a file or as anything else',
    async (given) => {
      expect(await codeOf(pathToWrite(given, true, policy()))).toBe('FILE_EXISTS');
    },
  );

  it('makes the export folder itself, and says when it cannot', async () => {
    const fresh = { exportFolder: at('fresh', 'exports'), allowedFolders: [], ownFolders: [] };
    expect(await pathToWrite('a', true, fresh)).toEqual({
      path: at('fresh/exports/a.json.gz'),
      within: at('fresh/exports'),
    });
    const blocked = { exportFolder: at('exports/good.json/exports'), allowedFolders: [], ownFolders: [] };
    expect(await codeOf(pathToWrite('a', true, blocked))).toBe('WRITE_FAILED');
  });
});

it('whatever is asked, the answer is inside or a fault', async () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '..',
      '.',
      '',
      '/',
      '\\',
      'way-out',
      'way-in',
      'sub',
      'top',
      base.slice(1),
      'exports',
      'secret',
      'a',
      '~',
      'C:',
    ),
    fc.string({ unit: 'binary', maxLength: 4 }),
  );
  const path = fc
    .tuple(fc.array(piece, { maxLength: 7 }), fc.constantFrom('/', '\\', '//'))
    .map(([all, by]) => all.join(by));
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        path,
        path.map((each) => `/${each}`),
        path.map((each) => at(each)),
      ),
      async (given) => {
        for (const ask of [
          async () => (await pathToRead(given, policy())).path,
          async () => (await pathToWrite(given, true, policy())).path,
        ]) {
          const found = await ask().catch((error: unknown) => {
            expect(error).toBeInstanceOf(Fault);
            return null;
          });
          if (found === null) continue;
          const roots = [at('exports'), at('shared')];
          expect(roots.some((root) => !relative(root, found).startsWith('..'))).toBe(true);
          expect(realpathSync(join(found, '..'))).toBe(join(found, '..'));
        }
      },
    ),
    { numRuns: 500 },
  );
});

it.each(['code', '../../etc', 'a/b\u0000:c', '', '日本語', 'COM1', ' . ', '~', '$HOME', 'a b'])(
  'an export of %j gets a name that is allowed',
  async (collection) => {
    const name = exportName(collection, true, new Date('2026-01-02T03:04:05.678Z'));
    expect(await codeOf(pathToWrite(name, true, policy()))).toBe('allowed');
  },
);

describe('what Vectorkeep keeps for itself, though it lies in a folder that is allowed', () => {
  it('is neither read nor written, nor made, also not by way of a link', async () => {
    mkdirSync(at('exports', 'settings'));
    writeFileSync(at('exports', 'settings', 'settings.json'), '{}');
    symlinkSync(at('exports', 'settings'), at('exports', 'innocent'));
    for (const path of ['settings/settings.json', 'innocent/settings.json', at('exports', 'settings', 'settings.json')])
      await expect(pathToRead(path, policy())).rejects.toMatchObject({
        code: 'PATH_NOT_ALLOWED',
        params: { reason: 'own' },
      });
    // The vault is not there yet.
    for (const path of [
      'backups/x.json',
      'backups/deep/er/x.json',
      './backups/x.json',
      'innocent/x.json',
      'settings/x.json',
    ])
      await expect(pathToWrite(path, false, policy())).rejects.toMatchObject({ params: { reason: 'own' } });
    expect(existsSync(at('exports', 'backups'))).toBe(false);
    expect((await pathToWrite('backups-of-mine/x.json', false, policy())).path).toBe(
      at('exports', 'backups-of-mine', 'x.json'),
    );
  });

  it('is kept out where a folder within it is allowed', async () => {
    mkdirSync(at('exports', 'settings', 'inner'), { recursive: true });
    const inner = { ...policy(), allowedFolders: [at('exports', 'settings', 'inner')] };
    const path = at('exports', 'settings', 'inner', 'x.json');
    await expect(pathToWrite(path, false, inner)).rejects.toMatchObject({ params: { reason: 'own' } });
  });
});
