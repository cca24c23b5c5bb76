/** Messages on a stream of bytes, one a line, within bounds. */
import type { Readable } from 'node:stream';

export type Line = { readonly text: string } | { readonly tooLong: true; readonly start: string; readonly end: string };

/** Bytes that are kept of each end of a line that is too long: enough to find the id of its message there. */
const ENDS = 1024;
const NEWLINE = 0x0a;

/**
 * Calls `take` for each line that is not empty, the last one too where no line break ends it. Of a line of more than `most`
 * bytes only its ends are kept. Resolves with the end of the input, also one that breaks; never rejects.
 */
export function readLines(input: Readable, most: number, take: (line: Line) => void): Promise<void> {
  let parts: Buffer[] = [];
  let size = 0;
  let start: Buffer | null = null;

  const finish = (): void => {
    const line = Buffer.concat(parts);
    if (start !== null)
      take({ tooLong: true, start: start.toString('utf8'), end: line.subarray(-ENDS).toString('utf8') });
    else {
      const text = line.toString('utf8').trim();
      if (text !== '') take({ text });
    }
    [parts, size, start] = [[], 0, null];
  };
  const add = (part: Buffer): void => {
    if (part.length === 0) return;
    parts.push(part);
    size += part.length;
    if (size <= most) return;
    const all = Buffer.concat(parts);
    start ??= Buffer.from(all.subarray(0, ENDS));
    parts = [Buffer.from(all.subarray(-ENDS))];
  };
  return new Promise((resolve) => {
    input.on('data', (chunk: Buffer | string) => {
      let rest = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      for (let at = rest.indexOf(NEWLINE); at >= 0; at = rest.indexOf(NEWLINE)) {
        add(rest.subarray(0, at));
        finish();
        rest = rest.subarray(at + 1);
      }
      add(rest);
    });
    const end = (): void => {
      finish();
      resolve();
    };
    input.once('end', end);
    input.once('error', end);
    input.once('close', end);
  });
}
