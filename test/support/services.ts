/** The service as a program that was just started has it: with settings in memory, and jobs on threads of the built worker. */
import { createService, type ServiceParts } from '../../main/service/backup-service.ts';
import type { Service } from '../../main/service/service.ts';
import { memorySettingsFile } from '../../main/settings/optional-file.ts';
import { settingsIn } from '../../main/settings/settings.ts';
import type { SettingsFile } from '../../main/settings/settings-file.ts';

/** Services that are given one `file` know what each other's settings say. `builtin`: with a built-in server that lives in `home`. */
export function memoryService(
  file: SettingsFile = memorySettingsFile(),
  builtin: Pick<ServiceParts, 'home' | 'qdrantBinary'> = { home: undefined, qdrantBinary: undefined },
): Service {
  return createService({
    settings: settingsIn(file),
    ...builtin,
    workerScript: new URL('../../out/main/worker.js', import.meta.url),
    generator: 'vectorkeep test',
  });
}
