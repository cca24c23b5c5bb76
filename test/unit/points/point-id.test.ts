import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  compareIds,
  copyId,
  IdList,
  IdTable,
  NO_ID,
  readNumberId,
  readUuid,
  type PointId,
} from '../../../main/points/point-id.ts';

const U64_MAX = 2n ** 64n - 1n;

function number(text: string): PointId | null {
  const id = { ...NO_ID };
  const bytes = Buffer.from(`xx${text}77`);
  return readNumberId(bytes, 2, 2 + text.length, id) ? id : null;
}

function uuid(text: string): PointId | null {
  const id = { ...NO_ID };
  const bytes = Buffer.from(`"${text}"`);
  return readUuid(bytes, 1, bytes.length - 1, id) ? id : null;
}

const valueOf = (id: PointId): bigint =>
  [id.w0, id.w1, id.w2, id.w3].reduce((value, word) => (value << 32n) | BigInt(word), 0n);

const u64 = fc.oneof(
  fc.bigInt(0n, U64_MAX),
  fc.nat({ max: 50 }).map(BigInt),
  fc.nat({ max: 50 }).map((near) => 2n ** 53n + BigInt(near)),
  fc.nat({ max: 50 }).map((near) => U64_MAX - BigInt(near)),
  fc.nat({ max: 63 }).map((bits) => 2n ** BigInt(bits)),
  fc.nat({ max: 19 }).map((digits) => 10n ** BigInt(digits)),
);
const u128 = fc.oneof(fc.bigInt(0n, 2n ** 128n - 1n), fc.nat({ max: 50 }).map(BigInt));
const hex = (value: bigint): string => value.toString(16).padStart(32, '0');
const hyphenated = (value: bigint): string => hex(value).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

describe('number ids', () => {
  test('every u64 is read exactly', () => {
    fc.assert(
      fc.property(u64, (value) => {
        const id = number(value.toString());
        expect(id?.kind).toBe(1);
        expect(id === null ? null : valueOf(id)).toBe(value);
      }),
      { numRuns: 3000 },
    );
  });

  test.each([
    ['18446744073709551616'],
    ['18446744073709551620'],
    ['99999999999999999999'],
    ['100000000000000000000'],
    ['00'],
    ['01'],
    ['-1'],
    ['-0'],
    ['1.0'],
    ['1e3'],
    ['123456789012345.5'],
    ['12345678901234567.5'],
    [''],
  ])('%s is none', (text) => expect(number(text)).toBeNull());
});

describe('UUID ids', () => {
  test('are read whatever their case and hyphens', () => {
    fc.assert(
      fc.property(u128, fc.func(fc.boolean()), (value, upper) => {
        const mixed = (text: string): string =>
          text.replace(/[a-f]/g, (c, at: number) => (upper(at) ? c.toUpperCase() : c));
        for (const text of [hyphenated(value), hex(value)]) {
          const id = uuid(mixed(text));
          expect(id?.kind).toBe(2);
          expect(id === null ? null : valueOf(id)).toBe(value);
        }
      }),
    );
  });

  test('are refused with hyphens anywhere else, or other characters', () => {
    const good = '550e8400-e29b-41d4-a716-446655440000';
    for (let at = 1; at < good.length; at++) {
      const swapped = good.slice(0, at - 1) + good.charAt(at) + good.charAt(at - 1) + good.slice(at + 1);
      const same = good.charAt(at) !== '-' && good.charAt(at - 1) !== '-';
      expect(uuid(swapped) !== null, swapped).toBe(same);
    }
    for (let at = 0; at < good.length; at++) {
      for (const c of ['g', '-', '0', '/', ':', '@', '`', 'é']) {
        const text = good.slice(0, at) + c + good.slice(at + 1);
        expect(uuid(text) !== null, text).toBe(/^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/.test(text));
      }
    }
    for (const text of [
      '',
      good.slice(1),
      `${good}0`,
      `{${good}}`,
      `urn:uuid:${good}`,
      '5'.repeat(36),
      '-'.repeat(36),
      '-'.repeat(32),
    ])
      expect(uuid(text)).toBeNull();
  });
});

const anyId = fc.oneof(
  u64.map((value) => ({ kind: 1, value })),
  u128.map((value) => ({ kind: 2, value })),
);
const asId = ({ kind, value }: { kind: number; value: bigint }): PointId => {
  const id = kind === 1 ? number(value.toString()) : uuid(hyphenated(value));
  if (id === null) throw new Error('not an id');
  return id;
};

test('ids compare as Qdrant scrolls: numbers, then UUIDs, each ascending', () => {
  fc.assert(
    fc.property(anyId, anyId, (a, b) => {
      const expected = a.kind - b.kind || (a.value < b.value ? -1 : a.value > b.value ? 1 : 0);
      expect(Math.sign(compareIds(asId(a), asId(b)))).toBe(Math.sign(expected));
    }),
    { numRuns: 3000 },
  );
  expect(compareIds(NO_ID, asId({ kind: 1, value: 0n }))).toBeLessThan(0);
});

describe('IdTable', () => {
  test('remembers what a set would', () => {
    fc.assert(
      fc.property(fc.array(anyId, { maxLength: 200 }), (ids) => {
        const table = new IdTable();
        const model = new Set<string>();
        const scratch = { ...NO_ID };
        for (const each of ids) {
          const key = `${each.kind} ${each.value}`;
          // The caller's object is used for every id: the table must not keep it.
          copyId(asId(each), scratch);
          expect(table.has(scratch)).toBe(model.has(key));
          expect(table.add(scratch)).toBe(!model.has(key));
          model.add(key);
          expect(table.size).toBe(model.size);
        }
      }),
    );
  });

  test('tells ids apart that differ in one word only', () => {
    const table = new IdTable();
    const words = ['w0', 'w1', 'w2', 'w3'] as const;
    for (const word of words) {
      for (let n = 1; n <= 5000; n++)
        expect(table.add({ kind: 2, w0: 7, w1: 7, w2: 7, w3: 7, [word]: n + 7 })).toBe(true);
    }
    for (let n = 1; n <= 5000; n++) expect(table.add({ kind: 1, w0: 7, w1: 7, w2: 7, w3: n + 7 })).toBe(true);
    expect(table.size).toBe(25_000);
  });

  test('grows, and finds everything in it again', () => {
    const table = new IdTable();
    const ids = Array.from({ length: 100_000 }, (_, i) => ({
      kind: 1 + (i & 1),
      w0: i & 1 ? i : 0,
      w1: 0,
      w2: i % 7,
      w3: (i * 65_536) >>> 0,
    }));
    for (const id of ids) table.add(id);
    const distinct = new Set(ids.map((id) => `${id.kind} ${id.w0} ${id.w2} ${id.w3}`)).size;
    expect(table.size).toBe(distinct);
    for (const id of ids) expect(table.add(id)).toBe(false);
  });
});

test('a list of ids gives back what it was given, in that order', () => {
  const list = new IdList();
  const ids = Array.from({ length: 1000 }, (_, n) => ({
    kind: 1 + (n % 2),
    w0: n,
    w1: 2 ** 32 - 1 - n,
    w2: 0,
    w3: n * 7,
  }));
  // One object that is filled again and again, as scanners do.
  const same = { kind: 0, w0: 0, w1: 0, w2: 0, w3: 0 };
  for (const id of ids) list.push(Object.assign(same, id));
  expect(list.length).toBe(1000);
  expect([...list]).toEqual(ids);
});
