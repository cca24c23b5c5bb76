import { expect, it } from 'vitest';
import { partsOf, PartsHasher } from '../../../main/points/point-parts.ts';
import { takenPoints } from '../../support/segments.ts';

/** Is everything of `point` in `other`? */
function isIn(point: string, other: string): boolean {
  const [mine] = [...takenPoints([point])].map(({ values, buf, hash }) => ({ parts: partsOf(values, buf), hash }));
  const [found] = [...takenPoints([other])].map(({ values, buf }) =>
    new PartsHasher().hash(values, buf, mine?.parts ?? never()),
  );
  return found?.equals(mine?.hash ?? never()) === true;
}

function never(): never {
  throw new Error('There is no such point.');
}

const point = (payload: string, vector = '{"a":[1,2],"b":{"indices":[3],"values":[1]}}'): string =>
  `{"id":7,"vector":${vector},"payload":${payload}}`;

it.each([
  ['the same', point('{"k":1}'), point('{"k":1}'), true],
  ['other keys beside its own', point('{"k":1,"m":[2]}'), point('{"a":0,"m":[ 2 ],"z":{},"k":1}'), true],
  ['a key that is spelled otherwise', point('{"k\\u0041\\"":"\\u00e9"}'), point('{"x":1,"kA\\"":"é"}'), true],
  ['another value', point('{"k":1}'), point('{"k":2}'), false],
  ['another value further in', point('{"k":{"a":[1,{"b":2}]}}'), point('{"k":{"a":[1,{"b":3}]}}'), false],
  ['more further in', point('{"k":{"a":1}}'), point('{"k":{"a":1,"b":2}}'), false],
  ['a missing key', point('{"k":1,"m":1}'), point('{"k":1}'), false],
  ['null as no key', point('{"k":1,"m":null}'), point('{"k":1}'), true],
  ['null as null', point('{"m":null}'), point('{"m":null,"k":1}'), true],
  ['null as another value', point('{"m":null}'), point('{"m":0}'), false],
  ['no payload', point('null'), point('{"m":0}'), true],
  ['no payload there', point('{"k":1}'), point('null'), false],
  [
    'keys of every object',
    point('{"__proto__":1,"constructor":2}'),
    point('{"constructor":2,"a":1,"__proto__":1}'),
    true,
  ],
  ['such a key missing', point('{"__proto__":1}'), point('{"a":1}'), false],
  ['another vector beside', point('{}', '{"a":[1,2]}'), point('{"k":1}'), true],
  ['a vector missing', point('{}'), point('{}', '{"a":[1,2]}'), false],
  ['a number otherwise', point('{}', '{"a":[1,2]}'), point('{}', '{"a":[1,3],"b":[1]}'), false],
  ['another id', point('{}'), point('{}').replace('7', '8'), false],
])('%s', (_, mine, other, expected) => {
  expect(isIn(mine, other)).toBe(expected);
});
