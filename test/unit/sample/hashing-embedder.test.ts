import { expect, test } from 'vitest';
import { hashingEmbedder, HASHING_DIMENSIONS } from '../../../main/sample/hashing-embedder.ts';

const closeness = (a: string, b: string): number => {
  const other = hashingEmbedder(b);
  return hashingEmbedder(a).reduce((sum, value, at) => sum + value * (other[at] ?? 0), 0);
};

test('gives 384 numbers of unit length, the same every time', () => {
  for (const text of [
    'a single Word',
    'x'.repeat(50),
    'function load(user) { return users.get(user.id); }',
    'ünïcode wörds',
  ]) {
    const vector = hashingEmbedder(text);
    expect(vector).toHaveLength(HASHING_DIMENSIONS);
    expect(Math.abs(1 - Math.hypot(...vector))).toBeLessThan(1e-6);
    expect(hashingEmbedder(text)).toEqual(vector);
  }
});

test('is the same on every machine and in every release: sample vectors are compared across them', () => {
  const vector = hashingEmbedder('validate the invoice');
  expect(vector.flatMap((value, at) => (Math.abs(value) > 0.4 ? [[at, value]] : []))).toMatchInlineSnapshot(`
    [
      [
        47,
        -0.4588315,
      ],
      [
        51,
        -0.4588315,
      ],
      [
        369,
        0.5735393,
      ],
    ]
  `);
});

test('a text without words is all zero, not NaN', () => {
  expect(new Set([...hashingEmbedder(''), ...hashingEmbedder('{}();')])).toEqual(new Set([0]));
});

test('texts that share words are closer than texts that do not', () => {
  const text = 'Finds overdue invoices of a customer and adds up the amount';
  expect(closeness(text, 'sum of the amounts of all overdue invoices')).toBeGreaterThan(0.4);
  expect(closeness(text, 'Renders a thumbnail image with the given width')).toBeLessThan(0.2);
});

test('identifiers are read as the words in them', () => {
  expect(closeness('findOverdueInvoices', 'find_overdue_invoices')).toBeCloseTo(1, 6);
  expect(closeness('findOverdueInvoices', 'FindOverdueInvoice')).toBeGreaterThan(0.6);
});
