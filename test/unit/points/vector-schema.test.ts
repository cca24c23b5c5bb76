import { describe, expect, test } from 'vitest';
import { dimensionsOf, schemaFromParams, sizesFromDimensions } from '../../../main/points/vector-schema.ts';
import { VectorShapes, type Misfit } from '../../../main/points/vector-shapes.ts';
import { scannerAt } from '../../support/archives.ts';

const dense = (size: number) => ({ size, distance: 'Cosine' });

describe('the vectors of a collection', () => {
  test.each([
    [dense(4), undefined, { '': ['dense', 4] }, 4],
    [dense(4), { s: {} }, { '': ['dense', 4], s: ['sparse', null] }, 4],
    [{ size: dense(3) }, null, { size: ['dense', 3] }, { size: 3 }],
    [
      { a: dense(1), m: { ...dense(2), multivector_config: { comparator: 'max_sim' } } },
      {},
      { a: ['dense', 1], m: ['multi', 2] },
      { a: 1, m: 2 },
    ],
    [{}, { s: {} }, { s: ['sparse', null] }, {}],
    [
      JSON.parse('{"__proto__":{"size":5,"distance":"Dot"}}'),
      null,
      { ['__proto__']: ['dense', 5] },
      { ['__proto__']: 5 },
    ],
    [null, 'nonsense', {}, {}],
    [[dense(4)], [1], {}, {}],
  ])('%j and %j', (vectors, sparse, expected, dimensions) => {
    const schema = schemaFromParams(vectors, sparse);
    expect([...schema].map(([name, { kind, size }]) => [name, [kind, size]])).toEqual(Object.entries(expected));
    expect(JSON.stringify(dimensionsOf(schema))).toBe(JSON.stringify(dimensions));
    const sizes = [...schema].flatMap(([name, { kind, size }]) => (kind === 'sparse' ? [] : [[name, size]]));
    expect([...sizesFromDimensions(dimensionsOf(schema))]).toEqual(sizes);
  });
});

describe('what was declared', () => {
  const misfit = (params: Misfit): never => {
    throw new Error(JSON.stringify(params));
  };
  const scan = (shapes: VectorShapes, vector: string): void => {
    const scanner = scannerAt(`{"id":1,"vector":${vector}}`);
    Object.defineProperty(scanner, 'shapes', { value: shapes });
    scanner.scanPoint();
  };

  test('binds every point after it', () => {
    const shapes = new VectorShapes();
    shapes.declare(schemaFromParams({ a: dense(2) }, { s: {} }), misfit);
    scan(shapes, '{"a":[1,2],"s":{"indices":[],"values":[]}}');
    expect(() => scan(shapes, '{"a":[1]}')).toThrow('dimension');
    expect(() => scan(shapes, '{"a":[[1,2]]}')).toThrow('vector_kind');
    expect(() => scan(shapes, '{"s":[1]}')).toThrow('vector_kind');
    expect(() => scan(shapes, '{"b":[1]}')).toThrow('unknown_vector');
    expect(() => scan(shapes, '[1,2]')).toThrow('unknown_vector');
  });

  test('is compared with what was seen before it', () => {
    const seen = (): VectorShapes => {
      const shapes = new VectorShapes();
      scan(shapes, '{"a":[1,2]}');
      return shapes;
    };
    seen().declare(schemaFromParams({ a: dense(2), b: dense(7) }, null), misfit);
    expect(() => seen().declare(schemaFromParams({ a: dense(3) }, null), misfit)).toThrow('"got":2,"expected":3');
    expect(() => seen().declare(schemaFromParams({ b: dense(3) }, null), misfit)).toThrow('unknown_vector');
    expect(() => seen().declare(schemaFromParams(null, { a: {} }), misfit)).toThrow('vector_kind');
    expect(() => seen().declareSizes(new Map([['a', 3]]), misfit)).toThrow('dimension');
  });

  test('may be sizes alone: kinds are seen, and where no point has a vector they are dense', () => {
    const shapes = new VectorShapes();
    shapes.declareSizes(new Map([['m', 2]]), misfit);
    expect([...shapes.schema()]).toEqual([['m', { kind: 'dense', size: 2 }]]);
    scan(shapes, '{"m":[[1,2]],"other":[1]}');
    expect([...shapes.schema()]).toEqual([
      ['m', { kind: 'multi', size: 2 }],
      ['other', { kind: 'dense', size: 1 }],
    ]);
  });

  test('is refused when it names more vectors than any index has', () => {
    const vectors = Object.fromEntries(Array.from({ length: 1025 }, (_, n) => [`v${n}`, dense(1)]));
    expect(() => new VectorShapes().declare(schemaFromParams(vectors, null), misfit)).toThrow('too_many_vectors');
  });

  test('keeps no name that is longer than any index has', () => {
    const misfit = ({ reason }: { readonly reason: string }): never => {
      throw new Error(reason);
    };
    const sizes = (length: number) => new Map([['n'.repeat(length), 4]]);
    expect(() => new VectorShapes().declareSizes(sizes(255), misfit)).not.toThrow();
    expect(() => new VectorShapes().declareSizes(sizes(256), misfit)).toThrow('name_too_long');
  });
});
