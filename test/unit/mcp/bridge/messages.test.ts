import { describe, expect, it, test } from 'vitest';
import { cancelledId, idKey, messageIn, requestId } from '../../../../main/mcp/bridge/messages.ts';
import type { JSONRPCMessage } from '@modelcontextprotocol/client';

function answer(text: string): { id: unknown; code: number } {
  const found = messageIn({ text });
  if (!('answer' in found) || !('error' in found.answer)) throw new Error(`Taken: ${text}`);
  return { id: found.answer.id, code: found.answer.error.code };
}

test.each([
  ['{"jsonrpc":"2.0","id":1,"method":"a","params":{"x":1e400}}'],
  ['{"jsonrpc":"2.0","method":"notifications/initialized"}'],
  ['{"jsonrpc":"2.0","id":"x","result":{}}'],
])('%s passes as it is', (text) => {
  expect(messageIn({ text })).toEqual({ message: JSON.parse(text) as unknown });
});

test.each([
  ['{', null, -32_700],
  ['Content-Length: 12', null, -32_700],
  ['[{"jsonrpc":"2.0","id":1,"method":"a"}]', null, -32_600],
  ['null', null, -32_600],
  ['7', null, -32_600],
  ['{"id":7,"method":"a"}', 7, -32_600],
  ['{"jsonrpc":"1.0","id":"x","method":"a"}', 'x', -32_600],
  ['{"jsonrpc":"2.0","id":null,"method":"a"}', null, -32_600],
  ['{"jsonrpc":"2.0","id":{},"method":"a"}', null, -32_600],
])('%s is refused', (text, id, code) => {
  expect(answer(text)).toEqual({ id, code });
});

test('a batch is told what it is', () => {
  expect(messageIn({ text: '[]' })).toHaveProperty('answer.error.message', expect.stringContaining('Batches'));
});

describe('a message that is too long', () => {
  const idOf = (whole: string): unknown => {
    const found = messageIn({ tooLong: true, start: whole.slice(0, 100), end: whole.slice(-100) });
    return 'answer' in found && 'id' in found.answer ? found.answer.id : undefined;
  };
  const long = 'x'.repeat(300);

  it.each([
    [`{"jsonrpc":"2.0","id":12,"method":"${long}"}`, 12],
    [`{"id":"a\\"b","jsonrpc":"2.0","method":"${long}"}`, 'a"b'],
    [`{"method":"${long}","jsonrpc":"2.0","id":-3}`, -3],
    [`{"method":"${long}","id":"x","jsonrpc":"2.0"}`, 'x'],
    // These ids are somebody else's.
    [`{"jsonrpc":"2.0","method":"${long}","params":{"id":5}}`, null],
    [`{"params":{"id":5},"method":"${long}"}`, null],
    [`{"method":"${long}","params":"{\\"id\\":5}"}`, null],
    [`{"method":"${long}"}`, null],
  ])('is answered with the id it has: %#', (text, id) => {
    expect(idOf(text)).toBe(id);
  });
});

test('a request has an id and a method', () => {
  const idOf = (message: object) => requestId(message as JSONRPCMessage);
  expect(idOf({ jsonrpc: '2.0', id: 0, method: 'a' })).toBe(0);
  expect(idOf({ jsonrpc: '2.0', id: 0, result: {} })).toBeNull();
  expect(idOf({ jsonrpc: '2.0', method: 'a' })).toBeNull();
  expect(idKey(1)).not.toBe(idKey('1'));
});

test('a cancellation names a request', () => {
  const of = (params: object): unknown =>
    cancelledId({ jsonrpc: '2.0', method: 'notifications/cancelled', params } as JSONRPCMessage);
  expect(of({ requestId: 3 })).toBe(3);
  expect(of({ requestId: {} })).toBeNull();
  expect(
    cancelledId({ jsonrpc: '2.0', method: 'notifications/progress', params: { requestId: 3 } } as never),
  ).toBeNull();
});
