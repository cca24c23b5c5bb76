/**
 * The local MCP endpoint: Streamable HTTP at http://127.0.0.1:<port>/mcp, for the stateless
 * protocol revision and for clients that begin with `initialize`. Every request stands alone; what
 * outlives a request is a job of the service.
 */
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { toNodeHandler } from '@modelcontextprotocol/node';
import type { NodeIncomingMessageLike } from '@modelcontextprotocol/node';
import { createMcpHandler } from '@modelcontextprotocol/server';
import type { AgentChoices, ProtectionView } from '../../preload/api.ts';
import { Fault } from '../faults/fault.ts';
import type { Service } from '../service/service.ts';
import { makePrivateFolder } from '../settings/private-file.ts';
import { AgentJobs } from './agent-jobs.ts';
import type { PathPolicy } from './allowed-path.ts';
import type { Approve } from './approval.ts';
import type { AuditLog } from './audit-log.ts';
import { readMessage } from './body.ts';
import { noted } from './call-note.ts';
import { announce, requireUnannounced, withdraw } from './discovery.ts';
import { refusalOf } from './guard.ts';
import type { Refusal } from './guard.ts';
import { createPlans } from './plans.ts';
import { createQuestions } from './questions.ts';
import type { Desk } from './tool-desk.ts';
import { createMcpServer } from './tools.ts';
import { loadToken, makeToken } from './token.ts';

export interface EndpointOptions {
  readonly service: Service;
  /** What the person allows agents: asked for at each call, so that what is changed holds from the next one on. */
  readonly agents: () => PathPolicy & AgentChoices;
  readonly protection: () => ProtectionView;
  readonly audit: AuditLog;
  /** The settings folder: token and discovery file live there. */
  readonly home: string;
  /** 0: any free one. */
  readonly port: number;
  readonly version: string;
  /** Asks the person whether an import or a restore may overwrite or remove points. Without it the headless policy holds. */
  readonly approve?: Approve | undefined;
  /** Milliseconds; only tests give other values. */
  readonly limits?: { readonly headMs: number; readonly bodyMs: number };
}

export interface Endpoint {
  /** Ends in `/mcp`. */
  readonly url: string;
  /** When somebody with the token last asked, or was still waiting, in milliseconds since 1970; 0: never. */
  lastRequestAt(): number;
  /** Makes a new token; the old one is worthless at once. */
  renewToken(): void;
  /** Ends all connections and removes the discovery file. Jobs go on: they belong to the service. */
  close(): Promise<void>;
}

const DEFAULT_LIMITS = { headMs: 10_000, bodyMs: 20_000 };
/** Far more than the agents of one person open; only a bound on what a mad one can hold. */
const MAX_CONNECTIONS = 128;
const MAX_REQUESTS = 32;
/** Streams that a client holds open to hear of changes each take the place of a request: half is left for work. */
const MAX_SUBSCRIPTIONS = MAX_REQUESTS / 2;

/**
 * Starts listening, then announces itself in `mcp.json`. Throws USAGE with `field: 'port'` when the
 * port is taken or not allowed, BUSY when another process serves from this settings folder, WRITE_FAILED when the settings folder cannot be written.
 */
export async function startEndpoint(options: EndpointOptions): Promise<Endpoint> {
  const { home, service, version, agents, protection, audit, approve } = options;
  const limits = options.limits ?? DEFAULT_LIMITS;
  await requireUnannounced(home);
  let token = inHome(home, () => {
    makePrivateFolder(home);
    return loadToken(home);
  });
  let port = options.port;
  let active = 0;
  let lastRequestAt = 0;

  // Shared by all requests, each of which gets a protocol server of its own.
  const jobs = new AgentJobs(service, approve === undefined ? null : createQuestions(approve), audit);
  const desk: Desk = {
    ...{ service, version, jobs, protection, plans: createPlans() },
    choices: agents,
    paths: agents,
    policy: () => (approve === undefined ? agents().headless : agents().approval),
  };
  const protocol = createMcpHandler(() => createMcpServer(desk), { maxSubscriptions: MAX_SUBSCRIPTIONS });
  const handle = toNodeHandler(protocol);

  /** Serves a request, or says why not. */
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<Refusal | null> {
    const refusal = refusalOf(request, port, token);
    if (refusal) return refusal;
    if (active >= MAX_REQUESTS) {
      return { status: 503, message: 'Too many requests at once', headers: { 'retry-after': '1' } };
    }
    active += 1;
    lastRequestAt = Date.now();
    try {
      const body = request.method === 'POST' ? await readMessage(request) : undefined;
      if (body && 'refusal' in body) return body.refusal;
      // Nothing behind this line has a use for the token.
      delete request.headers.authorization;
      await noted(request, body?.message, audit, () =>
        handle(request as NodeIncomingMessageLike, response, body?.message),
      );
      return null;
    } finally {
      active -= 1;
      lastRequestAt = Date.now();
    }
  }

  const server = createServer(
    {
      headersTimeout: limits.headMs,
      requestTimeout: limits.headMs + limits.bodyMs,
      connectionsCheckingInterval: Math.min(limits.headMs, 2000),
      keepAliveTimeout: 5000,
      maxHeaderSize: 16 * 1024,
    },
    (request, response) => {
      answer(request, response).then(
        (refusal) => {
          if (refusal) reject(response, refusal);
        },
        () => {
          if (response.headersSent) response.destroy();
          else reject(response, { status: 500, message: 'Internal error' });
        },
      );
    },
  );
  server.maxConnections = MAX_CONNECTIONS;
  port = await listen(server, options.port);
  const url = `http://127.0.0.1:${port}/mcp`;
  try {
    inHome(home, () => announce(home, url, token));
  } catch (error) {
    await stop(server);
    throw error;
  }

  return {
    url,
    lastRequestAt: () => (active > 0 ? Date.now() : lastRequestAt),
    renewToken() {
      token = inHome(home, () => makeToken(home));
      inHome(home, () => announce(home, url, token));
      // Whoever came in with the old one is out.
      server.closeAllConnections();
    },
    async close() {
      withdraw(home, url, token);
      jobs.close();
      await protocol.close();
      await stop(server);
      await audit.settled();
    },
  };
}

/** A refusal ends the connection too: whatever else was sent on it is not read. */
function reject(response: ServerResponse, refusal: Refusal): void {
  const body = JSON.stringify({ jsonrpc: '2.0', error: { code: -32_000, message: refusal.message }, id: null });
  response.writeHead(refusal.status, { ...refusal.headers, 'content-type': 'application/json', connection: 'close' });
  response.end(body);
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, fail) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason = { EADDRINUSE: 'in-use', EACCES: 'not-allowed' }[error.code ?? ''];
      fail(reason === undefined ? error : new Fault('USAGE', { field: 'port', reason, port }, { cause: error }));
    });
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function inHome<T>(home: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new Fault(reason === 'ENOSPC' ? 'NO_SPACE' : 'WRITE_FAILED', { path: home, reason }, { cause: error });
  }
}
