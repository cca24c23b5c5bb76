import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readLines, type Line } from '../../../../main/mcp/bridge/lines.ts';

async function read(chunks: readonly (string | Buffer)[], most = 1000): Promise<Line[]> {
  const input = new PassThrough();
  const lines: Line[] = [];
  const over = readLines(input, most, (line) => lines.push(line));
  for (const chunk of chunks) input.write(chunk);
  input.end();
  await over;
  return lines;
}

it('does not care how the bytes come', async () => {
  const line = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
    .map((text) => `x${text.replaceAll(/\s/g, '_')}x`);
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 8 }), fc.array(fc.nat(9), { maxLength: 30 }), async (lines, cuts) => {
      let rest = Buffer.from(lines.map((text) => `${text}\n`).join(''));
      const chunks = cuts.map((cut) => {
        const chunk = rest.subarray(0, cut);
        rest = rest.subarray(cut);
        return chunk;
      });
      expect(await read([...chunks, rest])).toEqual(lines.map((text) => ({ text })));
    }),
  );
});

it('takes the last line without its end, and no empty ones', async () => {
  expect(await read(['\n \r\na\r\n', '\n', 'b'])).toEqual([{ text: 'a' }, { text: 'b' }]);
});

it('goes on after a line that is too long, of which it keeps the ends', async () => {
  const long = `start${'x'.repeat(5000)}end`;
  const lines = await read([`${'y'.repeat(1000)}\n${long.slice(0, 700)}`, `${long.slice(700)}\nnext\n`]);
  expect(lines).toHaveLength(3);
  expect(lines[0]).toEqual({ text: 'y'.repeat(1000) });
  expect(lines[1]).toEqual({ tooLong: true, start: long.slice(0, 1024), end: long.slice(-1024) });
  expect(lines[2]).toEqual({ text: 'next' });
});

it('ends with an input that breaks', async () => {
  const input = new PassThrough();
  const over = readLines(input, 10, () => undefined);
  input.destroy(new Error('gone'));
  await over;
});
