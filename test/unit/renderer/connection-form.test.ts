import { expect, test } from 'vitest';
import type { ConnectionView } from '../../../preload/api.ts';
import { completeAddress, draftOf, inputOf, keepsKey } from '../../../renderer/connection-form.ts';

test.each([
  ['localhost:6333', 'http://localhost:6333'],
  ['127.0.0.1', 'http://127.0.0.1'],
  ['qdrant:6333', 'http://qdrant:6333'],
  ['192.168.1.4:6333', 'http://192.168.1.4:6333'],
  ['xyz.cloud.qdrant.io:6333', 'https://xyz.cloud.qdrant.io:6333'],
  ['HTTPS://Example.org/', 'https://example.org'],
  ['http://example.org/prefix/', 'http://example.org/prefix'],
  ['  http://a:1  ', 'http://a:1'],
  ['', null],
  ['two words', null],
  ['ftp://example.org', null],
  ['https://me:secret@example.org', null],
  ['javascript:alert(1)', null],
])('%j is the address %j', (typed, address) => {
  expect(completeAddress(typed)).toBe(address);
});

const kept: ConnectionView = { name: 'Home', kind: 'url', url: 'http://a:6333', hasKey: true, model: 'm' };
const builtin: ConnectionView = { name: 'Built-in', kind: 'builtin', url: '', hasKey: false, model: null };

test('a new connection is named after its address when it gets no name', () => {
  expect(inputOf({ ...draftOf(null), url: 'a:6333' }, null, ['a:6333'])).toEqual({
    ok: true,
    input: { name: 'a:6333 2', kind: 'url', url: 'http://a:6333', model: null },
  });
});

test('the key is left alone, replaced or forgotten', () => {
  const keyOf = (change: object): unknown => {
    const result = inputOf({ ...draftOf(kept), ...change }, kept, ['Home']);
    return result.ok ? result.input : null;
  };
  expect(keyOf({})).not.toHaveProperty('apiKey');
  expect(keyOf({ key: 'new' })).toHaveProperty('apiKey', 'new');
  expect(keyOf({ forgetKey: true })).toHaveProperty('apiKey', null);
});

test('a key goes with its address', () => {
  expect(keepsKey(draftOf(kept), kept)).toBe(true);
  expect(keepsKey({ ...draftOf(kept), url: 'a:6333/' }, kept)).toBe(true);
  expect(keepsKey({ ...draftOf(kept), url: 'b:6333' }, kept)).toBe(false);
  expect(keepsKey({ ...draftOf(kept), forgetKey: true }, kept)).toBe(false);
  expect(keepsKey(draftOf(null), null)).toBe(false);
});

test('what is wrong stands at its field', () => {
  const problems = (draft: object, previous: ConnectionView | null, taken: readonly string[]): unknown => {
    const result = inputOf({ ...draftOf(previous), ...draft }, previous, taken);
    return result.ok ? null : result.problems;
  };
  expect(problems({ url: '' }, null, [])).toMatchObject({ url: 'Type the address of your Qdrant.' });
  expect(problems({ url: 'a:1', name: 'Home' }, null, ['Home'])).toMatchObject({
    name: 'Another connection has this name.',
  });
  expect(problems({}, kept, ['Home'])).toBeNull();
  expect(problems({ name: '' }, builtin, ['Built-in'])).toMatchObject({ name: 'Give the connection a name.' });
});
