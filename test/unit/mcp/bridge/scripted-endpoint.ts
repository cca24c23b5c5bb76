/** A real server in the place of the endpoint, which does with each request as it is told, and a bridge to it. */
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Announced } from '../../../../main/mcp/bridge/announced.ts';
import { Bridge } from '../../../../main/mcp/bridge/bridge.ts';
import type { Answer } from '../../../../main/mcp/bridge/messages.ts';

export interface Asked {
  readonly headers: IncomingHttpHeaders;
  readonly body: { readonly id?: number; readonly method?: string; readonly params?: Record<string, unknown> };
}

export type Serve = (asked: Asked, response: ServerResponse, nth: number) => void;

export interface Scripted {
  readonly at: Announced;
  readonly asked: readonly Asked[];
  /** For each request the port it came from. */
  readonly connections: readonly (number | undefined)[];
  close(): Promise<void>;
}

export async function scripted(serve: Serve, { token = 'secret', port = 0 } = {}): Promise<Scripted> {
  const asked: Asked[] = [];
  const connections: (number | undefined)[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const text = Buffer.concat(parts).toString();
      const one = { headers: request.headers, body: text === '' ? {} : (JSON.parse(text) as Asked['body']) };
      if (request.method === 'POST') {
        asked.push(one);
        connections.push(request.socket.remotePort);
      }
      if (request.method !== 'POST') response.writeHead(405).end();
      else if (request.headers.authorization === `Bearer ${token}`) serve(one, response, asked.length);
      else
        response.writeHead(401, { 'content-type': 'application/json' }).end('{"error":{"code":-32000,"message":"no"}}');
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const { port: own } = server.address() as AddressInfo;
  return {
    at: { url: `http://127.0.0.1:${own}/mcp`, token },
    ...{ asked, connections },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** An ordinary answer. */
export const result =
  (value: object = {}): Serve =>
  ({ body }, response) => {
    if (body.id === undefined) response.writeHead(202).end();
    else
      response
        .writeHead(200, { 'content-type': 'application/json', connection: 'keep-alive' })
        .end(JSON.stringify({ jsonrpc: '2.0', id: body.id, result: value }));
  };

export interface Bridged {
  readonly bridge: Bridge;
  readonly answers: Answer[];
  readonly told: string[];
  /** Sends what it is given and waits for all answers. */
  readonly ask: (...messages: object[]) => Promise<Answer[]>;
}

export function bridged(find: (stale: Announced | null) => Promise<Announced>): Bridged {
  const answers: Answer[] = [];
  const told: string[] = [];
  const bridge = new Bridge({
    ...{ find, version: '9.9.9' },
    send: (answer) => answers.push(answer),
    tell: (sentence) => told.push(sentence),
  });
  return {
    ...{ bridge, answers, told },
    ask: async (...messages) => {
      for (const message of messages) bridge.take({ text: JSON.stringify({ jsonrpc: '2.0', ...message }) });
      await bridge.settled();
      return answers;
    },
  };
}
