import { isAbsolute, parse } from 'node:path';
import type { AgentChoices } from '../../preload/api.ts';
import { Fault } from '../faults/fault.ts';
import type { Settings } from './settings.ts';

/** What the person has chosen about agents. */
export function agentChoicesOf(settings: Settings): AgentChoices {
  const { approval, headless, readOnly, index } = settings.endpoint();
  return { approval, headless, readOnly, index };
}

/** Where agents may read and write files, and where not though it lies inside of those. `home`: the settings folder. */
export function agentFolders(
  settings: Settings,
  home: string,
): { exportFolder: string; allowedFolders: readonly string[]; ownFolders: readonly string[] } {
  const { allowedFolders } = settings.endpoint();
  return { exportFolder: settings.exportFolder(), allowedFolders, ownFolders: [home, settings.vaultFolder()] };
}

/** A bound on the file, and on what is looked at for every path of an agent. */
const MOST_FOLDERS = 50;

/** Lets agents read and write files in a folder. Throws USAGE for one that is not absolute, is the whole disk, or one too many. */
export function allowFolder(settings: Settings, path: string): void {
  const { allowedFolders } = settings.endpoint();
  const refuse = (reason: string): Fault => new Fault('USAGE', { field: 'allowedFolders', reason });
  if (!isAbsolute(path)) throw refuse('relative');
  if (path === parse(path).root) throw refuse('disk');
  const others = allowedFolders.filter((folder) => folder !== path);
  if (others.length >= MOST_FOLDERS) throw refuse('many');
  settings.setEndpoint({ allowedFolders: [...others, path] });
}

/** Takes it back; one that was not allowed is no error. */
export function forbidFolder(settings: Settings, path: string): void {
  const { allowedFolders } = settings.endpoint();
  settings.setEndpoint({ allowedFolders: allowedFolders.filter((folder) => folder !== path) });
}
