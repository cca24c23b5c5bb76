/**
 * `settings.json` and the last good copy beside it.
 *
 * electron-store (and `conf`, which it is made of) writes the file; it is known to replace a good
 * file with a truncated one on a full disk and to report success. So every write is read back, and
 * a copy that was read back is kept in `settings.last-good.json` for the day the file is broken.
 */
import { readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Fault } from '../faults/fault.ts';
import { makePrivateFolder, writePrivateFile } from './private-file.ts';
import { checkSettings, defaultSettings, parseSettings } from './schema.ts';
import type { DamageReason, Settings } from './schema.ts';

/** What electron-store and conf have in common. The first wants `name`, the second `configName`; both get both. */
export interface StoreOptions {
  cwd: string;
  name: string;
  configName: string;
  configFileMode: number;
  accessPropertiesByDotNotation: boolean;
  clearInvalidConfig: boolean;
}
export type StoreClass = new (options: StoreOptions) => { store: Record<string, unknown> };

/** A settings file that could not be used: why, where it is kept now, and what took its place. */
export interface SettingsDamage {
  readonly reason: DamageReason;
  readonly keptAs: string;
  readonly restored: 'last-good' | 'defaults';
}

export interface SettingsFile {
  /** The settings as they stand on disk, where another instance may have changed them. */
  read(): Settings;
  /** Throws NO_SPACE or WRITE_FAILED, USAGE for values out of range; then the settings are what they were. */
  write(next: Settings): void;
  /** Set when a damaged file was met, on opening or later. */
  readonly damage: SettingsDamage | null;
}

/**
 * Opens the settings of `dir`, which is made if need be. Whatever is in the file, this does not
 * throw for it: a damaged one is renamed aside and the last good copy, else the defaults, take its
 * place. Throws FILE_NOT_READABLE, NO_SPACE or WRITE_FAILED when the folder itself cannot be used.
 */
export function openSettingsFile(Store: StoreClass, dir: string): SettingsFile {
  const path = join(dir, 'settings.json');
  const lastGood = join(dir, 'settings.last-good.json');
  let damage: SettingsDamage | null = null;

  guard(dir, () => makePrivateFolder(dir));
  recover();
  const store = new Store({
    cwd: dir,
    name: 'settings',
    configName: 'settings',
    configFileMode: 0o600,
    accessPropertiesByDotNotation: false,
    clearInvalidConfig: false,
  });

  /** Reads the file; what cannot be used is set aside and replaced. */
  function recover(): Settings {
    const text = readText(path);
    if (text === undefined) return readGood() ?? defaultSettings();
    const parsed = text === 'unreadable' ? ({ ok: false, reason: 'not-json' } as const) : parseSettings(text.text);
    if (parsed.ok) {
      keepGood(parsed.settings);
      return parsed.settings;
    }
    const keptAs = join(dir, `settings.damaged-${new Date().toISOString().replaceAll(':', '-')}.json`);
    guard(path, () => renameSync(path, keptAs));
    const good = readGood();
    const settings = good ?? defaultSettings();
    damage = { reason: parsed.reason, keptAs, restored: good ? 'last-good' : 'defaults' };
    guard(path, () => writePrivateFile(path, render(settings)));
    return settings;
  }

  function readGood(): Settings | null {
    const text = readText(lastGood);
    if (text === undefined || text === 'unreadable') return null;
    const parsed = parseSettings(text.text);
    return parsed.ok ? parsed.settings : null;
  }

  function keepGood(settings: Settings): void {
    if (isDeepStrictEqual(readGood(), settings)) return;
    try {
      writePrivateFile(lastGood, render(settings));
    } catch {
      // The settings themselves are safe on disk; the next opening tries again.
    }
  }

  /** What was read last: settings are asked for many times a second, and seldom change. */
  let known: { readonly text: string; readonly settings: Settings } | null = null;

  function readStore(): Settings | null {
    const found = readText(path);
    if (typeof found !== 'object') return checked(() => checkSettings({ ...store.store }));
    if (found.text !== known?.text) {
      const settings = checked(() => parseSettings(found.text));
      known = settings === null ? null : { text: found.text, settings };
    }
    return known?.settings ?? null;
  }

  return {
    read: () => readStore() ?? recover(),
    write: (next) => {
      if (!checkSettings(next).ok) throw new Fault('USAGE', { field: 'settings', reason: 'invalid' });
      const before = readStore() ?? recover();
      guard(path, () => {
        store.store = { ...next };
      });
      const after = readStore();
      if (!isDeepStrictEqual(after, next)) {
        // The write lied. The file is put back as it was, or the last good copy speaks at the next opening.
        guard(path, () => writePrivateFile(path, render(before)));
        throw new Fault('WRITE_FAILED', { path, reason: 'the file did not read back as written' });
      }
      keepGood(next);
    },
    get damage() {
      return damage;
    },
  };
}

function checked(check: () => ReturnType<typeof checkSettings>): Settings | null {
  try {
    const parsed = check();
    return parsed.ok ? parsed.settings : null;
  } catch {
    return null;
  }
}

function render(settings: Settings): string {
  return `${JSON.stringify(settings, null, '\t')}\n`;
}

/** The text of a file; undefined when there is none; `unreadable` when something else has its name. */
function readText(path: string): { text: string } | 'unreadable' | undefined {
  try {
    return { text: readFileSync(path, 'utf8') };
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT') return undefined;
    // A permission is not damage: setting the file aside would lose settings that root may own.
    if (code === 'EACCES' || code === 'EPERM') throw new Fault('FILE_NOT_READABLE', { path }, { cause: error });
    return 'unreadable';
  }
}

function guard(path: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOSPC' || code === 'EDQUOT') throw new Fault('NO_SPACE', { path }, { cause: error });
    throw new Fault('WRITE_FAILED', { path, reason: code }, { cause: error });
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
}
