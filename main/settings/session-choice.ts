import { Fault } from '../faults/fault.ts';
import { cleanKey } from './connections.ts';
import type { Settings } from './settings.ts';

/**
 * The settings with another connection chosen than the file says, and its key where one is given: what
 * `serve --connection` means. The choice and the key stay in memory. Throws CONNECTION_NOT_FOUND, USAGE.
 */
export function withSessionChoice(
  settings: Settings,
  { name, apiKey: given }: { readonly name: string; readonly apiKey?: string },
): Settings {
  const { connections } = settings.connections();
  if (!connections.some((known) => known.name === name)) {
    const choices = connections.map((known) => known.name).join(', ');
    throw new Fault('CONNECTION_NOT_FOUND', { connection: name, ...(choices === '' ? {} : { choices }) });
  }
  const chosen: Settings = {
    ...settings,
    connections: () => {
      const now = settings.connections();
      // Removed meanwhile: then the file's own choice counts again.
      return { ...now, current: now.connections.some((known) => known.name === name) ? name : now.current };
    },
  };
  if (given === undefined) return chosen;
  const apiKey = cleanKey(given);
  return {
    ...chosen,
    connections: () => {
      const { connections: known, current } = chosen.connections();
      return { current, connections: known.map((each) => (each.name === name ? { ...each, hasKey: true } : each)) };
    },
    apiKeyOf: (asked) => (asked === name ? apiKey : settings.apiKeyOf(asked)),
  };
}
