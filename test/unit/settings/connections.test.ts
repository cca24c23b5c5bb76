import { describe, expect, it } from 'vitest';
import { Fault } from '../../../main/faults/fault.ts';
import { cleanKey, cleanName, normalizeUrl } from '../../../main/settings/connections.ts';

const reasonOf = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    if (error instanceof Fault) return `${error.code} ${String(error.params.field)} ${String(error.params.reason)}`;
  }
  return undefined;
};

describe('normalizeUrl', () => {
  it.each([
    ['http://localhost:6333', 'http://localhost:6333'],
    ['  HTTP://LocalHost:6333/// ', 'http://localhost:6333'],
    ['https://x.qdrant.io:443/', 'https://x.qdrant.io'],
    ['http://127.0.0.1:6333/dashboard#/collections', 'http://127.0.0.1:6333'],
    ['https://proxy.example/qdrant/', 'https://proxy.example/qdrant'],
    ['http://[::1]:6333', 'http://[::1]:6333'],
  ])('%s becomes %s', (given, expected) => {
    expect(normalizeUrl(given)).toBe(expected);
    expect(normalizeUrl(expected)).toBe(expected);
  });

  it.each([
    ['', 'empty'],
    ['   ', 'empty'],
    ['localhost:6333', 'scheme'],
    ['ftp://x', 'scheme'],
    ['file:///etc/passwd', 'scheme'],
    ['javascript:alert(1)', 'scheme'],
    ['http://', 'not-a-url'],
    ['http://a b', 'not-a-url'],
    ['http://x:99999', 'not-a-url'],
    ['http://me:pass@x', 'credentials'],
    ['http://me@x', 'credentials'],
    ['https://x?api-key=1', 'query'],
  ])('%s is refused: %s', (given, reason) => {
    expect(reasonOf(() => normalizeUrl(given))).toBe(`USAGE url ${reason}`);
  });
});

it.each([
  [' Prod ', 'Prod'],
  ['日本', '日本'],
])('takes the name %j', (given, expected) => expect(cleanName(given)).toBe(expected));

it.each([
  [' ', 'empty'],
  ['a\nb', 'characters'],
  ['a\u0000', 'characters'],
  ['x'.repeat(256), 'length'],
])('refuses the name %j', (given, reason) => {
  expect(reasonOf(() => cleanName(given))).toBe(`USAGE name ${reason}`);
});

it('takes as a key only what a header can carry', () => {
  expect(cleanKey(' abc.DEF-1|2=\n')).toBe('abc.DEF-1|2=');
  for (const key of ['a b', 'a\r\nX: 1', 'clé', '']) expect(reasonOf(() => cleanKey(key))).toMatch(/^USAGE apiKey/);
});
