/**
 * A program of its own that serves the endpoint in front of a real service, so that all it prints can be read and its
 * memory measured. Arguments: a folder, the URL of Qdrant, the URL of a server that never answers, limits of the second
 * endpoint in ms. It is told what to do by messages, and run with --expose-gc.
 */
import { join } from 'node:path';
import Conf from 'conf';
import { startEndpoint } from '../../main/mcp/endpoint.ts';
import { createService } from '../../main/service/backup-service.ts';
import { openSettings } from '../../main/settings/settings.ts';
import { endpointParts } from './endpoint-parts.ts';

const [base = '', qdrant = '', silent = '', limitMs = '1000'] = process.argv.slice(2);
const home = join(base, 'home');
const settings = openSettings({ Store: Conf, dir: home });
settings.saveConnection({ name: 'local', kind: 'url', url: qdrant });
settings.saveConnection({ name: 'silent', kind: 'url', url: silent });
settings.selectConnection('local');
const service = createService({
  settings,
  home,
  qdrantBinary: undefined,
  workerScript: new URL('../../main/jobs/worker.ts', import.meta.url),
  generator: 'Vectorkeep test',
});
service.setVaultFolder(join(base, 'vault'));
const common = { service, port: 0, version: '0.0.0' };
const exportFolder = join(base, 'exports');
const parts = endpointParts(home, { exportFolder, allowedFolders: [join(base, 'shared')] });
const usual = await startEndpoint({ ...common, home, ...parts });
// The same with little patience, in a settings folder of its own.
const limits = { headMs: Number(limitMs), bodyMs: Number(limitMs) };
const hastyHome = join(base, 'home-hasty');
const hasty = await startEndpoint({
  ...common,
  home: hastyHome,
  ...endpointParts(hastyHome, { exportFolder }),
  limits,
});

process.on('message', (message) => {
  if (message === 'memory') {
    // Finalizers and weak references take a second round.
    for (let round = 0; round < 3; round++) globalThis.gc?.();
    process.send?.({ heap: process.memoryUsage().heapUsed, held: process.getActiveResourcesInfo().length });
  }
  if (message === 'close') {
    void Promise.all([usual.close(), hasty.close()])
      .then(() => service.close())
      .then(() => process.disconnect());
  }
});
process.send?.({ usual: usual.url, hasty: hasty.url });
