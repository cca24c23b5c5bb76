import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Conf from 'conf';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withSessionChoice } from '../../../main/settings/session-choice.ts';
import { openSettings, type Settings } from '../../../main/settings/settings.ts';

let dir = '';
let stored: Settings;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vk-choice-'));
  stored = openSettings({ Store: Conf, dir });
  stored.saveConnection({ name: 'first', kind: 'url', url: 'http://first:6333' });
  stored.saveConnection({ name: 'second', kind: 'url', url: 'http://second:6333' });
});
afterEach(() => rmSync(dir, { recursive: true }));

test('the connection and the key that are given count, and no file learns of them', () => {
  const settings = withSessionChoice(stored, { name: 'second', apiKey: 'session-key' });
  expect(settings.connections().current).toBe('second');
  expect(settings.connections().connections.map(({ hasKey }) => hasKey)).toEqual([false, true]);
  expect(settings.apiKeyOf('second')).toBe('session-key');
  expect(settings.apiKeyOf('first')).toBeNull();
  expect(stored.connections().current).toBe('first');
  expect(openSettings({ Store: Conf, dir }).apiKeyOf('second')).toBeNull();
});

test('without a key the stored one counts; a name that is not there is told', () => {
  stored.saveConnection({ name: 'third', kind: 'url', url: 'http://third:6333', apiKey: 'stored-key' });
  const settings = withSessionChoice(stored, { name: 'third' });
  expect(settings.connections().current).toBe('third');
  expect(settings.apiKeyOf('third')).toBe('stored-key');
  expect(() => withSessionChoice(stored, { name: 'fourth' })).toThrow(
    expect.objectContaining({
      code: 'CONNECTION_NOT_FOUND',
      params: { connection: 'fourth', choices: 'first, second, third' },
    }),
  );
});
