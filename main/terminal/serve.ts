import type { Endpoint } from '../mcp/endpoint.ts';
import { printJson, type Streams } from './output.ts';

export interface Serving {
  readonly streams: Streams;
  readonly json: boolean;
  readonly signal: AbortSignal;
  readonly start: () => Promise<Endpoint>;
}

/** Runs the endpoint until the signal; says where it is once it listens. The token is only in the discovery file. */
export async function serveCommand({ streams, json, signal, start }: Serving): Promise<number> {
  const endpoint = await start();
  try {
    if (json) printJson(streams, { url: endpoint.url, pid: process.pid });
    else streams.err.write(`Serving MCP at ${endpoint.url}. Press Ctrl-C to stop.\n`);
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    });
    return 0;
  } finally {
    await endpoint.close();
  }
}
