import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import Conf from 'conf';
import { createService } from '../../main/service/backup-service.ts';
import { openSettings } from '../../main/settings/settings.ts';
import { WORKER, type Done } from './ours.ts';

/**
 * An export through the service, as the window asks for it: the worker that was built does the work, and this
 * process's event loop is watched meanwhile, in milliseconds of delay.
 */
export async function exportThroughService(url: string, collection: string, path: string): Promise<Done> {
  const home = await mkdtemp(join(tmpdir(), 'vectorkeep-bench-home-'));
  const service = createService({
    ...{ settings: openSettings({ Store: Conf, dir: home }), home, qdrantBinary: undefined, generator: 'bench' },
    workerScript: WORKER,
  });
  // The histogram holds the time between ticks: at this resolution a quiet loop shows 1 ms.
  const delay = monitorEventLoopDelay({ resolution: 1 });
  try {
    const handle = service.exportIndex({
      ...{ connection: { url }, collection, path, compress: true, replace: true, companions: [] },
    });
    let reports = 0;
    handle.onProgress(() => reports++);
    delay.enable();
    const { totalVectors } = await handle.result;
    delay.disable();
    const ms = (nanoseconds: number): number => nanoseconds / 1e6;
    return {
      points: totalVectors,
      more: { p50: ms(delay.percentile(50)), p99: ms(delay.percentile(99)), max: ms(delay.max), reports },
    };
  } finally {
    await service.close();
    await rm(home, { recursive: true, force: true });
  }
}
