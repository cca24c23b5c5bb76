/** The bridge as other programs have it: started by an official client, or by hand with all it writes in view. */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { StdioClientTransport as Transport2 } from '@modelcontextprotocol/client/stdio';
import { StdioClientTransport as Transport1 } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { makeCollection } from './collections.ts';
import { entry, start, vectorkeep, type Running } from './command-line.ts';
import { connectClient, type ClientKind, type ToolClient } from './mcp-clients.ts';
import { startQdrant, type Qdrant } from './qdrant.ts';

export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** `vectorkeep mcp` of the command line. */
export const commandLineBridge = (home: string, ...words: string[]): Program => ({
  command: process.execPath,
  args: [entry(), 'mcp', '--home', home, ...words],
});

export interface BridgedClient extends ToolClient {
  /** What the bridge said on stderr. */
  readonly said: () => string;
}

/** Throws what connecting throws. */
export async function openBridged(kind: ClientKind, { command, args, env = {} }: Program): Promise<BridgedClient> {
  let said = '';
  const options = { command, args: [...args], env: { ...environment(), ...env }, stderr: 'pipe' as const };
  const listen = <T extends { readonly stderr: unknown }>(transport: T): T => {
    (transport.stderr as Readable).on('data', (data: Buffer) => (said += data.toString()));
    return transport;
  };
  const client = await connectClient(kind, {
    old: () => listen(new Transport1(options)),
    current: () => listen(new Transport2(options)),
  });
  return { ...client, said: () => said };
}

type Message = Record<string, unknown> & { id?: unknown };

export interface RawBridge {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  /** All that it wrote to stdout. */
  readonly out: () => string;
  readonly said: () => string;
  /** Sends a message, or text as it is, as a line. */
  readonly send: (message: object | string) => void;
  /** The message with that id, once it is there. */
  readonly answer: (id: unknown) => Promise<Message>;
  /** Exit code, once it has ended; null: by a signal. */
  readonly ended: Promise<number | null>;
}

export function rawBridge({ command, args, env = {} }: Program): RawBridge {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...environment(), ...env } });
  let out = '';
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  child.stdin.on('error', () => undefined);
  const messages = (): Message[] =>
    out
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Message);
  return {
    child,
    out: () => out,
    said: () => said,
    send: (message) =>
      void child.stdin.write(
        `${typeof message === 'string' ? message : JSON.stringify({ jsonrpc: '2.0', ...message })}\n`,
      ),
    answer: async (id) => {
      const found = (): Message | undefined => messages().find((message) => message.id === id);
      await expect.poll(found, { timeout: 30_000, interval: 20 }).toBeDefined();
      return found() ?? {};
    },
    ended: once(child, 'exit').then(([code]) => code as number | null),
  };
}

/** What agents hand on of theirs is little. */
const environment = (): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '',
  HOME: process.env['HOME'] ?? '/',
});

export interface Discovery {
  readonly url: string;
  readonly token: string;
  readonly pid: number;
}

export const discoveryIn = (home: string): Discovery =>
  JSON.parse(readFileSync(join(home, 'mcp.json'), 'utf8')) as Discovery;

export const NOT_RUNNING =
  'Vectorkeep is not running. Open Vectorkeep, or run "vectorkeep serve" in a terminal, then try again; or start this ' +
  'bridge with --start.';

export const errorIn = (message: Message): { code: number; message: string } | undefined =>
  message['error'] as { code: number; message: string } | undefined;

/** What tests of the bridge stand on: a server with an index, and for each test a settings folder with a connection to it. */
export interface BridgeGround {
  readonly home: string;
  /** A `vectorkeep serve` whose endpoint is announced, ended after the test. */
  readonly serve: (...words: string[]) => Promise<Running>;
  readonly bridge: (...words: string[]) => RawBridge;
  readonly client: (kind: ClientKind, ...words: string[]) => Promise<BridgedClient>;
}

/** For use outside of tests and hooks. */
export function bridgeGround(): BridgeGround {
  let qdrant: Qdrant;
  let root = '';
  let home = '';
  // Agents have no place in the settings folder, so the person's own is another one.
  let person = '';
  const ends: (() => unknown)[] = [];
  beforeAll(async () => {
    qdrant = await startQdrant();
    await makeCollection(qdrant.url, { name: 'code', points: 5000 });
    root = mkdtempSync(join(tmpdir(), 'vk-bridge-'));
  });
  afterAll(async () => {
    await qdrant.stop();
    rmSync(root, { recursive: true });
  });
  beforeEach(async () => {
    home = mkdtempSync(join(root, 'home-'));
    person = mkdtempSync(join(root, 'person-'));
    const { code } = await vectorkeep(['connect', 'local', '--url', qdrant.url, '--home', home], { home });
    expect(code).toBe(0);
  });
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });
  return {
    get home() {
      return home;
    },
    serve: async (...words) => {
      const running = start(['serve', '--home', home, '--port', '0', ...words], { home, env: { HOME: person } });
      ends.push(() => {
        running.child.kill('SIGKILL');
        return running.ended;
      });
      const file = words.includes('--no-endpoint') ? 'scheduler.lock' : 'mcp.json';
      const pidIn = (): unknown => {
        try {
          return (JSON.parse(readFileSync(join(home, file), 'utf8')) as Discovery).pid;
        } catch {
          return undefined;
        }
      };
      await expect.poll(pidIn, { timeout: 30_000, interval: 50 }).toBe(running.child.pid);
      return running;
    },
    bridge: (...words) => {
      const raw = rawBridge(commandLineBridge(home, ...words));
      ends.push(() => raw.child.kill('SIGKILL'));
      return raw;
    },
    client: async (kind, ...words) => {
      const client = await openBridged(kind, commandLineBridge(home, ...words));
      ends.push(() => client.close());
      return client;
    },
  };
}
