import type { Endpoint } from '../mcp/endpoint.ts';
import { plain, printJson, type Streams } from './output.ts';

export interface Serving {
  readonly streams: Streams;
  readonly json: boolean;
  readonly signal: AbortSignal;
  readonly start: () => Promise<Endpoint>;
  readonly discoveryFile: string;
  readonly exportFolder: string;
  readonly vaultFolder: string;
}

/** Runs the endpoint until the signal; says where it is once it listens. The token is only in the discovery file. */
export async function serveCommand(serving: Serving): Promise<number> {
  const { streams, json, signal, start, discoveryFile, exportFolder, vaultFolder } = serving;
  const endpoint = await start();
  try {
    if (json) printJson(streams, { url: endpoint.url, pid: process.pid });
    else
      streams.err.write(
        `Serving MCP at ${endpoint.url}. Press Ctrl-C to stop.\n` +
          `Address and token: ${plain(discoveryFile)}\nFiles of agents: ${plain(exportFolder)}\nBackups: ${plain(vaultFolder)}\n`,
      );
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    });
    return 0;
  } finally {
    await endpoint.close();
  }
}
