/** Other people's MCP clients, of both protocol generations, behind one small face. */
import { Client as Client2, StreamableHTTPClientTransport as Transport2 } from '@modelcontextprotocol/client';
import type { Transport } from '@modelcontextprotocol/client';
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as Transport1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport as OldTransport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';

export const CLIENTS = ['sdk 1.x', 'client 2.x, initialize', 'client 2.x, 2026-07-28'] as const;
export type ClientKind = (typeof CLIENTS)[number];

const answer = z.object({
  isError: z.boolean().optional(),
  structuredContent: z.record(z.string(), z.unknown()).optional(),
  content: z.array(
    z.object({
      type: z.string(),
      text: z.string().optional(),
      uri: z.string().optional(),
      name: z.string().optional(),
    }),
  ),
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

const resources = z.object({
  resources: z.array(
    z.object({
      uri: z.string(),
      name: z.string(),
      description: z.string().optional(),
      mimeType: z.string().optional(),
    }),
  ),
});
export type Resource = z.infer<typeof resources>['resources'][number];

const templates = z.object({ resourceTemplates: z.array(z.object({ name: z.string(), uriTemplate: z.string() })) });

const contents = z.object({
  contents: z.tuple([z.object({ uri: z.string(), mimeType: z.string(), text: z.string() })]),
});

export interface Step {
  readonly progress: number;
  readonly total?: number | undefined;
  readonly message?: string | undefined;
}

/** What the one who sits at the client is shown. */
export interface Elicited {
  readonly message: string;
  readonly requestedSchema: unknown;
}
export interface ElicitAnswer {
  readonly action: 'accept' | 'decline' | 'cancel';
  readonly content?: Record<string, string | number | boolean>;
}
export interface ClientOptions {
  /** What it calls itself. Its requests come from `<name>-agent/1`. */
  readonly name?: string;
  /** Answers forms; then the client says that it can. */
  readonly elicit?: (form: Elicited) => ElicitAnswer;
  /** What it says it can, instead. */
  readonly elicitation?: Partial<Record<'form' | 'url', Record<string, never>>>;
}

export interface ToolClient {
  readonly protocol: string | undefined;
  tools(): Promise<z.infer<typeof tools>['tools']>;
  call(
    name: string,
    args: Record<string, unknown>,
    onProgress?: (step: Step) => void,
    signal?: AbortSignal,
  ): Promise<ToolAnswer>;
  resources(): Promise<Resource[]>;
  /** Name and template of each. */
  templates(): Promise<z.infer<typeof templates>['resourceTemplates']>;
  /** The text of a resource, parsed. Rejects with the protocol's error. */
  read(uri: string): Promise<unknown>;
  close(): Promise<void>;
}

export function openClient(
  kind: ClientKind,
  url: string,
  token: string,
  options: ClientOptions = {},
): Promise<ToolClient> {
  const headers = { authorization: `Bearer ${token}`, 'user-agent': `${options.name ?? 'test'}-agent/1` };
  const over = { requestInit: { headers } };
  return connectClient(
    kind,
    { old: () => new Transport1(new URL(url), over), current: () => new Transport2(new URL(url), over) },
    options,
  );
}

/** A client of that kind, over the transport of its own package. */
export async function connectClient(
  kind: ClientKind,
  transports: { readonly old: () => OldTransport; readonly current: () => Transport },
  { name = 'test', elicit, elicitation = {} }: ClientOptions = {},
): Promise<ToolClient> {
  const info = { name, version: '1.0.0' };
  const capabilities = elicit === undefined ? {} : { elicitation };
  if (kind === 'sdk 1.x') {
    const client = new Client1(info, { capabilities });
    if (elicit !== undefined)
      client.setRequestHandler(ElicitRequestSchema, ({ params }) => ({ ...elicit(params as Elicited) }));
    const transport = transports.old();
    await client.connect(transport);
    return {
      protocol: transport instanceof Transport1 ? transport.protocolVersion : undefined,
      tools: async () => tools.parse(await client.listTools()).tools,
      call: async (tool, args, onprogress, signal) =>
        answer.parse(await client.callTool({ name: tool, arguments: args }, undefined, optionsOf(onprogress, signal))),
      resources: async () => resources.parse(await client.listResources()).resources,
      templates: async () => templates.parse(await client.listResourceTemplates()).resourceTemplates,
      read: async (uri) => textIn(await client.readResource({ uri })),
      close: () => client.close(),
    };
  }
  const mode = kind === 'client 2.x, initialize' ? 'legacy' : { pin: '2026-07-28' };
  const client = new Client2(info, { versionNegotiation: { mode }, capabilities });
  if (elicit !== undefined)
    client.setRequestHandler('elicitation/create', ({ params }) => ({ ...elicit(params as Elicited) }));
  await client.connect(transports.current());
  return {
    protocol: client.getNegotiatedProtocolVersion(),
    tools: async () => tools.parse(await client.listTools()).tools,
    call: async (tool, args, onprogress, signal) =>
      answer.parse(await client.callTool({ name: tool, arguments: args }, optionsOf(onprogress, signal))),
    resources: async () => resources.parse(await client.listResources()).resources,
    templates: async () => templates.parse(await client.listResourceTemplates()).resourceTemplates,
    read: async (uri) => textIn(await client.readResource({ uri })),
    close: () => client.close(),
  };
}

const textIn = (result: unknown): unknown => JSON.parse(contents.parse(result).contents[0].text);

const reply = z.object({ result: z.looseObject({}).optional(), error: z.looseObject({ code: z.number() }).optional() });
export interface Sent {
  /** undefined: none is sent. */
  readonly version?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** Of the 2026-07-28 revision: what the client says of itself. */
  readonly capabilities?: object;
  readonly clientInfo?: object;
}

/** A message as no official client sends it: by hand, in one request. */
export async function send(
  { url, token }: { readonly url: string; readonly token: string },
  method: string,
  params: object,
  { version, headers = {}, capabilities = {}, clientInfo = { name: 'by hand', version: '1' } }: Sent = {},
): Promise<z.infer<typeof reply>> {
  const stateless = version === '2026-07-28';
  const about = {
    'io.modelcontextprotocol/protocolVersion': version,
    'io.modelcontextprotocol/clientInfo': clientInfo,
    'io.modelcontextprotocol/clientCapabilities': capabilities,
  };
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      ...{ authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      accept: 'application/json, text/event-stream',
      ...(version === undefined ? {} : { 'mcp-protocol-version': version }),
      ...(stateless ? { 'mcp-method': method, ...('name' in params ? { 'mcp-name': String(params.name) } : {}) } : {}),
      ...headers,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: stateless ? { ...params, _meta: about } : params }),
  });
  const text = await response.text();
  const data = /^data: (.*)$/m.exec(text)?.[1] ?? text;
  return reply.parse(JSON.parse(data));
}

const optionsOf = (onprogress?: (step: Step) => void, signal?: AbortSignal) => ({
  ...(onprogress && { onprogress }),
  ...(signal && { signal }),
});
