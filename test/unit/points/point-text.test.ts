import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GrowingBytes } from '../../../main/points/canonical-json.ts';
import { writePoint } from '../../../main/points/point-text.ts';
import { anyPoints, pointTexts, takenPoints } from '../../support/segments.ts';

/** The points in our own spelling. */
function written(texts: readonly string[]): string[] {
  const out = new GrowingBytes(8);
  return Array.from(takenPoints(texts), ({ values, buf }) => {
    out.length = 0;
    writePoint(values, buf, out);
    return out.bytes().toString();
  });
}

const hashes = (texts: readonly string[]): string[] =>
  Array.from(takenPoints(texts), ({ hash }) => Buffer.from(hash).toString('hex'));

test('a point as text is the same point, every kind of vector and every bit of its floats', () => {
  fc.assert(
    fc.property(anyPoints, (points) => {
      const texts = pointTexts(points);
      const ours = written(texts);
      expect(hashes(ours)).toEqual(hashes(texts));
      expect(written(ours)).toEqual(ours);
    }),
  );
});

test('it is spelled as Qdrant takes it', () => {
  const words = '{"values":[2.5,1],"indices":[9,4]}';
  expect(
    written([
      '{"id":7,"vector":[1,2.5],"payload":{"a" : 1}}',
      '{"id":18446744073709551615,"vector":{"":[1,2.5]},"payload":null}',
    ]),
  ).toEqual(['{"id":7,"vector":[1.0,2.5],"payload":{"a" : 1}}', '{"id":18446744073709551615,"vector":[1.0,2.5]}']);
  expect(
    written([
      `{"id":"6BA7B810-9DAD-11D1-80B4-00C04FD430C8","vector":{"ä":[[1,2],[3,4]],"":[0,-0.0],"words":${words}}}`,
      '{"id":8,"vector":{},"shard_key":"\\u0065u"}',
      '{"id":9,"shard_key":7}',
      '{"id":10,"vector":null,"shard_key":null}',
    ]),
  ).toEqual([
    '{"id":"6ba7b810-9dad-11d1-80b4-00c04fd430c8","vector":{"":[0.0,-0.0],"words":{"indices":[4,9],"values":[1.0,2.5]},"ä":[[1.0,2.0],[3.0,4.0]]}}',
    '{"id":8,"vector":{},"shard_key":"eu"}',
    '{"id":9,"vector":{},"shard_key":7}',
    '{"id":10,"vector":{}}',
  ]);
});

test('a point in another shard has another hash', () => {
  const [none, eu, seven, text] = hashes([
    '{"id":1,"vector":[1]}',
    '{"id":1,"vector":[1],"shard_key":"eu"}',
    '{"id":1,"vector":[1],"shard_key":7}',
    '{"id":1,"vector":[1],"shard_key":"7"}',
  ]);
  expect(new Set([none, eu, seven, text]).size).toBe(4);
});
