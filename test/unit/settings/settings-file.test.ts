import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Conf from 'conf';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openSettingsFile } from '../../../main/settings/settings-file.ts';
import type { StoreClass } from '../../../main/settings/settings-file.ts';
import { defaultSettings } from '../../../main/settings/schema.ts';
import type { Settings } from '../../../main/settings/schema.ts';

const good: Settings = {
  ...defaultSettings(),
  connections: [{ name: 'a', kind: 'url', url: 'http://localhost:6333', model: null, pathKey: null, key: null }],
  current: 'a',
};
const store = Conf as unknown as StoreClass;

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vk-settings-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const truncated = fc.nat(JSON.stringify(good).length).map((at) => Buffer.from(JSON.stringify(good).slice(0, at)));
const reshaped = fc
  .tuple(fc.constantFrom(...Object.keys(good), '__internal__', '__proto__', 'toJSON'), fc.jsonValue())
  .map(([key, value]) =>
    Buffer.from(`${JSON.stringify(good).slice(0, -1)},${JSON.stringify(key)}:${JSON.stringify(value)}}`),
  );
const bytes = fc.oneof(
  fc.uint8Array().map((each) => Buffer.from(each)),
  fc.json().map((each) => Buffer.from(each)),
  truncated,
  reshaped,
);

it('whatever bytes are in the file, it opens, and nothing is lost', () => {
  let damaged = 0;
  fc.assert(
    fc.property(bytes, (content) => {
      const home = mkdtempSync(join(dir, 'home-'));
      openSettingsFile(store, home).write(good);
      writeFileSync(join(home, 'settings.json'), content);
      const file = openSettingsFile(store, home);
      const settings = file.read();
      if (file.damage) {
        damaged += 1;
        expect(settings).toEqual(good);
        expect(readFileSync(file.damage.keptAs).equals(content)).toBe(true);
      }
      file.write({ ...settings, exportFolder: '/elsewhere' });
      expect(openSettingsFile(store, home).read()).toEqual({ ...settings, exportFolder: '/elsewhere' });
    }),
    { numRuns: 100 },
  );
  expect(damaged).toBeGreaterThan(30);
  // Every trial waits for the disk several times.
}, 60_000);

it('a folder in the place of the file is set aside like any damage', () => {
  openSettingsFile(store, dir).write(good);
  rmSync(join(dir, 'settings.json'));
  mkdirSync(join(dir, 'settings.json'));
  const file = openSettingsFile(store, dir);
  expect(file.read()).toEqual(good);
  expect(file.damage).toMatchObject({ restored: 'last-good' });
});

it('uses the last good copy when the file went missing', () => {
  openSettingsFile(store, dir).write(good);
  rmSync(join(dir, 'settings.json'));
  expect(openSettingsFile(store, dir).read()).toEqual(good);
});

it('takes a good file that somebody else wrote as the new last good copy', () => {
  writeFileSync(join(dir, 'settings.json'), JSON.stringify(good));
  openSettingsFile(store, dir);
  writeFileSync(join(dir, 'settings.json'), 'oops');
  expect(openSettingsFile(store, dir).read()).toEqual(good);
});

it('reads a file that an editor began with a byte order mark', () => {
  writeFileSync(join(dir, 'settings.json'), `\uFEFF${JSON.stringify(good)}`);
  const file = openSettingsFile(store, dir);
  expect(file.read()).toEqual(good);
  expect(file.damage).toBeNull();
});

it('says so when the folder cannot be made, and leaves no temporary files', () => {
  writeFileSync(join(dir, 'file'), '');
  expect(() => openSettingsFile(store, join(dir, 'file', 'home'))).toThrow(/WRITE_FAILED.*ENOTDIR/);
  openSettingsFile(store, dir).write(good);
  expect(readdirSync(dir).filter((name) => name.includes('tmp'))).toEqual([]);
});
