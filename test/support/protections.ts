/** Protection on a real service, with schedules of seconds, which no settings file takes. */
import { createService } from '../../main/service/backup-service.ts';
import type { Service } from '../../main/service/service.ts';
import { Protection } from '../../main/protection/protection.ts';
import { wallClock } from '../../main/protection/wall-clock.ts';
import type { Clock } from '../../main/schedule/scheduler.ts';
import { memorySettingsFile } from '../../main/settings/optional-file.ts';
import { settingsIn, type Settings } from '../../main/settings/settings.ts';
import type { SettingsFile } from '../../main/settings/settings-file.ts';

export interface Protected {
  readonly service: Service;
  readonly settings: Settings;
  readonly protection: Protection;
  close(): Promise<void>;
}

/** `clock`: default the machine's. Those that are given one `file` and `home` are programs of one person. */
export async function protectedService(options: {
  readonly home: string;
  readonly file?: SettingsFile;
  readonly clock?: Clock;
}): Promise<Protected> {
  const settings = settingsIn(options.file ?? memorySettingsFile());
  const service = createService({
    settings,
    home: options.home,
    qdrantBinary: undefined,
    workerScript: new URL('../../out/main/worker.js', import.meta.url),
    generator: 'vectorkeep test',
  });
  const { home, clock = wallClock } = options;
  const protection = await Protection.open({ service, settings, home, clock, builtin: false });
  const close = async (): Promise<void> => {
    await Promise.all([protection.end(), service.close()]);
  };
  return { service, settings, protection, close };
}
