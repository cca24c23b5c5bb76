import { mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Conf from 'conf';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { settingsHome } from '../../../main/settings/home.ts';
import { optionalSettingsFile } from '../../../main/settings/optional-file.ts';
import { openSettingsFile } from '../../../main/settings/settings-file.ts';
import { settingsIn } from '../../../main/settings/settings.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vk-optional-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(dir, { recursive: true });
});

const open = (home: string) => optionalSettingsFile(() => Promise.resolve().then(() => openSettingsFile(Conf, home)));

it('writes to the file as long as it can be used', async () => {
  const file = await open(dir);
  settingsIn(file).rememberModel('url', 'code', 'm');
  expect(file.trouble).toBeNull();
  expect(openSettingsFile(Conf, dir).read()).toEqual(file.read());
  expect(file.read().models).toHaveLength(1);
});

it('goes on in memory where the folder cannot be opened, and says so', async () => {
  writeFileSync(join(dir, 'file'), 'not a folder');
  const file = await open(join(dir, 'file', 'home'));
  expect(file.trouble).toMatchObject({ code: 'WRITE_FAILED', params: { reason: 'ENOTDIR' } });
  settingsIn(file).rememberModel('url', 'code', 'm');
  expect(settingsIn(file).modelFor('url', 'code')).toBe('m');
  expect(readFileSync(join(dir, 'file'), 'utf8')).toBe('not a folder');
});

it('keeps what it knew where the folder fails later, and leaves the file as it is', async () => {
  const home = join(dir, 'home');
  settingsIn(openSettingsFile(Conf, home)).rememberModel('url', 'old', 'm');
  const file = await open(home);
  const settings = settingsIn(file);
  expect(settings.modelFor('url', 'old')).toBe('m');
  const before = readFileSync(join(home, 'settings.json'));
  renameSync(home, join(dir, 'away'));
  writeFileSync(home, 'not a folder');
  settings.setUnfinished('url', 'new', 'file-1');
  expect(file.trouble).toMatchObject({ code: 'WRITE_FAILED', params: { reason: 'ENOTDIR' } });
  expect(settings.unfinishedFile('url', 'new')).toBe('file-1');
  expect(settings.modelFor('url', 'old')).toBe('m');
  expect(readFileSync(join(dir, 'away', 'settings.json'))).toEqual(before);
});

it('still tells of a damaged file that it met', async () => {
  writeFileSync(join(dir, 'settings.json'), '{"broken');
  const file = await open(dir);
  expect(file.damage?.restored).toBe('defaults');
  expect(readdirSync(dir).filter((name) => name.includes('damaged'))).toHaveLength(1);
});

it('what is no fault of the folder is not covered up', async () => {
  await expect(optionalSettingsFile(() => Promise.reject(new TypeError('a bug')))).rejects.toThrow('a bug');
});

it('an account without a home folder is told to name one', () => {
  vi.stubEnv('HOME', '');
  vi.stubEnv('USERPROFILE', '');
  expect(() => settingsHome(undefined, {}, dir)).toThrow(expect.objectContaining({ code: 'USAGE' }) as Error);
  expect(settingsHome('here', {}, dir)).toBe(join(dir, 'here'));
});
