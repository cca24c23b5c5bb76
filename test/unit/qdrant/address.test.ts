import { expect, it } from 'vitest';
import { addressOf } from '../../../main/qdrant/address.ts';
import { Fault } from '../../../main/faults/fault.ts';

it.each([
  ['http://127.0.0.1:6333', 'http://127.0.0.1:6333'],
  // The official client would make 6333 of the next three.
  ['https://x.cloud.qdrant.io', 'https://x.cloud.qdrant.io:443'],
  ['https://x.cloud.qdrant.io:443/', 'https://x.cloud.qdrant.io:443'],
  ['http://qdrant.local', 'http://qdrant.local:80'],
  ['https://x.cloud.qdrant.io:6333/', 'https://x.cloud.qdrant.io:6333'],
  [' https://host/a/b// ', 'https://host:443/a/b'],
  ['http://[::1]:6333/', 'http://[::1]:6333'],
  ['http://localhost:6333/dashboard#/collections/a', 'http://localhost:6333'],
  ['https://host/q/dashboard/?x=1', 'https://host:443/q'],
  ['https://user:pa%20ss@host:1234/p?key=1', 'https://host:1234/p'],
])('%s is %s', (url, base) => {
  expect(addressOf({ url }).base).toBe(base);
});

it('sends credentials of the URL and the key as headers, and shows neither', () => {
  const address = addressOf({ url: 'https://us%zzer:pa%20ss@host', apiKey: ' key\n' });
  expect(address.headers).toEqual({
    'api-key': 'key',
    authorization: `Basic ${Buffer.from('us%zzer:pa ss').toString('base64')}`,
  });
  expect(JSON.stringify({ ...address, headers: null })).not.toMatch(/pa|zz|key/);
  expect(addressOf({ url: 'http://host', apiKey: ' ' }).headers).toEqual({});
});

it.each([
  '',
  'localhost:6333',
  'file:///etc/passwd',
  'http://',
  'host',
  'https://user:s3cret@/x',
  's3cret@@host:99999',
])('%s is no address', (url) => {
  let thrown: unknown;
  try {
    addressOf({ url });
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(Fault);
  expect(thrown).toMatchObject({ code: 'QDRANT_UNREACHABLE', params: { reason: 'bad_url' } });
  expect(String(thrown)).not.toContain('s3cret');
});
