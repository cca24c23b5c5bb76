/**
 * A loopback proxy that adds the token, for programs that cannot be told one.
 *
 * It changes as little as it can, so that what the endpoint sees is what the program sent: the port in `Host` where that
 * names the proxy itself (the endpoint wants its own), and `Authorization`. A foreign Host, every Origin, the method, the
 * target, all other headers with their spelling and repetition, and the body pass as they came, and so does the answer.
 */
import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface TokenProxy {
  /** `http://localhost:<port>/mcp` */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * `dropOwnOrigin`: an Origin that names the proxy itself is left out, as from a client that is no browser. Foreign ones
 * pass all the same.
 */
export async function startTokenProxy(
  target: string,
  token: string,
  options: { readonly dropOwnOrigin?: boolean } = {},
): Promise<TokenProxy> {
  const { port: targetPort } = new URL(target);
  let port = '';
  const server = createServer({ keepAliveTimeout: 1000 }, (request, response) => {
    const own = [`localhost:${port}`, `127.0.0.1:${port}`];
    const headers: string[] = [];
    for (let at = 0; at < request.rawHeaders.length; at += 2) {
      const [name = '', value = ''] = request.rawHeaders.slice(at, at + 2);
      const kind = name.toLowerCase();
      if (kind === 'authorization' || kind === 'connection') continue;
      if (kind === 'origin' && options.dropOwnOrigin === true && own.some((host) => value === `http://${host}`))
        continue;
      headers.push(name, kind === 'host' && own.includes(value) ? value.replace(port, targetPort) : value);
    }
    headers.push('Authorization', `Bearer ${token}`);
    const forward = httpRequest({
      ...{ host: '127.0.0.1', port: targetPort, method: request.method, path: request.url, headers, setHost: false },
    });
    forward.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(response);
    });
    // Whichever side goes away, the other one hears of it.
    forward.on('error', () => response.destroy());
    response.on('close', () => forward.destroy());
    request.pipe(forward);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = String((server.address() as AddressInfo).port);
  return {
    url: `http://localhost:${port}/mcp`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
