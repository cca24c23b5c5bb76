/** Other people's MCP clients, of both protocol generations, behind one small face. */
import { Client as Client2, StreamableHTTPClientTransport as Transport2 } from '@modelcontextprotocol/client';
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as Transport1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { z } from 'zod';

export const CLIENTS = ['sdk 1.x', 'client 2.x, initialize', 'client 2.x, 2026-07-28'] as const;
export type ClientKind = (typeof CLIENTS)[number];

const answer = z.object({
  isError: z.boolean().optional(),
  structuredContent: z.record(z.string(), z.unknown()).optional(),
  content: z.array(z.object({ type: z.string(), text: z.string().optional() })),
});
export type ToolAnswer = z.infer<typeof answer>;

const tools = z.object({
  tools: z.array(
    z.looseObject({
      name: z.string(),
      inputSchema: z.record(z.string(), z.unknown()),
      outputSchema: z.record(z.string(), z.unknown()).optional(),
      annotations: z.record(z.string(), z.unknown()).optional(),
    }),
  ),
});

export interface Step {
  readonly progress: number;
  readonly total?: number | undefined;
  readonly message?: string | undefined;
}

export interface ToolClient {
  readonly protocol: string | undefined;
  tools(): Promise<z.infer<typeof tools>['tools']>;
  call(name: string, args: Record<string, unknown>, onProgress?: (step: Step) => void): Promise<ToolAnswer>;
  close(): Promise<void>;
}

export async function openClient(kind: ClientKind, url: string, token: string): Promise<ToolClient> {
  const info = { name: 'test', version: '1.0.0' };
  const options = { requestInit: { headers: { authorization: `Bearer ${token}` } } };
  if (kind === 'sdk 1.x') {
    const client = new Client1(info);
    const transport = new Transport1(new URL(url), options);
    await client.connect(transport);
    return {
      protocol: transport.protocolVersion,
      tools: async () => tools.parse(await client.listTools()).tools,
      call: async (name, args, onprogress) =>
        answer.parse(await client.callTool({ name, arguments: args }, undefined, onprogress ? { onprogress } : {})),
      close: () => client.close(),
    };
  }
  const mode = kind === 'client 2.x, initialize' ? 'legacy' : { pin: '2026-07-28' };
  const client = new Client2(info, { versionNegotiation: { mode } });
  await client.connect(new Transport2(new URL(url), options));
  return {
    protocol: client.getNegotiatedProtocolVersion(),
    tools: async () => tools.parse(await client.listTools()).tools,
    call: async (name, args, onprogress) =>
      answer.parse(await client.callTool({ name, arguments: args }, onprogress ? { onprogress } : {})),
    close: () => client.close(),
  };
}
