/** What a parser tells of the responses that it finds, in their order. */
export interface ResponseEvents {
  /** Headers by name in lower case; of several with one name the first counts. */
  head(status: number, headers: Readonly<Record<string, string>>): void;
  /** A view on what was pushed: another's when this returns. */
  body(bytes: Buffer): void;
  /** The response is whole. `reusable`: the connection may carry another, and nothing came behind this one. */
  end(reusable: boolean): void;
}

type State = 'head' | 'sized' | 'chunk-size' | 'chunk' | 'chunk-end' | 'trailer' | 'until-close';

/** A head, or all trailers, in bytes: Qdrant's have some hundred. */
const LONGEST_HEAD = 64 << 10;
/** A line that tells the size of a chunk, with extensions that nobody uses. */
const LONGEST_SIZE_LINE = 1024;
const LF = 0x0a;

const STATUS = /^HTTP\/1\.([01]) (\d{3})(?: |$)/;
const FIELD = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*(.*?)[ \t]*$/;
const CHUNK_SIZE = /^([0-9a-fA-F]{1,12})[ \t]*(?:;|$)/;

/**
 * Finds where HTTP/1.1 responses begin and end (RFC 9112, sections 4 to 7) without copying their bodies. Strict: what is not
 * exactly that throws, with code HPE_INVALID as Node's own parser has it. One request is under way at a time, so there is
 * one response to wait for; 1xx are passed over.
 */
export class ResponseParser {
  readonly #events: ResponseEvents;
  #state: State = 'head';
  /** Lines that are not whole yet. */
  #line = '';
  #left = 0;
  #reusable = false;

  constructor(events: ResponseEvents) {
    this.#events = events;
  }

  push(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length) at = this.#step(bytes, at);
  }

  /** The connection was closed from the other side: true when that was the end of a response. */
  close(): boolean {
    if (this.#state !== 'until-close') return false;
    this.#end(false);
    return true;
  }

  #step(bytes: Buffer, at: number): number {
    switch (this.#state) {
      case 'until-close':
        this.#events.body(bytes.subarray(at));
        return bytes.length;
      case 'sized':
      case 'chunk': {
        const end = Math.min(bytes.length, at + this.#left);
        this.#events.body(bytes.subarray(at, end));
        this.#left -= end - at;
        if (this.#left === 0) {
          if (this.#state === 'sized') this.#end(end === bytes.length);
          else this.#state = 'chunk-end';
        }
        return end;
      }
      default:
        return this.#lines(bytes, at);
    }
  }

  /** Everything that is made of lines. */
  #lines(bytes: Buffer, at: number): number {
    const end = bytes.indexOf(LF, at);
    const stop = end < 0 ? bytes.length : end + 1;
    this.#line += bytes.toString('latin1', at, stop);
    if (this.#line.length > (this.#state === 'chunk-size' ? LONGEST_SIZE_LINE : LONGEST_HEAD))
      refuse('too long a line');
    if (end < 0) return stop;
    const text = this.#line;
    const line = text.slice(text.lastIndexOf('\n', text.length - 2) + 1).replace(/\r?\n$/, '');
    switch (this.#state) {
      case 'head':
        // Lines are kept until the blank one behind them.
        if (line !== '' || text.length <= 2) break;
        this.#line = '';
        this.#head(text, stop === bytes.length);
        break;
      case 'chunk-size':
        this.#line = '';
        this.#left = Number.parseInt(CHUNK_SIZE.exec(line)?.[1] ?? refuse('a chunk without a size'), 16);
        this.#state = this.#left === 0 ? 'trailer' : 'chunk';
        break;
      case 'chunk-end':
        this.#line = '';
        if (line !== '') refuse('a chunk that is longer than it says');
        this.#state = 'chunk-size';
        break;
      case 'trailer':
        if (line !== '') break;
        this.#line = '';
        this.#end(stop === bytes.length);
    }
    return stop;
  }

  #head(text: string, last: boolean): void {
    const [first = '', ...fields] = text.trimEnd().split(/\r?\n/);
    const [, minor, code] = STATUS.exec(first) ?? refuse('no status line');
    const status = Number(code);
    const headers = Object.create(null) as Record<string, string>;
    for (const field of fields) {
      const [, name = '', value = ''] = FIELD.exec(field) ?? refuse('a header that is none');
      const key = name.toLowerCase();
      const before = headers[key];
      if (before === undefined) headers[key] = value;
      else if (key === 'content-length' && before !== value) refuse('two lengths');
      else if (key === 'transfer-encoding') refuse('two transfer encodings');
    }
    if (status === 101) refuse('another protocol');
    // 100 Continue and its like announce a response and are none.
    if (status < 200) return;
    const connection = (headers['connection'] ?? '').toLowerCase();
    this.#reusable = minor === '1' ? !/\bclose\b/.test(connection) : /\bkeep-alive\b/.test(connection);
    const { 'content-length': length, 'transfer-encoding': encoding } = headers;
    if (length !== undefined && !/^\d{1,15}$/.test(length)) refuse('a length that is no number');
    this.#events.head(status, headers);
    if (status === 204 || status === 304) this.#end(last);
    else if (encoding !== undefined) {
      if (encoding.toLowerCase() !== 'chunked') refuse('an encoding that nobody asked for');
      // Two ways to tell where it ends: whoever sends both is not to be trusted with another request.
      if (length !== undefined) this.#reusable = false;
      this.#state = 'chunk-size';
    } else if (length === undefined) this.#state = 'until-close';
    else {
      this.#left = Number(length);
      if (this.#left === 0) this.#end(last);
      else this.#state = 'sized';
    }
  }

  #end(last: boolean): void {
    this.#state = 'head';
    this.#events.end(this.#reusable && last);
  }
}

/** An answer that is not HTTP, in the words of Node's own parser. */
export function notHttp(detail: string): Error {
  return Object.assign(new Error(`not an answer in HTTP: ${detail}`), { code: 'HPE_INVALID' });
}

function refuse(detail: string): never {
  throw notHttp(detail);
}
