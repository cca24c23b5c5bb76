import { Fault } from '../faults/fault.ts';
import type { QdrantTarget } from '../qdrant/target.ts';
import { normalizeUrl } from '../settings/connections.ts';
import type { Settings } from '../settings/settings.ts';
import type { LocalQdrant } from './local-qdrant.ts';
import type { ConnectionInput, ConnectionRef } from './types.ts';

/** A Qdrant that was named, and what is known of it without asking it. */
export interface Server {
  /** Under which models and unfinished imports are remembered: its address, or `builtin`. */
  readonly key: string;
  /** The model of its indexes where nothing better is known. */
  readonly model: string | null;
  readonly pathKey: string | null;
  /** Address and key; starts the built-in server. */
  readonly target: () => Promise<QdrantTarget>;
}

/** Stands for the built-in server wherever others are known by their address. */
export const BUILTIN = 'builtin';

/** Finds the Qdrant that `ref` means; without one, the current connection. Throws CONNECTION_NOT_FOUND, KEY_LOCKED, USAGE. */
export function findServer(settings: Settings, local: LocalQdrant, ref: ConnectionRef | undefined): Server {
  if (ref !== undefined && 'url' in ref) {
    const url = normalizeUrl(ref.url);
    const target = ref.apiKey === undefined ? { url } : { url, apiKey: ref.apiKey };
    return { key: url, model: null, pathKey: null, target: () => Promise.resolve(target) };
  }
  const { connections, current } = settings.connections();
  const name = ref?.name ?? current;
  if (name === null) throw new Fault('CONNECTION_NOT_FOUND');
  if (!connections.some((connection) => connection.name === name)) {
    const choices = connections.map((connection) => connection.name).join(', ');
    throw new Fault('CONNECTION_NOT_FOUND', { connection: name, ...(choices === '' ? {} : { choices }) });
  }
  const { kind, url, model, pathKey } = settings.connection(name);
  if (kind === 'builtin') return { key: BUILTIN, model, pathKey, target: () => local.target() };
  return {
    key: url,
    model,
    pathKey,
    target: () => {
      const apiKey = ref?.apiKey ?? settings.apiKeyOf(name);
      return Promise.resolve(apiKey === null ? { url } : { url, apiKey });
    },
  };
}

/** The Qdrant that a form describes, with the stored key only where the form leaves it as it is and the address is the same. */
export async function typedTarget(
  settings: Settings,
  local: LocalQdrant,
  input: ConnectionInput,
): Promise<QdrantTarget> {
  if (input.kind === 'builtin') return local.target();
  const url = normalizeUrl(input.url);
  const apiKey = input.apiKey === undefined ? settings.apiKeyFor(input.name, url) : input.apiKey;
  return apiKey === null ? { url } : { url, apiKey };
}
