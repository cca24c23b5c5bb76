/** An endpoint in front of a still service, with a client connected to it, in a folder of its own. */
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Approve } from '../../../main/mcp/approval.ts';
import { startEndpoint } from '../../../main/mcp/endpoint.ts';
import { openClient } from '../../support/mcp-clients.ts';
import type { ClientKind, ToolAnswer, ToolClient } from '../../support/mcp-clients.ts';
import type { StillService } from './still-service.ts';

export interface OpenTools {
  readonly client: ToolClient;
  readonly token: string;
  /** The settings folder; `exports/a.json` is there to import. */
  readonly home: string;
  /** Absolute path of a file in the export folder. */
  exported(name: string): string;
  close(): Promise<void>;
}

export async function openTools(
  service: StillService,
  options: { kind?: ClientKind; approve?: Approve } = {},
): Promise<OpenTools> {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'vk-tools-')));
  const exported = (name: string) => join(home, 'exports', name);
  mkdirSync(exported(''));
  writeFileSync(exported('a.json'), '{}');
  const { kind = 'client 2.x, 2026-07-28', approve } = options;
  const paths = { exportFolder: join(home, 'exports'), allowedFolders: [] };
  const endpoint = await startEndpoint({ service, home, port: 0, version: '1.2.3', approve, ...paths });
  const token = readFileSync(join(home, 'mcp-token'), 'utf8').trim();
  const client = await openClient(kind, endpoint.url, token);
  return {
    client,
    token,
    home,
    exported,
    close: async () => {
      await client.close();
      await endpoint.close();
      rmSync(home, { recursive: true });
    },
  };
}

export const errorOf = (answer: ToolAnswer) =>
  (answer.structuredContent?.['error'] ?? {}) as { code?: string; hint?: string; details?: Record<string, unknown> };
