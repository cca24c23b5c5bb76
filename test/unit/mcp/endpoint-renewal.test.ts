import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { startEndpoint } from '../../../main/mcp/endpoint.ts';
import { endpointParts } from '../../support/endpoint-parts.ts';
import { stillService } from './still-service.ts';

const PING = { jsonrpc: '2.0', id: 1, method: 'ping' };

it('a new token ends the connections that came in with the old one', async () => {
  const home = mkdtempSync(join(tmpdir(), 'vk-renewal-'));
  const parts = endpointParts(home);
  const endpoint = await startEndpoint({ service: stillService(), home, port: 0, version: '1', ...parts });
  const agent = new Agent({ keepAlive: true });
  const sent = request(endpoint.url, {
    ...{ method: 'POST', agent },
    headers: {
      authorization: `Bearer ${readFileSync(join(home, 'mcp-token'), 'utf8').trim()}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    },
  });
  sent.end(JSON.stringify(PING));
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const { socket } = response;
  expect(response.statusCode).toBe(200);
  response.resume();
  await once(response, 'end');
  const ended = new Promise((resolve) => socket.once('close', () => resolve('ended')));
  endpoint.renewToken();
  // Without that it would be kept for five seconds.
  expect(await Promise.race([ended, pause(2500, 'open')])).toBe('ended');
  agent.destroy();
  await endpoint.close();
  rmSync(home, { recursive: true });
});
