import { Fault } from '../faults/fault.ts';
import { defaultSettings } from './schema.ts';
import type { SettingsFile } from './settings-file.ts';

export interface OptionalSettingsFile extends SettingsFile {
  /** Why the file is not used any more; null while it is. */
  readonly trouble: Fault | null;
}

/** Settings that are nowhere but in memory, for work that needs none. */
export function memorySettingsFile(settings = defaultSettings()): SettingsFile {
  return {
    read: () => settings,
    write: (next) => {
      settings = next;
    },
    damage: null,
  };
}

/**
 * Settings for work that was told all it needs: a file that cannot be opened, read or written does not stop it. From then
 * on they stay as they are known, in memory, and `trouble` says why. Not for commands whose purpose is to change them.
 */
export async function optionalSettingsFile(open: () => Promise<SettingsFile>): Promise<OptionalSettingsFile> {
  let trouble: Fault | null = null;
  let known = defaultSettings();
  const instead = (error: unknown): SettingsFile => {
    if (!(error instanceof Fault)) throw error;
    trouble = error;
    return memorySettingsFile(known);
  };
  const opened = await open().catch(instead);
  let file = opened;
  const use = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      file = instead(error);
      return work();
    }
  };
  return {
    read: () => {
      known = use(() => file.read());
      return known;
    },
    write: (next) => use(() => file.write(next)),
    get damage() {
      return opened.damage;
    },
    get trouble() {
      return trouble;
    },
  };
}
