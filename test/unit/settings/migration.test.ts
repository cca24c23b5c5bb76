import { expect, test } from 'vitest';
import { defaultSettings, parseSettings } from '../../../main/settings/schema.ts';

/** As version 0.1 wrote it. */
const first = {
  version: 1,
  connections: [
    { name: 'work', kind: 'url', url: 'http://localhost:6333', model: null, pathKey: null, key: 'c2VhbGVk' },
  ],
  current: 'work',
  endpoint: { enabled: true, port: 7411, allowedFolders: ['/srv/exports'] },
  exportFolder: '/srv/exports',
  models: [{ target: 'builtin', collection: 'sample', model: 'hash' }],
  unfinished: [{ target: 'builtin', collection: 'sample' }],
  vaultFolder: '/srv/vault',
  vaults: [{ path: '/srv/vault', id: 'v-1' }],
};

test('settings of the first version keep all they say, and protect nothing by themselves', () => {
  const parsed = parseSettings(JSON.stringify(first));
  expect(parsed.ok && parsed.settings).toEqual({
    ...first,
    version: 2,
    endpoint: { ...first.endpoint, approval: 'ask', headless: 'refuse', readOnly: false, index: null },
    unfinished: [{ target: 'builtin', collection: 'sample', file: '' }],
    companions: [],
    compressExports: true,
    protection: defaultSettings().protection,
  });
  expect(defaultSettings().protection).toMatchObject({ rules: [], keep: null, paused: null });
});

test.each([
  ['a version that never was', { ...first, version: 0 }, 'wrong-types'],
  ['a fraction of one', { ...first, version: 1.5 }, 'wrong-types'],
  ['one of tomorrow', { ...first, version: 3 }, 'newer'],
  ['a schedule that is none', withRule({ kind: 'cron', expression: '61 * * * *' }), 'wrong-types'],
  ['a time that is none', withRule({ kind: 'daily', times: ['24:00'] }), 'wrong-types'],
])('%s is no settings file', (_what, value, reason) => {
  expect(parseSettings(JSON.stringify(value))).toEqual({ ok: false, reason });
});

test('a schedule that is one comes back as it was', () => {
  const value = withRule({ kind: 'cron', expression: '30 2 * * 1-5' });
  const parsed = parseSettings(JSON.stringify(value));
  expect(parsed.ok && parsed.settings.protection.rules).toEqual(value.protection.rules);
});

function withRule(schedule: unknown) {
  const { protection, ...rest } = defaultSettings();
  const rule = { connection: 'work', collection: null, schedule, since: '2026-11-23T10:00:00.000Z' };
  return { ...rest, protection: { ...protection, rules: [rule] } };
}
