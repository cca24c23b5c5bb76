import { normalizeUrl } from './connections.ts';
import type { Settings } from './settings.ts';

/**
 * The settings with one more connection, chosen, that is in no file: what `serve --url` is given. Its key stays in
 * memory. A stored connection of that name stays what it is: then this one gets a number. Everything else reads and
 * writes the settings as they are.
 */
export function withSessionConnection(
  settings: Settings,
  given: { name: string; url: string; apiKey: string | null },
): Settings {
  const { apiKey } = given;
  const url = normalizeUrl(given.url);
  const taken = new Set(settings.connections().connections.map((known) => known.name));
  let name = given.name;
  for (let number = 2; taken.has(name); number++) name = `${given.name} ${number}`;
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
