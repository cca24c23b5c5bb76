import http from 'node:http';

/** Plain requests over kept-alive connections, as bare as they can be: the yardstick for our own reader and writer. */
export class PlainHttp {
  readonly #agent: http.Agent;
  readonly #url: string;

  constructor(url: string, connections: number) {
    this.#url = url;
    this.#agent = new http.Agent({ keepAlive: true, maxSockets: connections });
  }

  /** Sends a body and throws the answer away; gives the answer's length. Rejects unless the answer is 200. */
  send(method: 'POST' | 'PUT', path: string, body: Uint8Array): Promise<number> {
    return new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json', 'content-length': body.length };
      const request = http.request(new URL(path, this.#url), { method, headers, agent: this.#agent }, (response) => {
        let length = 0;
        response.on('data', (chunk: Buffer) => (length += chunk.length));
        response.on('error', reject);
        response.on('end', () => {
          if (response.statusCode === 200) resolve(length);
          else reject(new Error(`${method} ${path}: status ${response.statusCode ?? 0}`));
        });
      });
      request.on('error', reject);
      request.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
