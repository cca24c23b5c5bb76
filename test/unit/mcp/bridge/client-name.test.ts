import { expect, test } from 'vitest';
import type { JSONRPCMessage } from '@modelcontextprotocol/client';
import { clientIn, userAgent } from '../../../../main/mcp/bridge/client-name.ts';

const initialize = (clientInfo: unknown): JSONRPCMessage => ({
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { clientInfo },
});

test('both revisions say who they are', () => {
  expect(clientIn(initialize({ name: 'Cursor', version: '2.1.0' }))).toBe('Cursor/2.1.0');
  const stateless = {
    ...{ jsonrpc: '2.0', id: 1, method: 'tools/list' },
    params: { _meta: { 'io.modelcontextprotocol/clientInfo': { name: 'Claude Code', version: '3' } } },
  };
  expect(clientIn(stateless as JSONRPCMessage)).toBe('Claude Code/3');
});

test.each([
  [undefined, undefined],
  ['me', undefined],
  [{ version: '1' }, undefined],
  [{ name: 7 }, undefined],
  [{ name: '\r\n' }, undefined],
  [{ name: 'me' }, 'me'],
  [{ name: 'me', version: {} }, 'me'],
  [{ name: 'a\r\nAuthorization: Bearer x', version: '1/2' }, 'a-Authorization- Bearer x/1-2'],
  [{ name: 'Ä'.repeat(50) + 'é', version: '' }, undefined],
  [{ name: 'x'.repeat(500), version: 'y'.repeat(500) }, `${'x'.repeat(60)}/${'y'.repeat(30)}`],
])('of %j a header gets nothing but words', (info, client) => {
  expect(clientIn(initialize(info))).toBe(client);
});

test('the header names the bridge too', () => {
  expect(userAgent('Cursor/2.1.0', '0.1.0')).toBe('Cursor/2.1.0 via vectorkeep-mcp/0.1.0');
  expect(userAgent(undefined, '0.1.0')).toBe('vectorkeep-mcp/0.1.0');
});
