/** The service as a program that was just started has it: with settings in memory, and jobs on threads of the built worker. */
import { createService } from '../../main/service/backup-service.ts';
import type { Service } from '../../main/service/service.ts';
import { memorySettingsFile } from '../../main/settings/optional-file.ts';
import { settingsIn } from '../../main/settings/settings.ts';
import type { SettingsFile } from '../../main/settings/settings-file.ts';

/** Services that are given one `file` know what each other's settings say. */
export function memoryService(file: SettingsFile = memorySettingsFile()): Service {
  return createService({
    settings: settingsIn(file),
    home: undefined,
    qdrantBinary: undefined,
    workerScript: new URL('../../out/main/worker.js', import.meta.url),
    generator: 'vectorkeep test',
  });
}
