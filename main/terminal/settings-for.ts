import { homedir } from 'node:os';
import { settingsNotices } from '../service/settings-notices.ts';
import type { ConnectionRef, Warning } from '../service/types.ts';
import { settingsHome } from '../settings/home.ts';
import { memorySettingsFile, optionalSettingsFile } from '../settings/optional-file.ts';
import { openSettingsFile, type SettingsFile } from '../settings/settings-file.ts';
import { settingsIn, type Settings } from '../settings/settings.ts';
import { isAboutSettings, usesQdrant, usesVault, type Invocation } from './program.ts';

export interface OpenedSettings {
  readonly settings: Settings;
  /** The settings folder; undefined: the command has none. */
  readonly home: string | undefined;
  /** What there is to tell about them by now. */
  readonly notices: () => Warning[];
}

/**
 * The settings, as far as a command needs them. One that needs no Qdrant and names its vault, if it needs one, has none;
 * and a folder that cannot be used stops nothing where Qdrant and vault are named. For all others: throws USAGE where
 * there is no place for them, FILE_NOT_READABLE, NO_SPACE or WRITE_FAILED where it cannot be used.
 */
export async function settingsFor(
  invocation: Invocation,
  connection: ConnectionRef | undefined,
): Promise<OpenedSettings> {
  const { options } = invocation;
  const needsFile = isAboutSettings(invocation);
  const namesVault = !usesVault(invocation) || options.vault !== undefined;
  if (!needsFile && !usesQdrant(invocation) && namesVault)
    return { settings: settingsIn(memorySettingsFile()), home: undefined, notices: () => [] };
  let home: string | undefined;
  const open = async (): Promise<SettingsFile> => {
    home = settingsHome(options.home, process.env, process.cwd());
    return openFile(home);
  };
  if (needsFile || !namesVault || connection === undefined || !('url' in connection)) {
    const file = await open();
    return { settings: settingsIn(file), home, notices: () => settingsNotices(file.damage) };
  }
  const file = await optionalSettingsFile(open);
  return { settings: settingsIn(file), home, notices: () => settingsNotices(file.damage, file.trouble) };
}

/** The library looks for the person's home when it is loaded, although it is told where to write. Some accounts have none. */
async function openFile(dir: string): Promise<SettingsFile> {
  try {
    homedir();
  } catch {
    process.env['HOME'] = dir;
  }
  const { default: Conf } = await import('conf');
  return openSettingsFile(Conf, dir);
}
