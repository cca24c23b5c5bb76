/** What a person types about a Qdrant, made into what the settings keep. Pure. */
import type { ConnectionInput, ConnectionView } from '../preload/api.ts';

export interface ConnectionDraft {
  readonly url: string;
  readonly name: string;
  readonly model: string;
  readonly key: string;
  readonly forgetKey: boolean;
}

export function draftOf(connection: ConnectionView | null): ConnectionDraft {
  return {
    url: connection?.url ?? '',
    name: connection?.name ?? '',
    model: connection?.model ?? '',
    key: '',
    forgetKey: false,
  };
}

/**
 * An address with its scheme: what is on this machine or in a private network is plain http, everything
 * else https, as Qdrant Cloud wants it. Null when it is no address.
 */
export function completeAddress(typed: string): string | null {
  const text = typed.trim();
  if (text === '' || /\s/.test(text)) return null;
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `${schemeFor(text)}://${text}`;
  let url: URL;
  try {
    url = new URL(withScheme);
  } catch {
    return null;
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null;
  // A name or a password in the address would be kept and shown in the open.
  if (url.username !== '' || url.password !== '' || url.hostname === '') return null;
  return `${url.protocol}//${url.host}${url.pathname.replace(/\/+$/, '')}`;
}

function schemeFor(hostAndMore: string): 'http' | 'https' {
  const local = /^(localhost|127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|\[::1\]|[^./:]+(:|\/|$))/i;
  return local.test(hostAndMore) ? 'http' : 'https';
}

/** A name for a connection that got none: its host. */
export function nameFromAddress(address: string, taken: readonly string[]): string {
  const host = new URL(address).host;
  if (!taken.includes(host)) return host;
  let number = 2;
  while (taken.includes(`${host} ${number}`)) number += 1;
  return `${host} ${number}`;
}

export interface DraftProblems {
  readonly url: string | null;
  readonly name: string | null;
}

/** The connection to save, or what has to be mended first. */
export function inputOf(
  draft: ConnectionDraft,
  previous: ConnectionView | null,
  taken: readonly string[],
): { readonly ok: true; readonly input: ConnectionInput } | { readonly ok: false; readonly problems: DraftProblems } {
  const builtin = previous?.kind === 'builtin';
  const address = builtin ? previous.url : completeAddress(draft.url);
  const others = taken.filter((name) => name !== previous?.name);
  const typedName = draft.name.trim();
  const problems: DraftProblems = {
    url: address === null ? addressProblem(draft.url) : null,
    name: nameProblem(typedName, others, builtin),
  };
  if (address === null || problems.name !== null) return { ok: false, problems };
  const key = draft.forgetKey ? { apiKey: null } : draft.key === '' ? {} : { apiKey: draft.key };
  return {
    ok: true,
    input: {
      name: typedName === '' ? nameFromAddress(address, others) : typedName,
      kind: builtin ? 'builtin' : 'url',
      url: address,
      model: draft.model.trim() === '' ? null : draft.model.trim(),
      ...key,
    },
  };
}

function nameProblem(name: string, others: readonly string[], needed: boolean): string | null {
  if (others.includes(name)) return 'Another connection has this name.';
  // The built-in server has no address that could stand in for a name.
  return needed && name === '' ? 'Give the connection a name.' : null;
}

/** Whether the key that is kept would be used for what is typed: a key belongs to the address it was given for. */
export function keepsKey(draft: ConnectionDraft, previous: ConnectionView | null): boolean {
  if (previous === null || !previous.hasKey || draft.forgetKey) return false;
  return completeAddress(draft.url) === completeAddress(previous.url);
}

/** Whether what is typed reaches another server, or the same one with another key, than what was saved before. */
export function reachesAnew(draft: ConnectionDraft, previous: ConnectionView | null): boolean {
  if (previous === null) return true;
  if (draft.key !== '' || draft.forgetKey) return true;
  return previous.kind === 'url' && completeAddress(draft.url) !== completeAddress(previous.url);
}

function addressProblem(typed: string): string {
  if (typed.trim() === '') return 'Type the address of your Qdrant.';
  if (/@/.test(typed)) return 'Leave user names and passwords out of the address; the key has its own field.';
  return 'This is not an address. It looks like http://localhost:6333 or https://xyz.cloud.qdrant.io:6333.';
}
