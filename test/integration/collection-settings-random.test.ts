import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openControl, type Control } from '../../main/qdrant/control.ts';
import { settingsFromFile } from '../../main/qdrant/settings-from-file.ts';
import { startQdrant, type Qdrant } from '../support/qdrant.ts';

let qdrant: Qdrant;
let control: Control;
beforeAll(async () => {
  qdrant = await startQdrant();
  control = openControl({ url: qdrant.url });
});
afterAll(() => qdrant.stop());

const some = (model: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<object> =>
  fc.record(model, { requiredKeys: [] });
const bool = fc.boolean();
const count = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max });

const quantization = fc.oneof(
  some({ quantile: fc.constantFrom(0.5, 0.99, 1), always_ram: bool }).map((more) => ({
    scalar: { type: 'int8', ...more },
  })),
  fc.record({ compression: fc.constantFrom('x4', 'x8', 'x16', 'x32', 'x64') }).map((product) => ({ product })),
  some({
    always_ram: bool,
    encoding: fc.constantFrom('one_bit', 'two_bits', 'one_and_half_bits'),
    query_encoding: fc.constantFrom('default', 'binary', 'scalar4bits', 'scalar8bits'),
  }).map((binary) => ({ binary })),
);
const hnsw = some({
  m: count(0, 64),
  ef_construct: count(4, 500),
  full_scan_threshold: count(10, 100_000),
  max_indexing_threads: count(0, 8),
  on_disk: bool,
  payload_m: count(0, 32),
});
const dense = fc
  .tuple(
    fc.record({ size: count(1, 64), distance: fc.constantFrom('Cosine', 'Dot', 'Euclid', 'Manhattan') }),
    some({
      on_disk: bool,
      datatype: fc.constantFrom('float32', 'float16', 'uint8'),
      hnsw_config: hnsw,
      quantization_config: quantization,
      multivector_config: fc.constant({ comparator: 'max_sim' }),
    }),
  )
  .map(([core, more]) => ({ ...core, ...more }));
const sparse = some({
  modifier: fc.constantFrom('none', 'idf'),
  index: some({
    full_scan_threshold: count(0, 1000),
    on_disk: bool,
    datatype: fc.constantFrom('float32', 'float16', 'uint8'),
  }),
});
const vectorName = fc.constantFrom('a', 'code', 'size', '__proto__', 'ü', 'with space', 'a.b');
const index = fc.oneof(
  fc.constantFrom('keyword', 'integer', 'float', 'geo', 'text', 'bool', 'datetime', 'uuid').map((type) => ({ type })),
  some({ is_tenant: bool, on_disk: bool }).map((more) => ({ type: 'keyword', ...more })),
  some({ is_tenant: bool, on_disk: bool }).map((more) => ({ type: 'uuid', ...more })),
  fc
    .tuple(bool, some({ is_principal: bool, on_disk: bool }))
    .map(([lookup, more]) => ({ type: 'integer', lookup, range: !lookup, ...more })),
  some({ is_principal: bool, on_disk: bool }).map((more) => ({ type: 'datetime', ...more })),
  some({
    tokenizer: fc.constantFrom('word', 'whitespace', 'prefix', 'multilingual'),
    min_token_len: count(1, 3),
    max_token_len: count(4, 40),
    lowercase: bool,
    phrase_matching: bool,
    ascii_folding: bool,
    stopwords: fc.oneof(
      fc.constantFrom('english', 'german'),
      some({ languages: fc.constant(['french']), custom: fc.constant(['foo', 'bär']) }),
    ),
    stemmer: fc.constant({ type: 'snowball', language: 'english' }),
    on_disk: bool,
  }).map((more) => ({ type: 'text', ...more })),
);

// Halves and quarters: Qdrant reads a number of 16 or 17 digits up to one unit in the last place beside what was written.
const scalar = fc.oneof(
  fc.integer().map((n) => n / 64),
  fc.maxSafeInteger(),
  fc.string(),
  bool,
  fc.constant(null),
);
const metadataValue = fc.oneof(
  scalar,
  fc.array(scalar, { maxLength: 3 }),
  fc.dictionary(fc.string(), fc.array(scalar)),
);

const config = fc.record({
  vectors: fc.oneof(dense, fc.dictionary(vectorName, dense, { maxKeys: 3 })),
  sparse_vectors: fc.dictionary(fc.constantFrom('s', 't u'), sparse, { maxKeys: 2 }),
  hnsw,
  optimizers: some({
    deleted_threshold: fc.constantFrom(0.1, 0.5, 1),
    vacuum_min_vector_number: count(100, 10_000),
    default_segment_number: count(1, 3),
    max_segment_size: fc.oneof(count(1, 1_000_000), fc.constant(Number.MAX_SAFE_INTEGER)),
    indexing_threshold: count(0, 100_000),
    flush_interval_sec: count(1, 60),
    max_optimization_threads: count(0, 4),
  }),
  wal: some({ wal_capacity_mb: count(1, 8), wal_segments_ahead: count(0, 1) }),
  quantization: fc.option(quantization),
  params: some({
    shard_number: count(1, 2),
    replication_factor: count(1, 3),
    write_consistency_factor: count(1, 2),
    on_disk_payload: bool,
    read_fan_out_factor: count(0, 3),
  }),
  strict_mode: fc.option(
    some({ enabled: fc.constant(false), max_query_limit: count(1, 1000), upsert_max_batchsize: count(1, 1000) }),
  ),
  metadata: fc.option(fc.dictionary(fc.constantFrom('model', 'n', '__proto__', 'x y'), metadataValue)),
  payload_indexes: fc.dictionary(fc.constantFrom('path', 'a.b[].c', '"q q"', '__proto__'), index, { maxKeys: 3 }),
});

it('any settings come back as they were, and a copy of the copy is the same', async () => {
  let number = 0;
  await fc.assert(
    fc.asyncProperty(config, async (wanted) => {
      const settings = settingsFromFile(JSON.parse(JSON.stringify(wanted)));
      const [first, second] = [`r${number++}`, `r${number++}`];
      try {
        expect(await control.create(first, settings)).toEqual({ notices: [] });
        expect(await control.createPayloadIndexes(first, settings)).toEqual([]);
        const read = await control.settings(first);
        const file = settingsFromFile(JSON.parse(JSON.stringify(read)));
        expect(file).toEqual(read);
        expect(await control.create(second, file)).toEqual({ notices: [] });
        expect(await control.createPayloadIndexes(second, file)).toEqual([]);
        expect(await control.settings(second)).toEqual(read);
      } finally {
        await control.remove(first);
        await control.remove(second);
      }
    }),
    { numRuns: 15 },
  );
});
