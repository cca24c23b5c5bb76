/** Who uses the bridge, for the endpoint's records. Pure. */
import { CLIENT_INFO_META_KEY } from '@modelcontextprotocol/client';
import type { JSONRPCMessage } from '@modelcontextprotocol/client';

const MOST_OF_NAME = 60;
const MOST_OF_VERSION = 30;

/** `NAME/VERSION` as a message tells it: `initialize`, or any of the stateless revision. undefined: this one does not. */
export function clientIn(message: JSONRPCMessage): string | undefined {
  if (!('method' in message)) return undefined;
  const { params } = message;
  const info: unknown =
    message.method === 'initialize' ? params?.['clientInfo'] : params?._meta?.[CLIENT_INFO_META_KEY];
  if (typeof info !== 'object' || info === null || !('name' in info)) return undefined;
  const name = clean(info.name, MOST_OF_NAME);
  const version = 'version' in info ? clean(info.version, MOST_OF_VERSION) : '';
  if (name === '') return undefined;
  return version === '' ? name : `${name}/${version}`;
}

/** The header `User-Agent`. `version`: the bridge's. */
export function userAgent(client: string | undefined, version: string): string {
  const bridge = `vectorkeep-mcp/${version}`;
  return client === undefined ? bridge : `${client} via ${bridge}`;
}

/** What a client says of itself may hold anything; of a header it may make nothing but words. */
function clean(text: unknown, most: number): string {
  if (typeof text !== 'string') return '';
  const words = text.slice(0, 10 * most).replaceAll(/[^A-Za-z0-9._+@ -]+/g, '-');
  return words
    .replaceAll(/ +/g, ' ')
    .slice(0, most)
    .replaceAll(/^[ -]+|[ -]+$/g, '');
}
