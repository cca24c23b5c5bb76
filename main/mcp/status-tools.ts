/** The tools that tell how everything stands, and those about work that agents have begun. */
import type { McpServer } from '@modelcontextprotocol/server';
import { Fault } from '../faults/fault.ts';
import { snakeCase } from '../service/snake-case.ts';
import { inTime } from './in-time.ts';
import { chooseConnection } from './targets.ts';
import { follow, offer, outcomeOf, type Desk } from './tool-desk.ts';
import { cancelJobInput, getJobInput, getStatusInput, listCollectionsInput } from './tool-inputs.ts';
import { getStatusOutput, jobOutput, listCollectionsOutput } from './tool-outputs.ts';

/** How long a cancelled job may take to let go before the answer says that it still runs. */
const CANCEL_MS = 10_000;
/** Indexes that one answer lists. */
const MOST_LISTED = 500;
/** Work that writes nothing: it may be cancelled in read-only mode too. */
const READING: readonly string[] = ['verify_backup', 'diff_backups'];

export function offerStatusTools(server: McpServer, desk: Desk): void {
  const { service, jobs } = desk;

  offer(server, desk, {
    name: 'list_collections',
    title: 'List indexes',
    description:
      'The collections of a Qdrant that is set up here, with their sizes, and which one is meant where a call names ' +
      'none; and the connections that there are.',
    input: listCollectionsInput,
    output: listCollectionsOutput,
    writes: false,
    hints: { readOnlyHint: true, openWorldHint: true },
    run: async (args) => {
      const name = chooseConnection(service, args.connection);
      const found = await inTime(service.collections({ name }));
      const { connections, current } = service.connections();
      const { index } = desk.choices();
      const isDefault = (collection: string): boolean =>
        index === null ? found.length === 1 : index.connection === name && index.collection === collection;
      const told = {
        connection: name,
        collections: found.slice(0, MOST_LISTED).map((each) => ({ ...each, isDefault: isDefault(each.name) })),
        ...leftOff(found.length),
        connections: connections.map((each) => ({
          ...{ name: each.name, kind: each.kind, isCurrent: each.name === current },
        })),
      };
      return { ...snakeCase(told), status: 'done' };
    },
  });

  offer(server, desk, {
    name: 'get_status',
    title: 'Look at the protection',
    description:
      'Whether the indexes are safe, in a sentence and for each of them: last good backup, next run, what failed, when ' +
      'it was last tested; and what agents may do here.',
    input: getStatusInput,
    output: getStatusOutput,
    writes: false,
    hints: { readOnlyHint: true, openWorldHint: false },
    run: async () => {
      const { tone, sentence, keeper, paused, nextRun, indexes, warnings } = desk.protection();
      const { readOnly, index } = desk.choices();
      const told = {
        ...{ tone, sentence, keeper, paused, nextRun, warnings },
        ...{ readOnly, approval: desk.policy(), defaultIndex: index },
        indexes: indexes.slice(0, MOST_LISTED).map((each) => ({
          ...{ connection: each.connection, collection: each.collection, health: each.health },
          ...{ nextRun: each.nextRun, overdueSince: each.overdueSince, lastGood: each.lastGood },
          ...{ tested: each.tested, failure: each.failure, change: each.change },
        })),
        ...leftOff(indexes.length),
      };
      return Promise.resolve({ ...snakeCase(told), status: 'done' });
    },
  });

  offer(server, desk, {
    name: 'get_job',
    title: 'Look at a job',
    description: 'Waits for a job that was started here and returns its result, or how far it is.',
    input: getJobInput,
    output: jobOutput,
    writes: false,
    hints: { readOnlyHint: true, openWorldHint: false },
    run: (args, context) => follow(desk, args.job_id, args.wait_seconds, context),
  });

  offer(server, desk, {
    name: 'cancel_job',
    title: 'Cancel a job',
    description:
      'Stops a job that was started here, or takes back the question whether it may begin. An export or a backup ' +
      'leaves nothing behind; an import or a restore can be run again.',
    input: cancelJobInput,
    output: jobOutput,
    writes: false,
    hints: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    run: async ({ job_id: id }, { mcpReq: { signal } }) => {
      const { tool, status } = jobs.look(id);
      if (desk.choices().readOnly && status !== 'awaiting_approval' && !READING.includes(tool))
        throw new Fault('READ_ONLY', { tool: 'cancel_job' });
      jobs.cancel(id);
      return outcomeOf(await jobs.watch(id, { ms: CANCEL_MS, signal }));
    },
  });
}

const leftOff = (length: number): { leftOff?: number } =>
  length > MOST_LISTED ? { leftOff: length - MOST_LISTED } : {};
