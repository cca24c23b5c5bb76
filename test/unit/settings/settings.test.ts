import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Conf from 'conf';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSettings } from '../../../main/settings/settings.ts';
import type { SecretBox } from '../../../main/settings/settings.ts';
import type { StoreClass } from '../../../main/settings/settings-file.ts';

// Outside Electron its package is only the path of a program; with this it does not look for one.
process.env.ELECTRON_OVERRIDE_DIST_PATH = tmpdir();
const { default: ElectronStore } = (await import('electron-store')) as unknown as { default: StoreClass };

/** Stands for a keychain: not a real cipher, but nothing of the clear text is left. */
const box: SecretBox = {
  available: true,
  encrypt: (text) => Buffer.from(text).toString('hex').split('').reverse().join(''),
  decrypt: (sealed) => Buffer.from(sealed.split('').reverse().join(''), 'hex').toString(),
};

const local = { name: 'local', kind: 'url', url: 'http://localhost:6333/' } as const;
const cloud = { name: 'cloud', kind: 'url', url: ' https://x.qdrant.io:6333 ', apiKey: 'sk-very-secret' } as const;

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vk-settings-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

describe.each([
  ['conf', Conf as unknown as StoreClass],
  ['electron-store', ElectronStore],
])('settings kept by %s', (_name, Store) => {
  const open = (secrets?: SecretBox) => openSettings({ Store, dir: join(dir, 'home'), secrets });
  const text = () => readFileSync(join(dir, 'home', 'settings.json'), 'utf8');

  it('starts empty, keeps what is saved, and only its owner reads it', () => {
    const settings = open();
    expect(settings.connections()).toEqual({ connections: [], current: null });
    expect(settings.damage).toBeNull();
    settings.saveConnection(local);
    expect(open().connections()).toEqual({
      connections: [{ name: 'local', kind: 'url', url: 'http://localhost:6333', hasKey: false, model: null }],
      current: 'local',
    });
    expect(statSync(join(dir, 'home')).mode & 0o777).toBe(0o700);
    for (const file of readdirSync(join(dir, 'home'))) {
      expect(statSync(join(dir, 'home', file)).mode & 0o777).toBe(0o600);
    }
    expect(readdirSync(join(dir, 'home')).sort()).toEqual(['settings.json', 'settings.last-good.json']);
  });

  it('keeps a key sealed and gives it back only with the keychain', () => {
    const settings = open(box);
    expect(settings.keyStorage).toBe('keychain');
    expect(settings.saveConnection(cloud).hasKey).toBe(true);
    expect(text()).not.toContain('sk-very-secret');
    expect(JSON.stringify(settings.connections())).not.toContain('sk-very-secret');
    expect(open(box).apiKeyOf('cloud')).toBe('sk-very-secret');
    const withoutKeychain = open();
    expect(withoutKeychain.keyStorage).toBe('session');
    expect(() => withoutKeychain.apiKeyOf('cloud')).toThrow(/KEY_LOCKED.*cloud/);
    const otherKeychain = open({
      ...box,
      decrypt: () => {
        throw new Error('sk-very-secret');
      },
    });
    expect(() => otherKeychain.apiKeyOf('cloud')).toThrow(/^KEY_LOCKED \{"connection":"cloud"\}$/);
  });

  it('keeps a key in memory alone where there is no keychain', () => {
    const settings = open({ ...box, available: false });
    expect(settings.saveConnection(cloud).hasKey).toBe(true);
    expect(settings.apiKeyOf('cloud')).toBe('sk-very-secret');
    expect(text()).not.toContain('sk-very-secret');
    expect(open().apiKeyOf('cloud')).toBeNull();
    settings.saveConnection({ name: 'renamed', kind: 'url', url: cloud.url }, 'cloud');
    expect(settings.apiKeyOf('renamed')).toBe('sk-very-secret');
    settings.saveConnection({ name: 'renamed', kind: 'url', url: cloud.url, apiKey: null });
    expect(settings.apiKeyOf('renamed')).toBeNull();
  });

  it.each([undefined, box])('forgets a key when the address becomes another server', (secrets) => {
    const settings = open(secrets);
    settings.saveConnection(cloud);
    expect(settings.apiKeyFor('cloud', 'https://x.qdrant.io:6333/')).toBe('sk-very-secret');
    expect(settings.apiKeyFor('cloud', 'https://thief.example:6333')).toBeNull();
    expect(settings.apiKeyFor('nobody', 'https://x.qdrant.io:6333/')).toBeNull();
    expect(settings.saveConnection({ name: 'cloud', kind: 'url', url: cloud.url, model: 'm' }).hasKey).toBe(true);
    expect(settings.saveConnection({ name: 'cloud', kind: 'url', url: 'https://thief.example' }).hasKey).toBe(false);
    expect(settings.apiKeyOf('cloud')).toBeNull();
  });

  it('selects, renames and removes', () => {
    const settings = open();
    settings.saveConnection(local);
    settings.saveConnection(cloud);
    expect(settings.connections().current).toBe('local');
    settings.selectConnection('cloud');
    expect(settings.saveConnection({ ...cloud, name: 'prod', model: ' ada ' }, 'cloud').model).toBe('ada');
    expect(settings.connections().current).toBe('prod');
    expect(() => settings.saveConnection({ ...cloud, name: 'local' }, 'prod')).toThrow(/USAGE.*taken/);
    expect(() => settings.selectConnection('cloud')).toThrow(/CONNECTION_NOT_FOUND/);
    expect(() => settings.saveConnection(cloud, 'gone')).toThrow(/CONNECTION_NOT_FOUND/);
    settings.removeConnection('prod');
    expect(open().connections()).toMatchObject({ current: 'local', connections: [{ name: 'local' }] });
    expect(() => settings.removeConnection('prod')).toThrow(/CONNECTION_NOT_FOUND/);
  });

  it('sees what another instance saved, and does not undo it', () => {
    const [app, command] = [open(), open()];
    app.saveConnection(local);
    command.rememberModel('http://localhost:6333/', '__proto__', 'ada');
    app.saveConnection(cloud);
    expect(app.modelFor('HTTP://LOCALHOST:6333', '__proto__')).toBe('ada');
    expect(app.modelFor('http://localhost:6333', 'code')).toBeNull();
    expect(command.connections().connections).toHaveLength(2);
    command.rememberModel('builtin', 'code', 'hash');
    expect(app.modelFor('builtin', 'code')).toBe('hash');
  });

  it('keeps endpoint and export folder, and refuses what makes no sense', () => {
    const settings = open();
    expect(settings.exportFolder()).toMatch(/Vectorkeep$/);
    expect(() => settings.setExportFolder('here')).toThrow(/USAGE/);
    settings.setExportFolder(join(dir, 'out'));
    settings.setEndpoint({ enabled: true });
    expect(() => settings.setEndpoint({ port: 70_000 })).toThrow(/USAGE/);
    expect(open().endpoint()).toEqual({
      ...{ enabled: true, port: 7411, allowedFolders: [] },
      ...{ approval: 'ask', headless: 'refuse', readOnly: false, index: null },
    });
    expect(open().exportFolder()).toBe(join(dir, 'out'));
  });

  it.each([
    ['truncated', (good: string) => good.slice(0, good.length / 2), 'not-json'],
    ['empty', () => '', 'not-json'],
    ['of wrong types', () => '{"version":2,"connections":"none"}', 'wrong-types'],
    ['with a name twice', (good: string) => good.replace('"cloud"', '"local"'), 'wrong-types'],
    ['newer', (good: string) => good.replace('"version": 2', '"version": 99').replace('[]', '{}'), 'newer'],
  ])('falls back to the last good copy when the file is %s, and keeps the damaged one', (_what, damage, reason) => {
    const settings = open();
    settings.saveConnection(local);
    settings.saveConnection(cloud);
    const damaged = damage(text());
    writeFileSync(join(dir, 'home', 'settings.json'), damaged);
    const again = open();
    expect(again.connections().connections.map((each) => each.name)).toEqual(['local', 'cloud']);
    expect(again.damage).toMatchObject({ reason, restored: 'last-good' });
    expect(readFileSync(again.damage?.keptAs ?? '', 'utf8')).toBe(damaged);
    again.removeConnection('cloud');
    expect(open().damage).toBeNull();
    expect(open().connections().connections).toHaveLength(1);
  });

  it('survives damage while it is open, and both copies lost', () => {
    const settings = open();
    settings.saveConnection(local);
    writeFileSync(join(dir, 'home', 'settings.json'), 'oops');
    settings.saveConnection(cloud);
    expect(settings.damage).toMatchObject({ reason: 'not-json', restored: 'last-good' });
    expect(open().connections().connections).toHaveLength(2);
    writeFileSync(join(dir, 'home', 'settings.json'), 'oops');
    writeFileSync(join(dir, 'home', 'settings.last-good.json'), 'oops');
    const bare = open();
    expect(bare.connections().connections).toEqual([]);
    expect(bare.damage).toMatchObject({ restored: 'defaults' });
    expect(existsSync(bare.damage?.keptAs ?? '')).toBe(true);
  });
});

it('puts the file back when a write reports success and truncates it', () => {
  class Lying extends Conf {
    override set store(value: Record<string, unknown>) {
      super.store = value;
      if (lying) writeFileSync(this.path, readFileSync(this.path).subarray(0, 40));
    }
    override get store(): Record<string, unknown> {
      return super.store;
    }
  }
  let lying = false;
  const settings = openSettings({ Store: Lying, dir });
  settings.saveConnection(local);
  lying = true;
  expect(() => settings.saveConnection(cloud)).toThrow(/WRITE_FAILED/);
  expect(settings.connections().connections).toHaveLength(1);
  expect(openSettings({ Store: Conf, dir }).damage).toBeNull();
});
