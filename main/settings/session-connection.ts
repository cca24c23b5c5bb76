import { Fault } from '../faults/fault.ts';
import { normalizeUrl } from './connections.ts';
import type { Settings } from './settings.ts';

/**
 * The settings with one more connection, chosen, that is in no file: what `serve --url` is given. Its key stays in
 * memory. Everything else reads and writes the settings as they are.
 */
export function withSessionConnection(
  settings: Settings,
  given: { name: string; url: string; apiKey: string | null },
): Settings {
  const { name, apiKey } = given;
  const url = normalizeUrl(given.url);
  if (settings.connections().connections.some((known) => known.name === name)) {
    throw new Fault('USAGE', { field: 'name', reason: 'name taken' });
  }
  return {
    ...settings,
    connections: () => ({
      connections: [
        ...settings.connections().connections,
        { name, kind: 'url', url, hasKey: apiKey !== null, model: null },
      ],
      current: name,
    }),
    connection: (asked) =>
      asked === name ? { name, kind: 'url', url, model: null, pathKey: null } : settings.connection(asked),
    apiKeyOf: (asked) => (asked === name ? apiKey : settings.apiKeyOf(asked)),
  };
}
