/** The leave that work needs which could lose points: by policy, of the person in the app, and of the one at the client. */
import { inputRequired, inputResponse } from '@modelcontextprotocol/server';
import type { InputRequiredResult, ServerContext } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { Fault } from '../faults/fault.ts';
import type { JobHandle } from '../service/types.ts';
import { mustAsk, type ApprovalRequest, type Same } from './approval.ts';
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

export interface Leave {
  readonly tool: string;
  readonly request: ApprovalRequest;
  readonly what: Same;
  readonly start: () => Promise<JobHandle<unknown>>;
}

/**
 * The id of work that has begun, or that waits for the person's answer; or the question for the one who sits at the client,
 * where the client can ask it. That one can only say no: what a client sends is not proof of a person.
 */
export async function withLeave(
  desk: Desk,
  { tool, request, what, start }: Leave,
  context: ServerContext,
): Promise<string | InputRequiredResult> {
  const asks = mustAsk(desk.policy(), desk.jobs.canAsk, request.collection);
  const question = questionAtClient(request, context);
  if (question !== null) return question;
  if (asks) return desk.jobs.ask(tool, request, what, start);
  return desk.jobs.begin(tool, start);
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
