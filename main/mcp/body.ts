/** Reading a request body within bounds of size; the server itself bounds the time (`requestTimeout`). */
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { Refusal } from './guard.ts';
import { MAX_BODY } from './guard.ts';

/** Levels of objects and arrays in a message. Ours have a handful; whoever walks thousands runs out of stack. */
const MAX_DEPTH = 64;

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
  if (isDeeper(message, MAX_DEPTH)) return refuse(400, 'The body is nested too deeply');
  return { message };
}

const isDeeper = (value: unknown, levels: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((part) => isDeeper(part, levels - 1)));

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
    request.once('end', () => {
      const whole = Buffer.concat(parts);
      // Decoding would put one sign for all bytes that are none: two different names could become the same.
      finish(isUtf8(whole) ? whole.toString('utf8') : refuse(400, 'The body is not UTF-8'));
    });
    request.once('close', () => finish(refuse(400, 'The body was cut off')));
    request.once('error', () => finish(refuse(400, 'The body was cut off')));
  });
}
