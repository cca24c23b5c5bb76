/** An index that changes a little every day and is backed up every day, in a vault of its own; and what that takes. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parquetMetadata } from 'hyparquet';
import { expect } from 'vitest';
import type { VectorSchema } from '../../main/points/vector-schema.ts';
import { vaultBytes } from '../../main/vault/catalog.ts';
import { temporaryFolder } from './archives.ts';
import { randomFrom } from './random.ts';
import { day } from './vault-trials.ts';
import { contents, contentsOf, takeFrom, verify, type Taking } from './vaults.ts';

export interface SeriesSize {
  readonly points: number;
  readonly dimensions: number;
  readonly backups: number;
  readonly seed?: number;
}

export interface SeriesFigures {
  /** One export to JSON of the first day, uncompressed. */
  readonly rawBytes: number;
  readonly firstBytes: number;
  /** What each later backup added to the vault. */
  readonly addedBytes: readonly number[];
  readonly vaultBytes: number;
  readonly segmentsAtEnd: number;
  /** Of the first backup's dense vectors. */
  readonly bytesPerDimension: number;
}

/** Shares of the points, a day. */
const CHANGED = 0.01;
const ADDED = 0.002;
const REMOVED = 0.002;

type Random = () => number;

/** Two numbers of a normal distribution at a time (Box and Muller). */
function normal(random: Random): () => number {
  let spare: number | null = null;
  return () => {
    if (spare !== null) {
      const value = spare;
      spare = null;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - random()));
    const angle = 2 * Math.PI * random();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}

/** The text of a 32-bit float as Qdrant prints it: the fewest digits that name it. */
export function floatText(value: number): string {
  for (let digits = 7; digits < 9; digits++) {
    const text = Number(value.toPrecision(digits));
    if (Math.fround(text) === value) return String(text);
  }
  return String(Number(value.toPrecision(9)));
}

export type VectorText = () => string;

/** Random unit vectors, as embeddings are. */
export function unitVectors(random: Random, dimensions: number): VectorText {
  const next = normal(random);
  const values = new Float64Array(dimensions);
  return () => {
    let square = 0;
    for (let n = 0; n < dimensions; n++) square += (values[n] = next()) ** 2;
    const length = Math.sqrt(square);
    return Array.from(values, (value) => floatText(Math.fround(value / length))).join(',');
  };
}

/** The same, each number rounded to 16 bits as a collection of float16 keeps it. */
export function halfVectors(random: Random, dimensions: number): VectorText {
  const next = normal(random);
  const half = (value: number): number => {
    const step = 2 ** (Math.max(-14, Math.floor(Math.log2(Math.abs(value)))) - 10);
    return Math.round(value / step) * step;
  };
  const scale = 1 / Math.sqrt(dimensions);
  return () => Array.from({ length: dimensions }, () => floatText(half(next() * scale))).join(',');
}

/** Embeddings that were quantised to bytes: most numbers lie in the middle. */
export function byteVectors(random: Random, dimensions: number): VectorText {
  const next = normal(random);
  const byte = (): number => Math.min(255, Math.max(0, Math.round(128 + 40 * next())));
  return () => Array.from({ length: dimensions }, () => `${byte()}.0`).join(',');
}

/** About 500 bytes of words, as code or prose. */
function payloads(random: Random): () => string {
  const letters = 'etaoinshrdlucmfwypvbgk';
  const letter = (): string => letters.charAt(Math.floor(random() ** 2 * letters.length));
  const word = (): string => Array.from({ length: 2 + Math.floor(random() * 8) }, letter).join('');
  const words = Array.from({ length: 3000 }, word);
  return () => {
    let text = '';
    while (text.length < 420) text += `${words[Math.floor(random() ** 2 * words.length)] ?? ''} `;
    const line = Math.floor(random() * 2000);
    const path = `src/${words[Math.floor(random() * 300)] ?? ''}/${words[Math.floor(random() * 300)] ?? ''}.ts`;
    return JSON.stringify({ filePath: path, startLine: line, endLine: line + 30, content: text });
  };
}

const schemaOf = (size: number): VectorSchema => new Map([['', { kind: 'dense', size }]]);

/** Takes the series, verifies every backup in full and compares the first and the last with what they were made of. */
export async function runSeries({ points, dimensions, backups, seed = 1 }: SeriesSize): Promise<SeriesFigures> {
  const dir = temporaryFolder();
  const random = randomFrom(seed);
  const vector = unitVectors(random, dimensions);
  const payload = payloads(random);
  const make = (id: number): string => `{"id":${id},"vector":[${vector()}],"payload":${payload()}}`;
  const index = new Map<number, string>();
  let nextId = 0;
  const add = (): void => void index.set(nextId, make(nextId++));
  for (let n = 0; n < points; n++) add();
  const anyId = (): number => {
    for (;;) {
      const id = Math.floor(random() * nextId);
      if (index.has(id)) return id;
    }
  };
  // In id order: a map keeps the order in which its keys came.
  const texts = (): string[] => [...index.values()];
  const first = texts();
  const firstContents = contentsOf(first);
  const rawBytes = first.reduce((sum, text) => sum + Buffer.byteLength(text) + 2, 0);
  const schema = schemaOf(dimensions);
  const added: number[] = [];
  const names: string[] = [];
  let last = 0;
  for (let n = 0; n < backups; n++) {
    if (n > 0) {
      for (let k = 0; k < points * CHANGED; k++) {
        const id = anyId();
        index.set(id, make(id));
      }
      for (let k = 0; k < points * REMOVED; k++) index.delete(anyId());
      for (let k = 0; k < points * ADDED; k++) add();
    }
    const { manifest, bytesAdded } = await takeFrom(dir, texts(), { schema, at: day(n) });
    names.push(manifest.name);
    const now = await vaultBytes(dir);
    // What it says it added it did add, but for files of a few hundred bytes.
    expect(Math.abs(now - last - bytesAdded)).toBeLessThan(6000);
    added.push(now - last);
    last = now;
  }
  const atEnd = await vaultBytes(dir);
  const figures = {
    ...{ rawBytes, firstBytes: added[0] ?? 0, addedBytes: added.slice(1), vaultBytes: atEnd },
    segmentsAtEnd: segmentsIn(dir).length,
    bytesPerDimension: 0,
  };
  const checked = await verify(dir);
  expect(checked.backups.map(({ name, damage }) => [name, damage])).toEqual(names.map((name) => [name, []]));
  expect(await contents(dir, names[0] ?? '')).toEqual(firstContents);
  expect(await contents(dir, names.at(-1) ?? '')).toEqual(contentsOf(texts()));

  const before = segmentsIn(dir);
  const unchanged = await takeFrom(dir, texts(), { schema, at: day(backups) });
  expect(unchanged.manifest.changes).toEqual({ new: 0, changed: 0, removed: 0 });
  expect(segmentsIn(dir)).toEqual(before);
  const sizes = segmentsIn(dir).map((path) => ({ path, rows: Number(parquetOf(path).num_rows) }));
  const whole = sizes.find(({ rows }) => rows === points);
  return { ...figures, bytesPerDimension: whole === undefined ? NaN : denseBytes(whole.path) / points / dimensions };
}

/** Bytes a dimension that dense vectors take in a backup of their own. */
export async function bytesPerDimension(points: number, dimensions: number, vector: VectorText): Promise<number> {
  const dir = temporaryFolder();
  const texts = Array.from({ length: points }, (_, id) => `{"id":${id},"vector":[${vector()}]}`);
  const options: Taking = { schema: schemaOf(dimensions) };
  const { manifest } = await takeFrom(dir, texts, options);
  expect(await contents(dir, manifest.name)).toEqual(contentsOf(texts));
  const [segment = ''] = segmentsIn(dir);
  return denseBytes(segment) / points / dimensions;
}

export function segmentsIn(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.parquet'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function parquetOf(path: string): ReturnType<typeof parquetMetadata> {
  const file = readFileSync(path);
  return parquetMetadata(file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength));
}

/** Of all columns of dense vectors, headers of pages and dictionaries included. */
function denseBytes(path: string): number {
  let sum = 0;
  for (const { columns } of parquetOf(path).row_groups)
    for (const { meta_data: meta } of columns)
      if (meta?.path_in_schema.join('.').endsWith('.list.element') === true) sum += Number(meta.total_compressed_size);
  return sum;
}

/** The figures beside the ones asked for, as a table. */
export function seriesTable(size: SeriesSize, figures: SeriesFigures): string {
  const { rawBytes, firstBytes, addedBytes, segmentsAtEnd } = figures;
  const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(2)} MB`;
  const most = Math.max(...addedBytes);
  const mean = addedBytes.reduce((sum, bytes) => sum + bytes, 0) / addedBytes.length;
  const rows: [string, string, string][] = [
    [`one raw export of ${size.points} points of ${size.dimensions} dimensions`, mb(rawBytes), ''],
    ['first backup', mb(firstBytes), `${(firstBytes / rawBytes).toFixed(3)} of the export`],
    ['later backup, mean', mb(mean), `${((100 * mean) / firstBytes).toFixed(2)} % of the first`],
    ['later backup, largest', mb(most), `${((100 * most) / firstBytes).toFixed(2)} % of the first (asked: 2.5 %)`],
    [
      `vault of ${size.backups} backups, ${segmentsAtEnd} segments`,
      mb(figures.vaultBytes),
      `${(figures.vaultBytes / rawBytes).toFixed(3)} of the export (asked: 0.45)`,
    ],
    ['vectors of the first', `${figures.bytesPerDimension.toFixed(3)} B`, 'a dimension (asked: 3.45)'],
  ];
  return rows.map(([what, value, note]) => `  ${what.padEnd(52)}${value.padStart(12)}  ${note}`).join('\n');
}
