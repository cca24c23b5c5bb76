/** Whatever can happen to two indexes and their vault, as data. */
import fc from 'fast-check';

const IDS = [
  ...Array.from({ length: 12 }, (_, n) => String(n)),
  ...['9007199254740993', '18446744073709551614', '18446744073709551615'],
  ...Array.from({ length: 9 }, (_, n) => `00000000-0000-4000-8000-00000000000${n}`),
];
export const idIn = (id: string): string => (id.includes('-') ? `"${id}"` : id);

const ids = fc.uniqueArray(fc.constantFrom(...IDS), { minLength: 1, maxLength: 16 });
const vector = fc.array(
  fc.integer({ min: -4, max: 4 }).map((n) => n / 2),
  { minLength: 4, maxLength: 4 },
);
const payload = fc.record(
  { path: fc.constantFrom('a.ts', 'b/c.ts'), n: fc.nat(3), text: fc.constantFrom('', 'é'.repeat(300)) },
  { requiredKeys: [] },
);
const which = fc.nat(1000);
const index = fc.constantFrom('a', 'b');

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('upsert' as const), index, ids, vector, payload }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('delete' as const), index, ids }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('payload' as const), index, ids, payload }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('vector' as const), index, ids, vector }) },
  { weight: 7, arbitrary: fc.record({ do: fc.constant('backup' as const), index, pin: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('pin' as const), which, pinned: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('accept' as const), which }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('prune' as const), keepLast: fc.nat(3) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      ...{ do: fc.constant('restore' as const), which, index },
      how: fc.constantFrom('skip' as const, 'overwrite' as const, 'merge' as const, 'exact' as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('diff' as const), from: which, to: fc.option(which), index }) },
  {
    weight: 2,
    arbitrary: fc.record({
      ...{ do: fc.constant('damage' as const), which, segment: which, at: fc.nat(100_000) },
      how: fc.constantFrom('flip' as const, 'cut' as const, 'delete' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
);
export type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

export const anySteps = fc.array(step, { minLength: 10, maxLength: 40 });
