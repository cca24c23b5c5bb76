import type { AgentChoices } from '../../preload/api.ts';
import type { Settings } from './settings.ts';

/** What the person has chosen about agents. */
export function agentChoicesOf(settings: Settings): AgentChoices {
  const { approval, headless, readOnly, index } = settings.endpoint();
  return { approval, headless, readOnly, index };
}

/** Where agents may read and write files. */
export function agentFolders(settings: Settings): { exportFolder: string; allowedFolders: readonly string[] } {
  return { exportFolder: settings.exportFolder(), allowedFolders: settings.endpoint().allowedFolders };
}
