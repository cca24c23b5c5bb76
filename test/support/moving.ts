/** A program that moves the vault of its settings, to be killed: `node test/support/moving.ts HOME FOLDER`. */
import Conf from 'conf';
import { createService } from '../../main/service/backup-service.ts';
import { openSettings } from '../../main/settings/settings.ts';

const [home = '', to = ''] = process.argv.slice(2);
const service = createService({
  settings: openSettings({ Store: Conf, dir: home }),
  ...{ home, qdrantBinary: undefined, generator: 'vectorkeep test' },
  workerScript: new URL('../../out/main/worker.js', import.meta.url),
});
process.stdout.write('begun\n');
await service.moveVault(to).result;
await service.close();
