/** Who may speak to the endpoint, decided from the head of a request alone: no body is read before. Pure. */
import type { IncomingMessage } from 'node:http';
import { isJsonContentType } from '@modelcontextprotocol/server';
import { carriesToken } from './token.ts';

/** Bytes of a request body at most. */
export const MAX_BODY = 4 * 1024 * 1024;

export interface Refusal {
  readonly status: number;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

type Head = Pick<IncomingMessage, 'method' | 'url' | 'headers' | 'headersDistinct'>;

/**
 * Why a request is refused, or null. Web pages are kept out by Host (a name rebound to 127.0.0.1)
 * and Origin (no browser is a client of ours), programs of other users by the token.
 */
export function refusalOf(request: Head, port: number, token: string): Refusal | null {
  const hosts = request.headersDistinct.host ?? [];
  const own = [`127.0.0.1:${port}`, `localhost:${port}`];
  if (hosts.length !== 1 || !own.includes(hosts[0]?.toLowerCase() ?? '')) return { status: 403, message: 'Wrong host' };
  if (request.headers.origin !== undefined) return { status: 403, message: 'Not for web pages' };
  // Also what clients look for under /.well-known/: with an answer there, some drop their header and try OAuth.
  if (request.url !== '/mcp') return { status: 404, message: 'Not found' };
  const credentials = request.headersDistinct.authorization ?? [];
  // Of two, whoever stands in between might have looked at the other one.
  if (credentials.length !== 1 || !carriesToken(credentials[0], token)) {
    return { status: 401, message: 'The bearer token is missing or wrong', headers: { 'www-authenticate': 'Bearer' } };
  }
  if (request.method === 'GET' || request.method === 'DELETE') return null;
  if (request.method !== 'POST') return { status: 405, message: 'Method not allowed', headers: { allow: 'POST' } };
  if (!isJsonContentType(request.headers['content-type'] ?? '') || request.headers['content-encoding'] !== undefined) {
    return { status: 415, message: 'The body must be plain application/json' };
  }
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY) return { status: 413, message: 'Body too large' };
  return null;
}
