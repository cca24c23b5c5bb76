/** The shapes of the settings for coding agents, part of the contract with the window. Re-exported by `api.ts`. */
import { z } from 'zod';

/** Who may allow work that could lose points: the person is asked each time, everybody (a safety copy comes first), nobody. */
export const approvalPolicy = z.enum(['ask', 'allow', 'refuse']);
export type ApprovalPolicy = z.infer<typeof approvalPolicy>;

const name = z.string().min(1).max(255);

/** The index that is meant where an agent names none. */
const defaultIndex = z.strictObject({ connection: name, collection: name });

/** What a person chooses about agents, besides on and off and the folders. */
export const agentChoices = z.strictObject({
  approval: approvalPolicy,
  /** The same where there is no window to ask in, as for `vectorkeep serve`. */
  headless: z.enum(['allow', 'refuse']),
  /** Agents see, and can call, no tool that writes anything. */
  readOnly: z.boolean(),
  index: defaultIndex.nullable(),
});
export type AgentChoices = z.infer<typeof agentChoices>;

/** How one client is told of the endpoint, ready to be copied. */
export const clientSetup = z.object({
  id: z.string(),
  name: z.string(),
  /** The file that the text belongs into, or what to do with it. */
  where: z.string(),
  language: z.enum(['json', 'toml', 'shell']),
  text: z.string(),
});
export type ClientSetup = z.infer<typeof clientSetup>;

/** One call of a tool, as the audit log keeps it. */
export const agentCall = z.object({
  /** ISO 8601 UTC, when it came. */
  at: z.iso.datetime(),
  /** What the client calls itself; empty: it does not say. */
  client: z.string().max(100),
  tool: z.string().max(100),
  /** 16 hexadecimal digits: a digest of its arguments, the same for the same ones while the program runs. */
  arguments: z.string().max(16),
  outcome: z.enum(['done', 'running', 'awaiting_approval', 'failed', 'cancelled']),
  /** Code of the error; null: there was none. */
  code: z.string().max(100).nullable(),
  jobId: z.string().max(64).nullable(),
  durationMs: z.number(),
});
export type AgentCall = z.infer<typeof agentCall>;
