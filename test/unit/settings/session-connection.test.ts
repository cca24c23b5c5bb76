import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Conf from 'conf';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withSessionConnection } from '../../../main/settings/session-connection.ts';
import { openSettings } from '../../../main/settings/settings.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vk-session-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

test('stored connections of the same name stay what they are', () => {
  const stored = openSettings({ Store: Conf, dir });
  for (const name of ['given', 'given 2']) {
    stored.saveConnection({ name, kind: 'url', url: 'http://stored:6333', apiKey: 'stored-key' });
  }
  const settings = withSessionConnection(stored, { name: 'given', url: 'http://here:6333', apiKey: 'session-key' });
  expect(settings.connections().current).toBe('given 3');
  expect(settings.connection('given 3').url).toBe('http://here:6333');
  expect(settings.apiKeyOf('given 3')).toBe('session-key');
  expect(settings.connection('given').url).toBe('http://stored:6333');
  expect(settings.apiKeyOf('given')).toBe('stored-key');
  expect(stored.connections().connections).toHaveLength(2);
});
