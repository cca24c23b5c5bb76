import { Fault } from '../faults/fault.ts';
import type { QdrantTarget } from './target.ts';

/** A target taken apart, ready for requests. */
export interface Address {
  readonly scheme: 'http' | 'https';
  /** Host as a URL spells it; IPv6 in brackets. */
  readonly host: string;
  readonly port: number;
  /** '' or '/path' without a slash at the end. */
  readonly prefix: string;
  /** `scheme://host:port/prefix`; no credentials, safe to show. */
  readonly base: string;
  /** What every request carries: the key, and basic credentials of a proxy when the URL holds some. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Takes the address as a browser would: `https://host` is port 443 and `http://host` port 80. The official client
 * reads both as 6333, which breaks every Qdrant behind a proxy, so the port is always passed on explicitly.
 * A copied dashboard address (`/dashboard#/collections`) is understood; a path prefix is kept.
 * Throws QDRANT_UNREACHABLE `bad_url`, QDRANT_FORBIDDEN for a key that no header can carry.
 */
export function addressOf(target: QdrantTarget): Address {
  const url = parse(target.url);
  const scheme = url.protocol === 'https:' ? 'https' : 'http';
  const port = url.port === '' ? (scheme === 'https' ? 443 : 80) : Number(url.port);
  const prefix = url.pathname.replace(/\/dashboard\/?$/, '').replace(/\/+$/, '');
  const base = `${scheme}://${url.hostname}:${port}${prefix}`;
  const headers: Record<string, string> = {};
  const key = target.apiKey?.trim();
  if (key !== undefined && key !== '') {
    if (!/^[\x21-\x7e]+$/.test(key))
      throw new Fault('QDRANT_FORBIDDEN', { url: base, right: 'read', reason: 'key_form' });
    headers['api-key'] = key;
  }
  if (url.username !== '' || url.password !== '') {
    const pair = `${decoded(url.username)}:${decoded(url.password)}`;
    headers['authorization'] = `Basic ${Buffer.from(pair).toString('base64')}`;
  }
  return { scheme, host: url.hostname, port, prefix, base, headers };
}

function parse(text: string): URL {
  try {
    const url = new URL(text.trim());
    if (/^https?:$/.test(url.protocol) && url.hostname !== '') return url;
  } catch {
    // told below
  }
  // Whatever stands before an @ may be a password.
  throw new Fault('QDRANT_UNREACHABLE', {
    url: text.slice(text.lastIndexOf('@') + 1).slice(0, 200),
    reason: 'bad_url',
  });
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
