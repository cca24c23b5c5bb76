import { denseLevels, joinBytes } from './dense-pages.ts';
import { Flaw } from './segment-file.ts';
import { readLevels, type SegmentPage } from './segment-pages.ts';

/** Bytes of a page's rows: payloads, or keys of shards. Behind each stands a zero, which text ends with for a scanner. */
export interface TextPage {
  readonly buf: Uint8Array;
  /** -1 for a row that has none. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/** Rows of floats, of any length each. */
export interface ListPage<T extends Float32Array | Uint32Array> {
  readonly values: T;
  /** Where the row begins, counted in numbers; -1 for a row that has none. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/** Multivectors; `sizes` are the dimensions of each row of theirs. */
export interface MultiPage extends ListPage<Float32Array> {
  readonly sizes: Int32Array;
}

const room = (rows: number): { starts: Int32Array; ends: Int32Array } => ({
  starts: new Int32Array(rows).fill(-1),
  ends: new Int32Array(rows),
});

/** Optional texts, each behind its length. `body` is inflated. */
export function readTexts(page: SegmentPage, body: Uint8Array): TextPage {
  if (page.encoding !== 'PLAIN' || page.values !== page.rows) throw new Flaw('a page of texts is none');
  const levels = new Uint8Array(page.rows);
  readLevels(page.definition, 1, levels);
  const { starts, ends } = room(page.rows);
  const { length } = body;
  // A copy, with a byte more: the memory behind an inflated page may be of something else.
  const buf = new Uint8Array(length + 1);
  buf.set(body);
  const view = new DataView(buf.buffer, buf.byteOffset, length);
  let pos = 0;
  for (let row = 0; row < page.rows; row++) {
    if (levels[row] === 0) continue;
    if (length - pos < 4) throw new Flaw('a text is missing');
    const size = view.getUint32(pos, true);
    pos += 4;
    if (size > length - pos) throw new Flaw('a text is longer than its page');
    starts[row] = pos;
    ends[row] = pos += size;
  }
  if (pos !== length) throw new Flaw('a page is longer than its texts');
  // All lengths are read: in place of each stands the end of the text before.
  for (let row = 0; row < page.rows; row++) if (starts[row] !== -1) buf[ends[row] as number] = 0;
  return { buf, starts, ends };
}

/** Dense vectors, all of the same length. `dictionary` is what the pages of a column have in common, if they do. */
export function readDense(
  page: SegmentPage,
  body: Uint8Array,
  dictionary: Float32Array | null,
): ListPage<Float32Array> {
  const present = page.rows - page.nulls;
  const count = page.values - page.nulls;
  const dimensions = present === 0 ? 1 : count / present;
  if (present < 0 || !Number.isInteger(dimensions) || dimensions === 0) throw new Flaw('vectors differ in length');
  const has = presence(page.definition, dimensions, page.rows);
  const expected = denseLevels(has, dimensions);
  if (!expected.definition.equals(page.definition) || !expected.repetition.equals(page.repetition))
    throw new Flaw('the levels of a page are not those of vectors');
  const { starts, ends } = room(page.rows);
  let at = 0;
  for (let row = 0; row < page.rows; row++) {
    if (has[row] !== true) continue;
    starts[row] = at;
    ends[row] = at += dimensions;
  }
  if (at !== count) throw new Flaw('numbers are missing');
  return { values: denseValues(page, body, dictionary, count), starts, ends };
}

function denseValues(
  { encoding }: SegmentPage,
  body: Uint8Array,
  dictionary: Float32Array | null,
  count: number,
): Float32Array {
  if (encoding === 'BYTE_STREAM_SPLIT') {
    if (body.length !== count * 4) throw new Flaw('a page of vectors has another length');
    const values = new Float32Array(count);
    joinBytes(body, values, 0);
    return values;
  }
  if (encoding !== 'RLE_DICTIONARY' || dictionary === null) throw new Flaw('vectors are encoded in another way');
  if (body[0] !== 8 || count > body.length * 8) throw new Flaw('a page of vectors has another length');
  const places = new Uint8Array(count);
  readLevels(body.subarray(1), 8, places);
  const values = new Float32Array(count);
  for (let n = 0; n < count; n++) {
    const value = dictionary[places[n] as number];
    if (value === undefined) throw new Flaw('a number is not in the dictionary');
    values[n] = value;
  }
  return values;
}

/** Which rows have a vector, from runs of levels as they are written for them: 2 for each number, 0 for a row that has none. */
function presence(levels: Uint8Array, dimensions: number, rows: number): boolean[] {
  const has: boolean[] = [];
  for (let pos = 0; pos < levels.length;) {
    let head = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = levels[pos++];
      if (byte === undefined || shift > 28) throw new Flaw('levels end early');
      head += (byte & 127) * 2 ** shift;
      if (byte < 128) break;
    }
    const there = levels[pos++] === 2;
    const count = there ? head / 2 / dimensions : head / 2;
    if (!Number.isInteger(count) || count > rows - has.length) throw new Flaw('a run of levels is out of bounds');
    for (let n = 0; n < count; n++) has.push(there);
  }
  if (has.length !== rows) throw new Flaw('levels end early');
  return has;
}

/** Lists of numbers, PLAIN: the floats of a sparse vector, or its indices, which are INT64 below 2 ** 32. */
export function readLists(page: SegmentPage, body: Uint8Array, kind: 'FLOAT'): ListPage<Float32Array>;
export function readLists(page: SegmentPage, body: Uint8Array, kind: 'INT64'): ListPage<Uint32Array>;
export function readLists(
  page: SegmentPage,
  body: Uint8Array,
  kind: 'FLOAT' | 'INT64',
): ListPage<Float32Array | Uint32Array> {
  const { repetition, definition, count } = levelsOf(page, body, kind === 'FLOAT' ? 4 : 8, 1);
  const { starts, ends } = room(page.rows);
  let row = -1;
  let at = 0;
  for (let n = 0; n < page.values; n++) {
    const level = definition[n] as number;
    if (repetition[n] === 0) {
      row++;
      if (level > 0) starts[row] = at;
    } else if (level !== 2) throw new Flaw('a list goes on without a number');
    if (level === 2) at++;
    ends[row] = at;
    if (level > 2) throw new Flaw('a level is out of bounds');
  }
  if (row + 1 !== page.rows || at !== count) throw new Flaw('lists are missing');
  return { values: kind === 'FLOAT' ? plainFloats(body) : plainIndices(body), starts, ends };
}

/** Lists of rows of floats, PLAIN. */
export function readMulti(page: SegmentPage, body: Uint8Array): MultiPage {
  const { repetition, definition, count } = levelsOf(page, body, 4, 2);
  const { starts, ends } = room(page.rows);
  const sizes = new Int32Array(page.rows);
  let row = -1;
  let at = 0;
  let begun = 0;
  const endOfList = (): void => {
    if (row < 0 || starts[row] === -1) return;
    if (sizes[row] === 0) sizes[row] = at - begun;
    else if (sizes[row] !== at - begun) throw new Flaw('rows of a vector differ in length');
    begun = at;
  };
  for (let n = 0; n < page.values; n++) {
    const level = definition[n] as number;
    const depth = repetition[n] as number;
    if (level !== 3 && (level !== 0 || depth !== 0)) throw new Flaw('a list goes on without a number');
    if (depth < 2) endOfList();
    if (depth === 0) {
      row++;
      begun = at;
      if (level === 3) starts[row] = at;
    } else if (starts[row] === -1) throw new Flaw('a list goes on without a number');
    if (level === 3) ends[row] = ++at;
  }
  endOfList();
  if (row + 1 !== page.rows || at !== count) throw new Flaw('lists are missing');
  return { values: plainFloats(body), starts, ends, sizes };
}

interface Levels {
  readonly repetition: Uint8Array;
  readonly definition: Uint8Array;
  /** Numbers that are there. */
  readonly count: number;
}

function levelsOf(page: SegmentPage, body: Uint8Array, bytes: number, width: number): Levels {
  const count = page.values - page.nulls;
  // What is missing is one level a row at most: so no page can claim more levels than it has bytes and rows.
  if (page.encoding !== 'PLAIN' || page.nulls > page.rows || body.length !== count * bytes)
    throw new Flaw('a page of lists has another length');
  const repetition = new Uint8Array(page.values);
  readLevels(page.repetition, width, repetition);
  if (repetition[0] !== 0) throw new Flaw('a page begins within a list');
  const definition = new Uint8Array(page.values);
  readLevels(page.definition, 2, definition);
  return { repetition, definition, count };
}

export function plainFloats(body: Uint8Array): Float32Array {
  const values = new Float32Array(body.length >> 2);
  new Uint8Array(values.buffer).set(body.subarray(0, values.length * 4));
  return values;
}

function plainIndices(body: Uint8Array): Uint32Array {
  const halves = new Uint32Array(body.length >> 2);
  new Uint8Array(halves.buffer).set(body);
  const values = new Uint32Array(halves.length / 2);
  for (let n = 0; n < values.length; n++) {
    values[n] = halves[n * 2] as number;
    if (halves[n * 2 + 1] !== 0) throw new Flaw('an index is out of bounds');
  }
  return values;
}
