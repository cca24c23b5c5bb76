/** The leave that work needs which could lose points: by policy, of the person in the app, and of the one at the client. */
import { inputRequired, inputResponse } from '@modelcontextprotocol/server';
import type { InputRequiredResult, ServerContext } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { Fault } from '../faults/fault.ts';
import type { JobHandle } from '../service/types.ts';
import { mustAsk, pointsAtRisk, type ApprovalRequest } from './approval.ts';
import { questionOf } from './approval-question.ts';
import { plainData } from './plain-text.ts';
import type { Desk } from './tool-desk.ts';

const CONFIRM = 'confirm';
const confirmed = z.object({ [CONFIRM]: z.literal(true) });

/** What names no kind of question means forms; there are also those that only open addresses. */
const takesForms = z.object({
  'io.modelcontextprotocol/clientCapabilities': z.looseObject({
    elicitation: z.looseObject({}).refine((kinds) => 'form' in kinds || !('url' in kinds)),
  }),
});

/** How work that has leave is to begin. */
export interface Terms {
  readonly safetyCopy: boolean;
  /** Nobody had to allow it because there was nothing to lose: refuse a target that has filled up by its turn. */
  readonly mustBeEmpty: boolean;
  /** As in RestoreRequest. */
  readonly ifTarget?: string | null;
}

/** Work that could lose points. */
export interface Endangering {
  readonly tool: string;
  readonly connection: string;
  readonly collection: string;
  readonly onConflict: 'overwrite' | 'merge' | 'exact';
  /** All that decides what would be done, as text: a yes is for that, and so is a no. */
  readonly key: string;
  readonly planId: string | undefined;
  /** As asked for. */
  readonly safetyCopy: boolean;
  /** The question, once these are known. */
  readonly ask: (facts: Facts) => ApprovalRequest;
  /** Throws where what was allowed is not there any more. */
  readonly start: (terms: Terms) => JobHandle<unknown>;
}

type Facts = Pick<ApprovalRequest, 'connection' | 'collection' | 'points' | 'effect' | 'safetyCopy'>;

/**
 * The id of work that has begun, or that waits for the person's answer; or the question for the one who sits at the client,
 * where the client can ask it. That one can only say no: what a client sends is not proof of a person. Throws
 * APPROVAL_NEEDED, APPROVAL_DENIED, PLAN_GONE, USAGE, BUSY.
 */
export async function withLeave(
  desk: Desk,
  work: Endangering,
  context: ServerContext,
): Promise<string | InputRequiredResult> {
  const { service, jobs, plans } = desk;
  const { tool, connection, collection, onConflict, planId } = work;
  const server = serverOf(desk, connection);
  const count = (): Promise<number> =>
    pointsAtRisk(service, { connection: { name: connection }, collection, onConflict, dryRun: false });
  const waiting = JSON.stringify([work.key, work.safetyCopy, planId]);
  const open = jobs.waitingFor(waiting);
  if (open !== null) return open;
  const plan = planId === undefined ? null : plans.look(planId, work.key);
  const points = await count();
  // Read once: what was chosen while others were asked holds for all that follows.
  const policy = desk.policy();
  const safetyCopy = work.safetyCopy || policy === 'allow';
  const asks = points > 0 && mustAsk(policy, jobs.canAsk, collection);
  const facts = { connection, collection, points, effect: plan?.effect ?? null, safetyCopy };
  const question = points > 0 ? questionAtClient(work.ask(facts), context) : null;
  if (question !== null) return question;
  if (planId !== undefined) plans.take(planId, work.key);
  const start = async (): Promise<JobHandle<unknown>> => {
    requireSame(desk, connection, server);
    return Promise.resolve(
      work.start({
        ...{ safetyCopy: safetyCopy && points > 0, mustBeEmpty: points === 0 },
        ...(plan === null ? {} : { ifTarget: plan.fingerprint }),
      }),
    );
  };
  if (!asks) return jobs.begin(tool, start);
  const what = { connection, collection, key: JSON.stringify([work.key, work.safetyCopy]) };
  return jobs.ask(
    tool,
    { what, key: waiting, facts: async () => work.ask({ ...facts, points: await count() }) },
    async () => {
      // What the person has chosen since the question was asked holds as well.
      if (desk.choices().readOnly) throw new Fault('READ_ONLY', { tool });
      if (desk.policy() === 'refuse') throw new Fault('APPROVAL_DENIED', { collection, reason: 'policy' });
      return start();
    },
  );
}

/** Where a connection leads: the same name may come to mean another server. */
function serverOf({ service }: Desk, name: string): string {
  const found = service.connections().connections.find((each) => each.name === name);
  return found === undefined ? '' : `${found.kind} ${found.url}`;
}

function requireSame(desk: Desk, connection: string, server: string): void {
  if (serverOf(desk, connection) !== server) throw new Fault('CONNECTION_NOT_FOUND', { connection });
}

/** What to ask at the client; null: it cannot ask, or a yes came back. Throws APPROVAL_DENIED after any other answer. */
function questionAtClient(request: ApprovalRequest, { mcpReq }: ServerContext): InputRequiredResult | null {
  if (!takesForms.safeParse(mcpReq.envelope).success) return null;
  const said = inputResponse(mcpReq.inputResponses, CONFIRM);
  if (said.kind === 'missing') {
    // Each name is made one line before it becomes part of one.
    const { message, detail, yes } = questionOf(plainData(request) as ApprovalRequest);
    return inputRequired({
      inputRequests: {
        [CONFIRM]: inputRequired.elicit({
          message: `${message}\n\n${detail}`,
          requestedSchema: {
            type: 'object',
            properties: { [CONFIRM]: { type: 'boolean', title: yes, default: false } },
            required: [CONFIRM],
          },
        }),
      },
    });
  }
  if (said.kind === 'elicit' && said.action === 'accept' && confirmed.safeParse(said.content).success) return null;
  throw new Fault('APPROVAL_DENIED', { collection: request.collection, reason: 'client' });
}
