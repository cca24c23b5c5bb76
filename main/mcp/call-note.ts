/** What is known of the request that is being served, beside its message: carried along with the work, however deep. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import type { AgentCall } from '../../preload/agents.ts';
import { clientName, digestOf, type AuditLog } from './audit-log.ts';

/** Filled while a call of a tool is answered. */
interface CallNote {
  readonly method: string;
  /** The client knows links to resources in results: they came with the revision of June 2025. */
  readonly takesLinks: boolean;
  readonly client: string;
  /** A digest, see AuditLog. */
  readonly arguments: string;
  outcome: AgentCall['outcome'];
  code: string | null;
  jobId: string | null;
  /** The answer that is being made: it comes to its end although the client may be gone. */
  work: Promise<unknown> | null;
}

const notes = new AsyncLocalStorage<CallNote>();

/** Of the request that is being served. */
export const callNote = (): CallNote | undefined => notes.getStore();

const LINKS_SINCE = '2025-06-18';
const CLIENT_INFO = 'io.modelcontextprotocol/clientInfo';

const message = z.object({
  method: z.string(),
  params: z
    .object({
      name: z.string().optional().catch(undefined),
      arguments: z.unknown(),
      _meta: z
        .object({
          [CLIENT_INFO]: z.object({ name: z.string(), version: z.string().optional() }).optional().catch(undefined),
        })
        .optional()
        .catch(undefined),
    })
    .optional()
    .catch(undefined),
});

/**
 * Serves a request, and where it calls a tool notes who called what and what came of it. What the protocol's library
 * refused before the tool was reached counts as failed with the code INVALID_CALL.
 */
export async function noted(
  { headers }: Pick<IncomingMessage, 'headers'>,
  body: unknown,
  audit: AuditLog,
  serve: () => Promise<void>,
): Promise<void> {
  const { method = '', params } = message.safeParse(body).data ?? {};
  const version = headers['mcp-protocol-version'];
  const takesLinks = typeof version === 'string' && version >= LINKS_SINCE;
  const info = params?._meta?.[CLIENT_INFO];
  const note: CallNote = {
    ...{ method, takesLinks, outcome: 'failed', code: 'INVALID_CALL', jobId: null, work: null },
    client: clientName(info === undefined ? (headers['user-agent'] ?? '') : `${info.name} ${info.version ?? ''}`),
    arguments: digestOf(params?.arguments),
  };
  if (method !== 'tools/call') return notes.run(note, serve);
  const begun = performance.now();
  const at = new Date().toISOString();
  try {
    await notes.run(note, serve);
  } finally {
    await note.work;
    const { outcome, code, jobId, client, arguments: digest } = note;
    audit.note({
      ...{ at, client, tool: clientName(params?.name ?? ''), arguments: digest, outcome, code, jobId },
      durationMs: Math.round(performance.now() - begun),
    });
  }
}
