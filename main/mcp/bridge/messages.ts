/** What the bridge has to know of the messages that pass through it, and its own. Pure. */
import { JSONRPC_VERSION } from '@modelcontextprotocol/client';
import type { JSONRPCMessage, RequestId } from '@modelcontextprotocol/client';
import type { Line } from './lines.ts';

/** Codes of JSON-RPC, and the one for errors of a server's own. */
const PARSE_ERROR = -32_700;
const INVALID_REQUEST = -32_600;
const SERVER_ERROR = -32_000;

/** A client of JSON-RPC is told with null that its message's id could not be found. */
export type Answer =
  | JSONRPCMessage
  | { readonly jsonrpc: typeof JSONRPC_VERSION; readonly id: RequestId | null; readonly error: RpcError };

interface RpcError {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}

/** An error as answer to the message with that id. `data` goes along where there is any. */
export function errorAnswer(
  id: RequestId | null,
  message: string,
  { code = SERVER_ERROR, data }: { readonly code?: number; readonly data?: unknown } = {},
): Answer {
  return { jsonrpc: JSONRPC_VERSION, id, error: { code, message, ...(data === undefined ? {} : { data }) } };
}

export type Incoming = { readonly message: JSONRPCMessage } | { readonly answer: Answer };

/** The message of a line as it came, or the error that answers it. What only the endpoint can judge is left to it. */
export function messageIn(line: Line): Incoming {
  const wrong = (message: string, id: RequestId | null = null, code = INVALID_REQUEST): Incoming => ({
    answer: errorAnswer(id, message, { code }),
  });
  if ('tooLong' in line) {
    const said = 'The message is longer than 4 MiB, which is the most that Vectorkeep takes. Send a shorter one.';
    return wrong(said, idInEnds(line.start, line.end));
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(line.text);
  } catch {
    return wrong('This line is no JSON. Send one JSON-RPC message a line.', null, PARSE_ERROR);
  }
  if (Array.isArray(parsed)) return wrong('Batches left the protocol. Send one JSON-RPC message a line.');
  if (typeof parsed !== 'object' || parsed === null || !('jsonrpc' in parsed) || parsed.jsonrpc !== JSONRPC_VERSION)
    return wrong('This is no message of JSON-RPC 2.0.', idOf(parsed));
  if ('id' in parsed && idOf(parsed) === null) return wrong('The id of a message is a text or a number.');
  return { message: parsed as JSONRPCMessage };
}

/** The id of a request; null: it is none. */
export const requestId = (message: JSONRPCMessage): RequestId | null => ('method' in message ? idOf(message) : null);

/** Tells an id from every other: 1 is not "1". */
export const idKey = (id: RequestId): string => `${typeof id} ${id}`;

/** Which request a notification cancels; null: none. */
export function cancelledId(message: JSONRPCMessage): RequestId | null {
  if (!('method' in message) || message.method !== 'notifications/cancelled') return null;
  const id = message.params?.['requestId'];
  return typeof id === 'string' || typeof id === 'number' ? id : null;
}

function idOf(message: unknown): RequestId | null {
  if (typeof message !== 'object' || message === null || !('id' in message)) return null;
  return typeof message.id === 'string' || typeof message.id === 'number' ? message.id : null;
}

const ID = String.raw`"id"\s*:\s*("(?:[^"\\\n]|\\.){0,200}"|-?\d{1,20})\s*`;
const FIRST = new RegExp(String.raw`^\s*\{\s*(?:"jsonrpc"\s*:\s*"2\.0"\s*,\s*)?${ID}[,}]`);
const LAST = new RegExp(String.raw`[,{]\s*${ID}(?:,\s*"jsonrpc"\s*:\s*"2\.0"\s*)?\}\s*$`);

/** Clients write the id first or last. Elsewhere it is not looked for. */
function idInEnds(start: string, end: string): RequestId | null {
  const found = FIRST.exec(start)?.[1] ?? LAST.exec(end)?.[1];
  return found === undefined ? null : idOf({ id: JSON.parse(found) as unknown });
}
