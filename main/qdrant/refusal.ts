import { Fault, type FaultParams } from '../faults/fault.ts';
import type { ReachReason } from '../faults/reach-reasons.ts';
import type { Transience } from './retry.ts';

/** What a key must be allowed for an operation. Creating collections and aliases needs manage, upserts and indexes write. */
export type Right = 'read' | 'write' | 'manage';

/** What was being done when an error came. All of it may appear in a fault; `url` must hold no credentials. */
export interface RefusalContext {
  readonly url?: string;
  readonly operation?: string;
  readonly right?: Right;
  readonly collection?: string;
  /** What must not appear in a fault, even where a proxy prints the request that it did not like. */
  readonly secrets?: readonly string[];
}

/** An HTTP answer that is not the wanted one. */
export class AnswerError extends Error {
  readonly status: number;
  readonly text: string;
  readonly retryAfter: string | null;
  readonly location: string | null;

  constructor(answer: { status: number; text: string; retryAfter?: string | null; location?: string | null }) {
    super(`HTTP ${answer.status}`);
    this.name = 'AnswerError';
    this.status = answer.status;
    this.text = answer.text;
    this.retryAfter = answer.retryAfter ?? null;
    this.location = answer.location ?? null;
  }
}

/**
 * Every error of fetch, of the official client and of our own requests as a Fault: QDRANT_UNREACHABLE (refused, DNS,
 * TLS, time-out, reset), QDRANT_FORBIDDEN (401, 403), COLLECTION_NOT_FOUND, QDRANT_REFUSED (other answers of a
 * Qdrant), NOT_QDRANT, CANCELLED. What is none of these becomes INTERNAL.
 */
export function translateRefusal(error: unknown, context: RefusalContext = {}): Fault {
  if (error instanceof Fault) return error;
  const answer = answerOf(error);
  if (answer !== null) return translateAnswer(answer, context);
  if (isNamed(error, 'AbortError')) return new Fault('CANCELLED', {}, { cause: error });
  const network = networkReason(error, context);
  if (network === null) return Fault.from(error);
  const { code, ...params } = network;
  return new Fault(code, { url: context.url, operation: context.operation, ...params }, { cause: error });
}

/** Whether trying again may help: 408, 425, 429, 5xx, cut connections and time-outs. Nobody listening is told at once. */
export function transience(error: unknown): Transience {
  const answer = answerOf(error);
  if (answer !== null) {
    const { status, retryAfter } = answer;
    return {
      again: status === 408 || status === 425 || status === 429 || (status >= 500 && status !== 501),
      retryAfter,
    };
  }
  if (error instanceof Fault) return { again: false };
  const reason = networkReason(error, {})?.reason;
  return { again: reason === 'reset' || reason === 'timeout' };
}

/** The server's own words, on one line and short; '' when it said nothing readable. */
function serverWords(text: string): string {
  return oneLine(errorField(text) ?? (looksLikeHtml(text) ? '' : text));
}

function translateAnswer(answer: AnswerError, context: RefusalContext): Fault {
  const { status } = answer;
  const text = (context.secrets ?? []).reduce((clean, secret) => clean.replaceAll(secret, '***'), answer.text);
  const said = serverWords(text);
  const about: FaultParams = { url: context.url, operation: context.operation, status };
  if (status >= 300 && status < 400) {
    return new Fault('NOT_QDRANT', { ...about, reason: 'redirect', location: shownLocation(answer.location) });
  }
  if (status === 401) {
    const reason = /must provide/i.test(said) ? 'no_key' : 'wrong_key';
    return new Fault('QDRANT_FORBIDDEN', { ...about, reason });
  }
  if (status === 403) {
    const right = /write access/i.test(said) ? 'write' : (context.right ?? 'read');
    return new Fault('QDRANT_FORBIDDEN', { ...about, right, collection: context.collection, reason: said });
  }
  if (status === 404 && /collection .*(doesn't exist|not found)/is.test(said)) {
    const named = /collection [`'"]?(.+?)[`'"]? (?:doesn't|not)/is.exec(said)?.[1];
    return new Fault('COLLECTION_NOT_FOUND', { ...about, collection: context.collection ?? named });
  }
  if (status < 500 && looksLikeHtml(text)) return new Fault('NOT_QDRANT', { ...about, reason: 'web_page' });
  if (status === 404 && errorField(text) === null) return new Fault('NOT_QDRANT', { ...about, reason: 'shape' });
  return new Fault('QDRANT_REFUSED', {
    ...about,
    collection: context.collection,
    reason: said === '' ? `status ${status}` : said,
  });
}

/** Our own answers, and those that the official client wrapped: it is told by shape, its classes are not all exported. */
function answerOf(error: unknown): AnswerError | null {
  if (error instanceof AnswerError) return error;
  if (!(error instanceof Error)) return null;
  // The client swallows a 429 with Retry-After, and stumbles over a date in it.
  if (error.name === 'QdrantClientResourceExhaustedError' || error.message.startsWith('Invalid retryAfter value')) {
    return new AnswerError({ status: 429, text: 'Too many requests' });
  }
  const { status, data, headers } = error as { status?: unknown; data?: unknown; headers?: unknown };
  if (typeof status !== 'number') return null;
  const header = (name: string): string | null => (headers instanceof Headers ? headers.get(name) : null);
  const text = typeof data === 'string' ? data : data === undefined ? '' : (JSON.stringify(data) as string | undefined);
  return new AnswerError({ status, text: text ?? '', retryAfter: header('retry-after'), location: header('location') });
}

type NetworkFault = { code: 'QDRANT_UNREACHABLE' | 'NOT_QDRANT'; reason: ReachReason } & FaultParams;

const unreachable = (reason: ReachReason, more: FaultParams = {}): NetworkFault => ({
  code: 'QDRANT_UNREACHABLE',
  reason,
  ...more,
});

const REASON_BY_CODE: Readonly<Record<string, ReachReason>> = {
  ECONNREFUSED: 'refused',
  ENOTFOUND: 'name',
  EAI_AGAIN: 'name',
  EAI_NODATA: 'name',
  ENETUNREACH: 'no_route',
  EHOSTUNREACH: 'no_route',
  EADDRNOTAVAIL: 'no_route',
  ETIMEDOUT: 'timeout',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  UND_ERR_SOCKET: 'reset',
  ERR_SSL_WRONG_VERSION_NUMBER: 'tls_plain',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'tls_plain',
};

function networkReason(error: unknown, context: RefusalContext): NetworkFault | null {
  if (isNamed(error, 'TimeoutError') || isNamed(error, 'QdrantClientTimeoutError')) return unreachable('timeout');
  for (const cause of causes(error)) {
    const code = typeof cause.code === 'string' ? cause.code : '';
    const reason = Object.hasOwn(REASON_BY_CODE, code) ? REASON_BY_CODE[code] : undefined;
    if (reason === 'refused') return unreachable(reason, { tip: usualPort(context.url) });
    if (reason !== undefined) return unreachable(reason);
    if (cause.name === 'HTTPParserError' || code.startsWith('HPE_')) {
      return { code: 'NOT_QDRANT', reason: speaksHttp2(cause, context.url) ? 'grpc_port' : 'not_http' };
    }
    if (/CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)/.test(code)) return unreachable('tls_certificate', { detail: code });
    if (/^ERR_(SSL|TLS|OSSL)/.test(code)) return unreachable('tls', { detail: code });
    if (cause.message === 'bad port') return unreachable('blocked_port');
    if (/^(E[A-Z]+|UND_ERR_[A-Z_]+)$/.test(code)) return unreachable('network', { detail: code });
  }
  // fetch says no more than this when a body breaks off without a cause.
  return error instanceof TypeError && /^(fetch failed|terminated)$/.test(error.message) ? unreachable('reset') : null;
}

type Cause = Error & { readonly code?: unknown; readonly data?: unknown };

/** The error and what lies behind it, the outermost first; of several attempts (IPv6, IPv4) each. */
function causes(error: unknown): Cause[] {
  const found: Cause[] = [];
  const visit = (value: unknown, depth: number): void => {
    if (!(value instanceof Error) || depth > 5) return;
    found.push(value);
    if (value instanceof AggregateError) for (const inner of value.errors) visit(inner, depth + 1);
    visit(value.cause, depth + 1);
  };
  visit(error, 0);
  return found;
}

/** A gRPC port greets with an HTTP/2 settings frame: a 3-byte length, then type 4. */
function speaksHttp2(cause: Cause, url: string | undefined): boolean {
  const data = typeof cause.data === 'string' ? cause.data : '';
  const isSettings = data.startsWith('\0\0') && data.charCodeAt(3) === 4;
  return isSettings || url?.endsWith(':6334') === true;
}

/** `http://host` is port 80; people mean 6333. */
function usualPort(url: string | undefined): string | undefined {
  const match = /^(http:\/\/.+):80$/.exec(url ?? '') ?? /^(https:\/\/.+):443$/.exec(url ?? '');
  return match === null ? undefined : `${match[1] ?? ''}:6333`;
}

function shownLocation(location: string | null): string | undefined {
  if (location === null) return undefined;
  try {
    const { protocol, host, pathname } = new URL(location);
    return `${protocol}//${host}${pathname}`;
  } catch {
    return oneLine(location.split(/[?#]/)[0] ?? '');
  }
}

function errorField(text: string): string | null {
  try {
    const { status } = JSON.parse(text) as { status?: { error?: unknown } };
    return typeof status?.error === 'string' ? status.error : null;
  } catch {
    return null;
  }
}

const looksLikeHtml = (text: string): boolean => /^\s*<(!doctype|html|\?xml|head|body)/i.test(text);

function oneLine(text: string): string {
  const line = text.replace(/[\x00-\x1f\x7f\s]+/g, ' ').trim();
  return line.length > 300 ? `${line.slice(0, 299)}…` : line;
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}
