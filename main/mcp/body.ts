/** Reading a request body within bounds of size; the server itself bounds the time (`requestTimeout`). */
import type { IncomingMessage } from 'node:http';
import type { Refusal } from './guard.ts';
import { MAX_BODY } from './guard.ts';

export type Body = { readonly message: object } | { readonly refusal: Refusal };

const refuse = (status: number, message: string): Body => ({ refusal: { status, message } });

/** One JSON-RPC message. Arrays are refused: batches left the protocol, and multiply what one request costs. */
export async function readMessage(request: IncomingMessage): Promise<Body> {
  const text = await readText(request);
  if (typeof text !== 'string') return text;
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return refuse(400, 'The body is not JSON');
  }
  if (Array.isArray(message)) return refuse(400, 'Batches are not taken');
  if (typeof message !== 'object' || message === null) return refuse(400, 'The body is not a JSON-RPC message');
  return { message };
}

/** Listeners rather than iteration: leaving a loop destroys the stream, and with it the answer. */
function readText(request: IncomingMessage): Promise<string | Body> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    let size = 0;
    const finish = (result: string | Body) => {
      request.off('data', take);
      request.pause();
      resolve(result);
    };
    const take = (part: Buffer) => {
      size += part.length;
      if (size > MAX_BODY) finish(refuse(413, 'Body too large'));
      else parts.push(part);
    };
    request.on('data', take);
    request.once('end', () => finish(Buffer.concat(parts).toString('utf8')));
    request.once('close', () => finish(refuse(400, 'The body was cut off')));
    request.once('error', () => finish(refuse(400, 'The body was cut off')));
  });
}
