import type { AgentChoices } from '../../preload/api.ts';
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
