import { expect, test } from 'vitest';
import { memorySettingsFile } from '../../../main/settings/optional-file.ts';
import { settingsIn } from '../../../main/settings/settings.ts';
import type { Schedule } from '../../../main/schedule/slots.ts';

const daily: Schedule = { kind: 'daily', times: ['02:30'] };
const off: Schedule = { kind: 'off' };
const at = (hour: number): Date => new Date(Date.UTC(2026, 10, 23, hour));

function prepared() {
  const settings = settingsIn(memorySettingsFile());
  for (const name of ['work', 'home']) settings.saveConnection({ name, kind: 'url', url: `http://${name}:6333` });
  settings.setRule({ connection: 'work', collection: null }, daily, at(1));
  settings.setRule({ connection: 'work', collection: 'code' }, off, at(2));
  settings.setRule({ connection: 'home', collection: null }, daily, at(3));
  return settings;
}
const rulesOf = (settings: ReturnType<typeof prepared>) =>
  settings
    .protection()
    .rules.map(({ connection, collection, schedule, since }) => [
      ...[connection, collection, schedule.kind, new Date(since).getUTCHours()],
    ]);

test('one that is set again as it was goes on as it did; another one begins anew', () => {
  const settings = prepared();
  settings.setRule({ connection: 'work', collection: null }, { ...daily }, at(9));
  expect(rulesOf(settings)).toContainEqual(['work', null, 'daily', 1]);
  settings.setRule({ connection: 'work', collection: null }, { kind: 'hourly', minute: 5 }, at(9));
  expect(rulesOf(settings)).toContainEqual(['work', null, 'hourly', 9]);
  expect(rulesOf(settings)).toHaveLength(3);
});

test('one is taken away alone', () => {
  const settings = prepared();
  settings.setRule({ connection: 'work', collection: 'code' }, null, at(9));
  expect(rulesOf(settings)).toEqual([
    ['work', null, 'daily', 1],
    ['home', null, 'daily', 3],
  ]);
});

test('a connection takes its rules along to another name, and with it when it goes', () => {
  const settings = prepared();
  settings.saveConnection({ name: 'office', kind: 'url', url: 'http://work:6333' }, 'work');
  expect(rulesOf(settings)).toContainEqual(['office', 'code', 'off', 2]);
  settings.removeConnection('office');
  expect(rulesOf(settings)).toEqual([['home', null, 'daily', 3]]);
});

test('the index that agents mean goes along with its connection, and with it when it goes', () => {
  const settings = prepared();
  const index = { connection: 'work', collection: 'code' };
  settings.setEndpoint({ index });
  settings.saveConnection({ name: 'office', kind: 'url', url: 'http://work:6333' }, 'work');
  expect(settings.endpoint().index).toEqual({ connection: 'office', collection: 'code' });
  settings.removeConnection('home');
  expect(settings.endpoint().index).toEqual({ connection: 'office', collection: 'code' });
  settings.removeConnection('office');
  expect(settings.endpoint().index).toBeNull();
});

test('there is none for a connection that nobody knows', () => {
  const settings = prepared();
  expect(() => settings.setRule({ connection: 'gone', collection: null }, daily, at(1))).toThrow(
    'CONNECTION_NOT_FOUND',
  );
  expect(rulesOf(settings)).toHaveLength(3);
});
