import { Writable } from 'node:stream';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { Fault } from '../../../main/faults/fault.ts';
import { printError, printWarnings } from '../../../main/terminal/output.ts';

function screen(columns?: number): { stream: Writable; text: () => string } {
  let text = '';
  const stream = new Writable({
    write: (chunk: Buffer, _, done) => {
      text += chunk.toString();
      done();
    },
  });
  return { stream: Object.assign(stream, columns === undefined ? {} : { isTTY: true, columns }), text: () => text };
}

const gone = new Fault('VAULT_GONE', { path: '/mnt/backups' });

test('errors and warnings break between words on a terminal, and stay whole lines everywhere else', () => {
  const [narrow, file, out] = [screen(80), screen(), screen()];
  for (const err of [narrow, file]) {
    expect(printError({ out: out.stream, err: err.stream }, gone, false, 'status')).toBe(1);
    printWarnings({ out: out.stream, err: err.stream }, [{ code: 'X', message: 'It is so. '.repeat(20).trim() }]);
  }
  const lines = narrow.text().trimEnd().split('\n');
  for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(80);
  expect(lines.join(' ')).toBe(file.text().trimEnd().replaceAll('\n', ' '));
  expect(file.text().trimEnd().split('\n')).toHaveLength(3);
  expect(out.text()).toBe('');
});
