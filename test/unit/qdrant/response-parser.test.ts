import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ResponseParser } from '../../../main/qdrant/response-parser.ts';

interface Heard {
  readonly heads: [number, Record<string, string>][];
  readonly bodies: string[];
  readonly ends: number;
  /** Whether the last response leaves the connection usable; depends on how the bytes came. */
  readonly reusable: boolean | null;
  readonly refused: string | null;
}

/** All that a parser makes of bytes that come in these pieces. */
function hear(pieces: readonly Buffer[], closed: boolean): Heard {
  const heads: [number, Record<string, string>][] = [];
  const bodies: string[] = [];
  let ends = 0;
  let reusable: boolean | null = null;
  let refused: string | null = null;
  const parser = new ResponseParser({
    head: (status, headers) => {
      heads.push([status, { ...headers }]);
      bodies.push('');
    },
    body: (bytes) => bodies.push(`${bodies.pop() ?? ''}${bytes.toString('latin1')}`),
    end: (again) => {
      ends++;
      reusable = again;
    },
  });
  try {
    for (const piece of pieces) parser.push(piece);
    if (closed) parser.close();
  } catch (error) {
    expect(error).toMatchObject({ code: 'HPE_INVALID' });
    refused = (error as Error).message;
  }
  return { heads, bodies, ends, reusable, refused };
}

function cut(bytes: Buffer, at: readonly number[]): Buffer[] {
  const places = [...new Set(at.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...places].map((from, i) => bytes.subarray(from, places[i] ?? bytes.length));
}

const body = fc.string({ maxLength: 200 }).map((text) => Buffer.from(text).toString('latin1'));
const framed = fc.oneof(
  body.map((text) => `HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${text}`),
  fc
    .array(
      body.filter((text) => text !== ''),
      { maxLength: 5 },
    )
    .map(
      (chunks) =>
        `HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n${chunks
          .map((chunk) => `${chunk.length.toString(16)};x=y\r\n${chunk}\r\n`)
          .join('')}0\r\nTrailer: t\r\n\r\n`,
    ),
  body.map((text) => `HTTP/1.0 500 \r\nA: b\r\nA: c\r\n\r\n${text}`),
  fc.constantFrom(
    'HTTP/1.1 204 No Content\r\n\r\n',
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200\r\ncontent-length: 0\r\n\r\n',
  ),
);

describe('the parser of responses', () => {
  test('hears the same, wherever the bytes are cut on their way', () => {
    fc.assert(
      fc.property(framed, fc.array(fc.nat({ max: 2000 }), { maxLength: 12 }), fc.boolean(), (text, at, closed) => {
        const bytes = Buffer.from(text, 'latin1');
        const whole = hear([bytes], closed);
        expect(whole.refused).toBeNull();
        expect(hear(cut(bytes, at), closed)).toEqual(whole);
        expect(whole.ends).toBe(text.startsWith('HTTP/1.0') && !closed ? 0 : 1);
      }),
      { numRuns: 2000 },
    );
  });

  test('hears the same of damaged bytes, or refuses them in both', () => {
    const damage = fc.array(fc.tuple(fc.nat({ max: 400 }), fc.integer({ min: 0, max: 255 })), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(framed, damage, fc.array(fc.nat({ max: 2000 }), { maxLength: 12 }), (text, wounds, at) => {
        const bytes = Buffer.from(text, 'latin1');
        for (const [place, value] of wounds) bytes[place % bytes.length] = value;
        const whole = hear([bytes], true);
        const pieces = hear(cut(bytes, at), true);
        expect(pieces.refused).toBe(whole.refused);
        if (whole.refused === null) expect(pieces).toEqual({ ...whole, reusable: pieces.reusable });
      }),
      { numRuns: 5000 },
    );
  });

  test.each([
    ['its own length', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}', true],
    ['chunks', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n', true],
    ['no body', 'HTTP/1.1 204 No Content\r\n\r\n', true],
    ['a wish to close', 'HTTP/1.1 200 OK\r\nconnection: Close\r\ncontent-length: 2\r\n\r\n{}', false],
    ['an older version', 'HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\n{}', false],
    ['an older version that stays', 'HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 2\r\n\r\n{}', true],
    [
      'length and chunks',
      'HTTP/1.1 200 OK\r\ncontent-length: 9\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n',
      false,
    ],
    ['more behind it', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}H', false],
    ['its end', 'HTTP/1.1 200 OK\r\n\r\n{}', false],
  ])('says whether the connection may be used again: %s', (_, text, reusable) => {
    expect(hear([Buffer.from(text)], true)).toMatchObject({ reusable, ends: 1, refused: null });
  });
});
