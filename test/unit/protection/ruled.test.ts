import { expect, test } from 'vitest';
import type { ConnectionView } from '../../../preload/api.ts';
import { ruledFrom } from '../../../main/protection/ruled.ts';
import type { ProtectionRule } from '../../../main/settings/schema.ts';

const connection = (name: string): ConnectionView => ({
  name,
  kind: 'url',
  url: `http://${name}`,
  hasKey: false,
  model: null,
});
const at = (hour: number): string => new Date(Date.UTC(2026, 10, 23, hour)).toISOString();
const rule = (collection: string | null, hour: number, name = 'work'): ProtectionRule => ({
  ...{ connection: name, collection, schedule: { kind: 'hourly', minute: hour }, since: at(hour) },
});
const watch = (...names: string[]) => {
  const seenOn = (name: string) =>
    name !== 'work'
      ? []
      : names.map((collection) => ({
          ...{
            connection: 'work',
            collection,
            source: 'http://work',
            points: 1,
            shape: '',
            firstSeen: at(5),
            acceptedAt: null,
          },
        }));
  return { seenOn, seen: () => undefined };
};
const found = (rules: readonly ProtectionRule[], ...names: string[]) =>
  ruledFrom(rules, [connection('work'), connection('home')], watch(...names)).map(({ ref, since, own }) => [
    ...[ref.collection, new Date(since).getUTCHours(), own],
  ]);

test('a rule for all is about what was seen, from then on', () => {
  expect(found([rule(null, 3)], 'code', 'docs')).toEqual([
    ['code', 5, false],
    ['docs', 5, false],
  ]);
  expect(found([rule(null, 7)], 'code')).toEqual([['code', 7, false]]);
});

test('one of its own goes first, seen or not', () => {
  expect(found([rule(null, 3), rule('code', 4), rule('new', 6)], 'code', 'docs')).toEqual([
    ['code', 4, true],
    ['new', 6, true],
    ['docs', 5, false],
  ]);
});

test('a connection that is gone, or has no rule, has none', () => {
  expect(found([rule(null, 3, 'gone'), rule('code', 4, 'gone')], 'code')).toEqual([]);
  expect(found([], 'code')).toEqual([]);
});
