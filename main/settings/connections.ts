/** Rules about connections: names, addresses, keys. Pure functions over the settings. */
import { Fault } from '../faults/fault.ts';
import type { ConnectionView } from '../../preload/api.ts';
import { withRulesRenamed, withoutRulesOf } from './rules.ts';
import type { Settings, StoredConnection } from './schema.ts';

const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/**
 * The one spelling of an address: http or https, no credentials, no query, no trailing slash.
 * Throws USAGE with `field: 'url'` and `reason`: `empty`, `not-a-url`, `scheme`, `credentials` or
 * `query`. The address itself is left out of the fault when it may hold a password.
 */
export function normalizeUrl(text: string): string {
  const trimmed = text.trim();
  if (trimmed === '') throw new Fault('USAGE', { field: 'url', reason: 'empty' });
  if (!/^https?:\/\//i.test(trimmed)) throw new Fault('USAGE', { field: 'url', reason: 'scheme' });
  if (!URL.canParse(trimmed)) throw new Fault('USAGE', { field: 'url', reason: 'not-a-url' });
  const url = new URL(trimmed);
  if (url.username !== '' || url.password !== '') throw new Fault('USAGE', { field: 'url', reason: 'credentials' });
  // Dashboards are often copied with their `#/collections`; that part is harmless and dropped. A query may be a key.
  if (url.search !== '') throw new Fault('USAGE', { field: 'url', reason: 'query' });
  const path = url.pathname.replace(/\/+$/, '').replace(/\/dashboard$/, '');
  return `${url.origin}${path}`;
}

/** A name as it is stored. Throws USAGE with `field: 'name'`, `reason`: `empty`, `length` or `characters`. */
export function cleanName(text: string): string {
  const name = text.trim();
  if (name === '') throw new Fault('USAGE', { field: 'name', reason: 'empty' });
  if (name.length > 255) throw new Fault('USAGE', { field: 'name', reason: 'length' });
  if (CONTROL.test(name)) throw new Fault('USAGE', { field: 'name', reason: 'characters' });
  return name;
}

/**
 * A key as it is stored: what HTTP can carry in a header and nothing else, because a client that
 * refuses a header quotes its value in the error. Throws USAGE with `field: 'apiKey'`.
 */
export function cleanKey(text: string): string {
  const key = text.trim();
  if (key === '') throw new Fault('USAGE', { field: 'apiKey', reason: 'empty' });
  if (!/^[\x21-\x7e]+$/.test(key)) throw new Fault('USAGE', { field: 'apiKey', reason: 'characters' });
  return key;
}

/** Whether a key given for `known` may be sent to `next`: only to the very same server. */
export function sameServer(known: string, next: string): boolean {
  if (!URL.canParse(known) || !URL.canParse(next)) return known === next;
  return new URL(known).origin === new URL(next).origin;
}

export function findConnection(settings: Settings, name: string): StoredConnection {
  const found = settings.connections.find((connection) => connection.name === name);
  if (!found) throw new Fault('CONNECTION_NOT_FOUND', { connection: name });
  return found;
}

/**
 * Adds `connection`, or puts it in the place of `previousName`. The first one becomes the current
 * one. Throws CONNECTION_NOT_FOUND for an unknown `previousName`, USAGE `taken` for a name in use.
 */
export function putConnection(settings: Settings, connection: StoredConnection, previousName?: string): Settings {
  const replaced = previousName ?? connection.name;
  if (previousName !== undefined) findConnection(settings, previousName);
  const others = settings.connections.filter((known) => known.name !== replaced);
  if (others.some((known) => known.name === connection.name)) {
    throw new Fault('USAGE', { field: 'name', reason: 'taken', connection: connection.name });
  }
  const known = settings.connections.some((each) => each.name === replaced);
  const connections = known
    ? settings.connections.map((each) => (each.name === replaced ? connection : each))
    : [...settings.connections, connection];
  const current = settings.current === null || settings.current === replaced ? connection.name : settings.current;
  const followed = withIndexRenamed(withRulesRenamed(settings, replaced, connection.name), replaced, connection.name);
  return { ...followed, connections, current };
}

/** Without `name`; the first that is left becomes current when it was. Throws CONNECTION_NOT_FOUND. */
export function dropConnection(settings: Settings, name: string): Settings {
  findConnection(settings, name);
  const connections = settings.connections.filter((known) => known.name !== name);
  const current = settings.current === name ? (connections[0]?.name ?? null) : settings.current;
  return { ...withIndexRenamed(withoutRulesOf(settings, name), name, null), connections, current };
}

/** What may be shown of a connection: never its key. */
export function viewConnection(connection: StoredConnection, hasKey: boolean): ConnectionView {
  const { name, kind, url, model } = connection;
  return { name, kind, url, hasKey, model };
}

/** The index that agents mean goes along with its connection; null: the connection is gone, and so is the choice. */
function withIndexRenamed(settings: Settings, from: string, to: string | null): Settings {
  const { index } = settings.endpoint;
  if (index?.connection !== from || from === to) return settings;
  return { ...settings, endpoint: { ...settings.endpoint, index: to === null ? null : { ...index, connection: to } } };
}
