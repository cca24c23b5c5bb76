import { Fault } from '../faults/fault.ts';
import { INCOMPLETE } from '../points/json-scanner.ts';
import { decodeString } from '../points/json-text.ts';
import type { PointScanner } from '../points/point-scanner.ts';
import { ByteWindow } from './byte-window.ts';
import { scanCompanion, type Companion } from './companion.ts';
import { WindowHash } from './window-hash.ts';

/** Calls in the order of the text. */
export interface ArchiveVisitor {
  /** `version`, `metadata` or `summary` as text; `offset` is where it begins. */
  section(key: SectionKey, text: string, offset: number): void;
  companion(companion: Companion, offset: number): void;
  /** The scanner stands behind a point; its spans are valid during the call. */
  point(): void;
  /** Between chunks: back-pressure, progress. */
  breathe(textOffset: number): Promise<void> | void;
}

export interface ArchiveText {
  /** Length of the uncompressed text, in bytes. */
  readonly length: number;
  readonly points: number;
  /** Number of file mappings. */
  readonly files: number;
  /** Hexadecimal sha256 of the vectors array, brackets included; null when there was none. */
  readonly vectorsSha256: string | null;
}

type State = 'open' | 'first-key' | 'key' | 'after-value' | 'first-entry' | 'entry' | 'after-entry' | 'end';

/** Read whole, and built: a description of a few kB. Larger ones would be made to fill memory. */
const SECTIONS = ['version', 'metadata', 'summary'] as const;
export type SectionKey = (typeof SECTIONS)[number];
const LARGEST_SECTION = 16 << 20;

/** Read entry by entry, however many there are, with the bracket that opens and the one that closes them. */
const LISTS = { vectors: '[]', files: '{}', companions: '[]' } as const;
type ListKey = keyof typeof LISTS;

/** More than any known key takes, every character escaped. Longer keys are not looked at. */
const LONGEST_KEY = 64;
const MOST_COMPANIONS = 10_000;

const isSection = (key: string): key is SectionKey => (SECTIONS as readonly string[]).includes(key);
const isList = (key: string): key is ListKey => Object.hasOwn(LISTS, key);

/**
 * One pass over the text of an export: top-level keys in any order, the points one by one, never the whole. Memory
 * is a window of a few MiB, or as much as the largest single point or section needs, up to a limit.
 *
 * Throws BAD_ARCHIVE with reason, offset and (where there is one) point; whatever the visitor throws.
 */
export async function readArchiveText(
  chunks: AsyncIterable<Buffer>,
  scanner: PointScanner,
  visitor: ArchiveVisitor,
): Promise<ArchiveText> {
  const pass = new Pass(scanner, visitor);
  try {
    for await (const chunk of chunks) {
      pass.feed(chunk);
      await visitor.breathe(pass.offset);
    }
    return pass.finish();
  } catch (error) {
    throw pass.located(error);
  }
}

class Pass {
  readonly #window = new ByteWindow();
  readonly #scanner: PointScanner;
  readonly #visitor: ArchiveVisitor;
  readonly #keys = new Set<string>();
  #state: State = 'open';
  /** What the entries at hand belong to. */
  #list: ListKey = 'vectors';
  readonly #count: Record<ListKey, number> = { vectors: 0, files: 0, companions: 0 };
  /** Of the vectors array. */
  readonly #hash = new WindowHash(this.#window);
  #sha256: string | null = null;

  constructor(scanner: PointScanner, visitor: ArchiveVisitor) {
    this.#scanner = scanner;
    this.#visitor = visitor;
  }

  /** Offset in the text up to which everything is done. */
  get offset(): number {
    return this.#window.base + this.#window.pos;
  }

  feed(chunk: Buffer): void {
    const window = this.#window;
    this.#hash.feed();
    window.append(chunk);
    this.#hash.moved();
    if (window.worthAnotherLook()) this.#advance();
  }

  finish(): ArchiveText {
    this.#advance();
    const window = this.#window;
    if (this.#state === 'open')
      throw new Fault('BAD_ARCHIVE', { reason: window.base + window.end === 0 ? 'empty' : 'not_json', offset: 0 });
    if (this.#state !== 'end') throw new Fault('BAD_ARCHIVE', { reason: 'truncated' });
    const { vectors: points, files } = this.#count;
    return { length: window.base + window.end, points, files, vectorsSha256: this.#sha256 };
  }

  /** Takes steps until the bytes run out. */
  #advance(): void {
    const window = this.#window;
    const scanner = this.#scanner;
    scanner.load(window.buf, window.pos, window.end, window.base);
    try {
      for (;;) {
        this.#step(scanner);
        window.pos = scanner.pos;
        window.moved();
        if (window.base + scanner.pos > window.badUtf8At) this.#refuseUtf8();
      }
    } catch (error) {
      if (error !== INCOMPLETE) {
        // Broken text inside a string shows as an error further on: name the cause, not the symptom. Outside of strings it
        // is the wrong byte whatever follows, and what follows may not be here yet.
        if (window.base + scanner.pos > window.badUtf8At) this.#refuseUtf8();
        throw error;
      }
      if (window.base + window.end > window.badUtf8At && this.#state === 'end') this.#refuseUtf8();
      window.stuck(this.#amongPoints() ? 'point' : 'section');
    }
  }

  #step(scanner: PointScanner): void {
    // White space is passed over for good, so that a flood of it needs no memory.
    const c = this.#peek(scanner);
    switch (this.#state) {
      case 'open':
        if (c === 0xef && scanner.base + scanner.pos === 0) {
          this.#skipByteOrderMark(scanner);
          return;
        }
        if (c !== 0x7b) scanner.fail('not_json');
        scanner.pos++;
        this.#state = 'first-key';
        return;
      case 'first-key':
      case 'key':
        if (c === 0x7d && this.#state === 'first-key') this.#close(scanner);
        else this.#readKey(scanner);
        return;
      case 'first-entry':
        if (c === this.#closing()) this.#endList(scanner);
        else this.#readEntry(scanner);
        return;
      case 'entry':
        this.#readEntry(scanner);
        return;
      case 'after-entry':
        if (c === this.#closing()) this.#endList(scanner);
        else {
          if (c !== 0x2c) scanner.unexpected(`"," or "${LISTS[this.#list].charAt(1)}"`);
          scanner.pos++;
          scanner.idText.start = -1;
          this.#state = 'entry';
        }
        return;
      case 'after-value':
        if (c === 0x7d) this.#close(scanner);
        else {
          if (c !== 0x2c) scanner.unexpected('"," or "}"');
          scanner.pos++;
          this.#state = 'key';
        }
        return;
      case 'end':
        scanner.fail('trailing');
    }
  }

  #skipByteOrderMark(scanner: PointScanner): void {
    if (scanner.end < 3) throw INCOMPLETE;
    if (scanner.buf[1] !== 0xbb || scanner.buf[2] !== 0xbf) scanner.fail('not_json');
    scanner.pos += 3;
  }

  #peek(scanner: PointScanner): number {
    try {
      return scanner.peek();
    } finally {
      this.#window.pos = scanner.pos;
    }
  }

  /** A key and its value; of a list, the key and the opening bracket. */
  #readKey(scanner: PointScanner): void {
    const start = scanner.pos;
    scanner.string();
    const key = scanner.pos - start > LONGEST_KEY ? '' : decodeString(scanner.text(start + 1, scanner.pos - 1));
    scanner.expect(0x3a, '":"');
    const c = scanner.peek();
    const known = isSection(key) || isList(key);
    if (known && this.#keys.has(key)) scanner.fail('duplicate_key', { key }, start);
    const from = scanner.pos;
    // Some write null for what they do not have.
    if (isList(key) && (key === 'vectors' || !scanner.takeNull())) this.#beginList(scanner, key, c);
    else {
      if (scanner.pos === from) scanner.value(0);
      if (isSection(key)) this.#readSection(scanner, key, from);
      this.#state = 'after-value';
    }
    if (known) this.#keys.add(key);
  }

  #readSection(scanner: PointScanner, key: SectionKey, from: number): void {
    if (scanner.pos - from > LARGEST_SECTION)
      scanner.fail('too_large', { what: `"${key}"`, limit: LARGEST_SECTION >> 20 }, from);
    const text = scanner.text(from, scanner.pos);
    if (text !== 'null' || key === 'version') this.#visitor.section(key, text, scanner.base + from);
  }

  #beginList(scanner: PointScanner, key: ListKey, c: number): void {
    const opening = LISTS[key].charAt(0);
    if (c !== opening.charCodeAt(0))
      scanner.fail('syntax', { expected: `"${key}" must be ${opening === '[' ? 'a list' : 'an object'}` });
    if (key === 'vectors') this.#hash.begin(scanner.pos);
    scanner.pos++;
    this.#list = key;
    this.#state = 'first-entry';
  }

  #closing(): number {
    return LISTS[this.#list].charCodeAt(1);
  }

  #readEntry(scanner: PointScanner): void {
    if (this.#list === 'vectors') scanner.scanPoint();
    else if (this.#list === 'files') {
      scanner.string();
      scanner.expect(0x3a, '":"');
      scanner.value(1);
    } else {
      if (this.#count.companions >= MOST_COMPANIONS)
        scanner.fail('bad_metadata', { detail: `more than ${MOST_COMPANIONS} companions` });
      const offset = scanner.base + scanner.pos;
      this.#visitor.companion(scanCompanion(scanner), offset);
    }
    this.#count[this.#list]++;
    if (this.#list === 'vectors') this.#visitor.point();
    this.#state = 'after-entry';
  }

  #endList(scanner: PointScanner): void {
    scanner.pos++;
    if (this.#list === 'vectors') {
      this.#window.pos = scanner.pos;
      this.#sha256 = this.#hash.end();
    }
    this.#state = 'after-value';
  }

  #close(scanner: PointScanner): void {
    scanner.pos++;
    this.#state = 'end';
    if (!this.#keys.has('version')) scanner.fail('not_an_export', { key: 'version' });
    if (!this.#keys.has('vectors')) scanner.fail('not_an_export', { key: 'vectors' });
  }

  #refuseUtf8(): never {
    throw new Fault('BAD_ARCHIVE', { reason: 'bad_utf8', offset: this.#window.badUtf8At });
  }

  #amongPoints(): boolean {
    return this.#list === 'vectors' && this.#state.endsWith('entry');
  }

  /** A fault about the file with where it is, as far as it is known: byte of the text, id or number of the point. */
  located(error: unknown): unknown {
    if (!(error instanceof Fault) || error.code !== 'BAD_ARCHIVE') return error;
    const { reason, offset, point } = error.params;
    const atEnd = reason === 'truncated' || reason === 'bad_gzip';
    const where = { offset: offset ?? (atEnd ? this.#window.base + this.#window.end : this.offset) };
    if (!this.#amongPoints() || (typeof point === 'string' && point !== '')) return error.with(where);
    const id = this.#idAtHand();
    return error.with({ ...where, ...(id === '' ? { nth: this.#count.vectors + 1 } : { point: id }) });
  }

  /** Of the point that the scanner is in or behind; '' when it came to none, or the bytes have moved since. */
  #idAtHand(): string {
    const { buf, base } = this.#window;
    return this.#scanner.buf === buf && this.#scanner.base === base ? this.#scanner.idString() : '';
  }
}
