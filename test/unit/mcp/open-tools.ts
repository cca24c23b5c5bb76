/** An endpoint in front of a still service, with a client connected to it, in a folder of its own. */
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import type { Approve } from '../../../main/mcp/approval.ts';
import { startEndpoint } from '../../../main/mcp/endpoint.ts';
import type { AgentChoices } from '../../../preload/api.ts';
import { endpointParts } from '../../support/endpoint-parts.ts';
import { openClient } from '../../support/mcp-clients.ts';
import type { ClientKind, ClientOptions, ToolAnswer, ToolClient } from '../../support/mcp-clients.ts';
import { stillService } from './still-service.ts';
import type { StillService } from './still-service.ts';

export interface OpenTools {
  readonly client: ToolClient;
  readonly url: string;
  readonly token: string;
  /** One more client of the same endpoint. */
  connect(kind: ClientKind, options?: ClientOptions): Promise<ToolClient>;
  /** The settings folder; `exports/a.json` is there to import. */
  readonly home: string;
  /** Absolute path of a file in the export folder. */
  exported(name: string): string;
  close(): Promise<void>;
}

interface Opening {
  readonly kind?: ClientKind | undefined;
  readonly approve?: Approve | undefined;
  /** May be changed afterwards. */
  readonly choices?: Partial<AgentChoices> | undefined;
  readonly client?: ClientOptions | undefined;
}

/** A still service for each test, and the tools in front of it once they were opened. */
export interface ToolsGround {
  /** In it there is an index of five points, `code`. */
  readonly service: StillService;
  readonly tools: OpenTools;
  readonly client: ToolClient;
  readonly open: (approve?: Approve, choices?: Partial<AgentChoices>) => Promise<void>;
  /** With a client of that kind. */
  readonly openAs: (kind: ClientKind, opening?: Omit<Opening, 'kind'>) => Promise<void>;
}

/** For use outside of tests and hooks. */
export function toolsGround(): ToolsGround {
  let service: StillService;
  let tools: OpenTools;
  beforeEach(() => {
    service = stillService();
    service.points = { code: 5 };
  });
  afterEach(() => tools.close());
  return {
    get service() {
      return service;
    },
    get tools() {
      return tools;
    },
    get client() {
      return tools.client;
    },
    open: async (approve, choices) => {
      tools = await openTools(service, { approve, choices });
    },
    openAs: async (kind, opening) => {
      tools = await openTools(service, { kind, ...opening });
    },
  };
}

async function openTools(service: StillService, options: Opening = {}): Promise<OpenTools> {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'vk-tools-')));
  const exported = (name: string) => join(home, 'exports', name);
  mkdirSync(exported(''));
  writeFileSync(exported('a.json'), '{}');
  const { kind = 'client 2.x, 2026-07-28', approve, choices } = options;
  const parts = endpointParts(home, choices);
  const endpoint = await startEndpoint({ service, home, port: 0, version: '1.2.3', approve, ...parts });
  const token = readFileSync(join(home, 'mcp-token'), 'utf8').trim();
  const { url } = endpoint;
  const client = await openClient(kind, url, token, options.client);
  const others: ToolClient[] = [];
  return {
    ...{ client, url, token },
    connect: async (other, how) => {
      const opened = await openClient(other, url, token, how);
      others.push(opened);
      return opened;
    },
    home,
    exported,
    close: async () => {
      for (const each of [client, ...others]) await each.close();
      await endpoint.close();
      rmSync(home, { recursive: true });
    },
  };
}

export const errorOf = (answer: ToolAnswer) =>
  (answer.structuredContent?.['error'] ?? {}) as { code?: string; hint?: string; details?: Record<string, unknown> };
