/** An endpoint as the app opens it: a real server behind a real service, with a settings folder and a vault of its own. */
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { QdrantClient } from '@qdrant/js-client-rest';
import Conf from 'conf';
import type { Endpoint, EndpointOptions } from '../../main/mcp/endpoint.ts';
import { startEndpoint } from '../../main/mcp/endpoint.ts';
import { createService } from '../../main/service/backup-service.ts';
import type { Service } from '../../main/service/service.ts';
import { openSettings, type Settings } from '../../main/settings/settings.ts';
import type { Qdrant } from './qdrant.ts';
import { endpointParts } from './endpoint-parts.ts';
import { startQdrant } from './qdrant.ts';

export interface McpGround {
  readonly qdrant: Qdrant;
  readonly control: QdrantClient;
  /** Holds `home`, `exports` and `vault`, and whatever a test puts beside them. */
  readonly base: string;
  readonly home: string;
  readonly exportFolder: string;
  readonly vault: string;
  readonly settings: Settings;
  readonly service: Service;
  readonly endpoint: Endpoint;
  readonly token: string;
  /** Ends everything and removes the folders. */
  close(): Promise<void>;
}

/** The connection `local` is set up and there is nothing in the server yet. */
export async function openMcpGround(options: Partial<EndpointOptions> = {}): Promise<McpGround> {
  const qdrant = await startQdrant();
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'vk-mcp-')));
  const [home, exportFolder, vault] = [join(base, 'home'), join(base, 'exports'), join(base, 'vault')];
  const settings = openSettings({ Store: Conf, dir: home });
  settings.saveConnection({ name: 'local', kind: 'url', url: qdrant.url });
  const service = createService({
    settings,
    home,
    qdrantBinary: undefined,
    workerScript: new URL('../../main/jobs/worker.ts', import.meta.url),
    generator: 'Vectorkeep test',
  });
  service.setVaultFolder(vault);
  const endpoint = await startEndpoint({
    ...{ service, home, port: 0, version: '0.0.0', ...endpointParts(home, { exportFolder }) },
    ...options,
  });
  return {
    ...{ qdrant, base, home, exportFolder, vault, settings, service, endpoint },
    control: new QdrantClient({ url: qdrant.url, checkCompatibility: false }),
    token: readFileSync(join(home, 'mcp-token'), 'utf8').trim(),
    close: async () => {
      await endpoint.close();
      await service.close();
      await qdrant.stop();
      rmSync(base, { recursive: true });
    },
  };
}

/** Makes a collection of `count` points of eight dimensions, each with `payload`, its number and a file. */
export async function fillCollection(
  control: QdrantClient,
  collection: string,
  count: number,
  payload: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  await control.createCollection(collection, { vectors: { size: 8, distance: 'Cosine' } });
  const points = Array.from({ length: count }, (_, id) => ({
    id,
    vector: Array.from({ length: 8 }, (_each, at) => Math.sin(id * 8 + at + 1)),
    payload: { file_path: `src/${id}.ts`, n: id, ...payload },
  }));
  await control.upsert(collection, { points, wait: true });
}
