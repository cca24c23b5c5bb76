/** Points as a server may be given them, in texts: ids, vectors and payloads of every sort. */
import fc from 'fast-check';

/** What the collection of `serverPoints` is made with. */
export const SERVER_POINTS =
  '{"vectors":{"d":{"size":3,"distance":"Dot"},"m":{"size":2,"distance":"Euclid","multivector_config":{"comparator":"max_sim"}}},"sparse_vectors":{"s":{}}}';

const number = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }).map(String),
  // Qdrant's own JSON reader is an ulp off at times beyond 15 digits or 22 powers of ten, whoever writes.
  fc.double({ min: -1e15, max: 1e15, noNaN: true }).map((value) => JSON.stringify(Number(value.toFixed(3)))),
  fc.constantFrom('1.0', '-0.0', '1e20', '1E-7', '0.10', '-0', '1.5e-9'),
);
const text = fc.string({ unit: 'binary', maxLength: 30 }).map((value) => JSON.stringify(value));
const { value } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    number,
    text,
    fc.constantFrom('null', 'true', 'false'),
    fc.array(tie('value'), { maxLength: 4 }).map((items) => `[${items.join(' , ')}]`),
    fc.array(fc.tuple(text, tie('value')), { maxLength: 4 }).map(object),
  ),
}));
const float = fc.float({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value));
const sparse = fc
  .uniqueArray(fc.nat({ max: 4294967295 }), { maxLength: 5 })
  .chain((indices) =>
    fc
      .array(float, { minLength: indices.length, maxLength: indices.length })
      .map((values) => `{"indices":[${indices.join(',')}],"values":[${values.join(',')}]}`),
  );
const dense = fc.array(float, { minLength: 3, maxLength: 3 }).map((values) => `[${values.join(',')}]`);
const rows = fc
  .array(fc.array(float, { minLength: 2, maxLength: 2 }), { minLength: 1, maxLength: 4 })
  .map((list) => JSON.stringify(list).replaceAll('"', ''));
const vectors = fc.tuple(fc.option(dense), fc.option(sparse), fc.option(rows)).map((given) => {
  const named = ['d', 's', 'm'].map((name, n) => (given[n] === null ? null : `"${name}":${String(given[n])}`));
  return `{${named.filter((part) => part !== null).join(',')}}`;
});
const id = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String),
  fc.nat({ max: 50 }).map(String),
  fc.uuid().map((it) => `"${it}"`),
);
const payload = fc.array(fc.tuple(text, value), { maxLength: 5 }).map(object);
export const serverPoints: fc.Arbitrary<[id: string, vectors: string, payload: string][]> = fc.uniqueArray(
  fc.tuple(id, vectors, payload),
  { selector: ([it]) => it, maxLength: 40 },
);

/** An object's text with each key once: which of two the server keeps is its own affair. */
function object(entries: readonly (readonly [string, string])[]): string {
  return `{${[...new Map(entries)].map(([key, value]) => `${key} : ${value}`).join(',')}}`;
}
