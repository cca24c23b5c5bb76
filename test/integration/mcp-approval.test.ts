/** Plans and the leave of the person, with a real Qdrant: nothing is written by a plan that is not true any more, nor without a yes. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ApprovalRequest } from '../../main/mcp/approval.ts';
import { rest } from '../support/collections.ts';
import { openClient, type ToolClient } from '../support/mcp-clients.ts';
import { fillCollection, openMcpGround, type McpGround } from '../support/mcp-ground.ts';
import { pointTexts } from '../support/server-text.ts';

const POINTS = 40;
const FILE = 'code.json.gz';

let ground: McpGround;
let client: ToolClient;
let backup = '';
let serial = 0;
/** Answers at once unless a test takes over. */
let approve: (request: ApprovalRequest, signal: AbortSignal) => Promise<boolean>;

beforeAll(async () => {
  ground = await openMcpGround({ approve: (request, signal) => approve(request, signal) });
  client = await open();
  await fillCollection(ground.control, 'code', POINTS);
  backup = String((await ended('create_backup', { collection: 'code' }))['backup_name']);
  await ended('export_index', { collection: 'code', output_path: FILE });
});
afterAll(async () => {
  await client.close();
  await ground.close();
});

const open = (): Promise<ToolClient> => openClient('client 2.x, 2026-07-28', ground.endpoint.url, ground.token);

/** What a call comes to, however long it takes and whoever has to be asked. */
async function ended(tool: string, args: Record<string, unknown>): Promise<Record<string, unknown>> {
  let { structuredContent: told = {} } = await client.call(tool, { wait_seconds: 45, ...args });
  while (['running', 'awaiting_approval'].includes(String(told['status'])))
    ({ structuredContent: told = {} } = await client.call('get_job', { job_id: told['job_id'], wait_seconds: 45 }));
  return told;
}
const codeIn = (told: Record<string, unknown>): unknown => (told['error'] as { code?: string } | undefined)?.code;

/** An index that holds 30 of the points, ten of its own, and some that differ. */
async function makeTarget(): Promise<string> {
  const name = `target-${serial++}`;
  await fillCollection(ground.control, name, 30);
  const own = Array.from({ length: 10 }, (_, n) => ({ id: 100 + n, vector: [n, 1, 1, 1, 1, 1, 1, 1], payload: {} }));
  await ground.control.upsert(name, { points: own, wait: true });
  await setPayload(name, 5, { n: 'other' });
  return name;
}
const setPayload = (name: string, id: number, payload: object) =>
  rest(ground.qdrant.url, 'POST', `/collections/${name}/points/payload?wait=true`, { points: [id], payload });

/** All that must be as it was: the points of the index, and the backups that there are. */
const stateOf = async (name: string) => ({
  points: await pointTexts(ground.qdrant.url, name),
  backups: (await ground.service.listBackups({})).backups.map(({ backupName }) => backupName),
});

const RESTORE = (target: string) => ['restore_backup', { backup_name: backup, target_collection: target }] as const;
const IMPORT = (target: string) => ['import_index', { input_path: FILE, collection: target }] as const;

const CHANGES = {
  'the payload of one point': (name: string) => setPayload(name, 7, { n: -1 }),
  'one point for another': async (name: string) => {
    await ground.control.delete(name, { points: [109], wait: true });
    await ground.control.upsert(name, {
      points: [{ id: 110, vector: [9, 1, 1, 1, 1, 1, 1, 1], payload: {} }],
      wait: true,
    });
  },
  'one point less': (name: string) => ground.control.delete(name, { points: [3], wait: true }),
  'one point more': (name: string) =>
    ground.control.upsert(name, { points: [{ id: 3000, vector: [1, 2, 3, 4, 5, 6, 7, 8] }], wait: true }),
};

describe('a plan', () => {
  const yes = () => (approve = () => Promise.resolve(true));

  it.each([
    ['exact', 'the payload of one point', RESTORE],
    ['exact', 'one point for another', RESTORE],
    ['exact', 'one point less', RESTORE],
    ['exact', 'one point more', RESTORE],
    ['overwrite', 'the payload of one point', IMPORT],
    ['merge', 'one point for another', IMPORT],
  ] as const)('for %s is outdated by %s, and nothing is written: %o', async (strategy, what, way) => {
    yes();
    const target = await makeTarget();
    const [tool, named] = way(target);
    const args = { ...named, conflict_strategy: strategy };
    const plan = await ended(tool, { ...args, dry_run: true });
    expect(plan).toMatchObject({ status: 'done', plan_id: expect.any(String) as string });
    await CHANGES[what](target);
    const before = await stateOf(target);
    const refused = await ended(tool, { ...args, plan_id: plan['plan_id'] });
    expect(codeIn(refused)).toBe('PLAN_OUTDATED');
    expect(await stateOf(target)).toEqual(before);
  });

  it.each([
    ['exact', RESTORE, { new: 10, updated: 1, removed: 10 }],
    ['overwrite', IMPORT, { new: 10, updated: 30 }],
    ['merge', IMPORT, { new: 10, updated: 30 }],
  ] as const)('for %s is done by once, and never again', async (strategy, way, numbers) => {
    const asked: ApprovalRequest[] = [];
    approve = (request) => (asked.push(request), Promise.resolve(true));
    const target = await makeTarget();
    const [tool, named] = way(target);
    const args = { ...named, conflict_strategy: strategy };
    const plan = await ended(tool, { ...args, dry_run: true });
    expect(plan).toMatchObject(numbers);
    const done = await ended(tool, { ...args, plan_id: plan['plan_id'] });
    expect(done).toMatchObject({ status: 'done', ...numbers, safety_backup: expect.any(String) as string });
    expect(asked).toMatchObject([{ points: POINTS, effect: { removed: 0, ...numbers } }]);
    const before = await stateOf(target);
    expect(codeIn(await ended(tool, { ...args, plan_id: plan['plan_id'] }))).toBe('PLAN_GONE');
    expect(await stateOf(target)).toEqual(before);
    expect(asked).toHaveLength(1);
  });

  it('is for its own call and no other, and stays good meanwhile', async () => {
    const asked = vi.fn(() => Promise.resolve(true));
    approve = asked;
    const [target, other] = [await makeTarget(), await makeTarget()];
    const [tool, named] = RESTORE(target);
    const args = { ...named, conflict_strategy: 'exact' };
    const { plan_id } = await ended(tool, { ...args, dry_run: true });
    const before = [await stateOf(target), await stateOf(other)];
    for (const more of [
      { conflict_strategy: 'overwrite' },
      { conflict_strategy: 'skip' },
      { target_collection: other },
      { paths: 'src/**' },
      { allow_model_mismatch: true },
    ])
      expect(codeIn(await ended(tool, { ...args, ...more, plan_id })), JSON.stringify(more)).toBe('USAGE');
    const [importing, file] = IMPORT(target);
    for (const conflict_strategy of ['overwrite', 'skip'])
      expect(codeIn(await ended(importing, { ...file, conflict_strategy, plan_id }))).toBe('USAGE');
    for (const made_up of ['none', '00000000-0000-4000-8000-000000000000'])
      expect(codeIn(await ended(tool, { ...args, plan_id: made_up }))).toBe('PLAN_GONE');
    expect([await stateOf(target), await stateOf(other)]).toEqual(before);
    expect(asked).not.toHaveBeenCalled();
    expect(await ended(tool, { ...args, plan_id })).toMatchObject({ status: 'done', verified: true });
  });
});

describe('the leave of the person', () => {
  /** Waits with its answer. */
  function person() {
    const asked: { readonly request: ApprovalRequest; readonly signal: AbortSignal }[] = [];
    let answer: (yes: boolean) => void = () => undefined;
    approve = (request, signal) => {
      asked.push({ request, signal });
      return new Promise((resolve) => (answer = resolve));
    };
    return { asked, say: (yes: boolean) => answer(yes) };
  }
  const begin = async (target: string, more: object = {}): Promise<string> => {
    const [tool, named] = RESTORE(target);
    const args = { ...named, conflict_strategy: 'exact', wait_seconds: 0, ...more };
    const { structuredContent } = await client.call(tool, args);
    expect(structuredContent).toMatchObject({ status: 'awaiting_approval' });
    return String(structuredContent?.['job_id']);
  };
  const outcome = (id: string) => ended('get_job', { job_id: id });

  it('is for the index as the plan has it: what changes while it is asked outdates it', async () => {
    const { say } = person();
    const target = await makeTarget();
    const [tool, named] = RESTORE(target);
    const { plan_id } = await ended(tool, { ...named, conflict_strategy: 'exact', dry_run: true });
    const id = await begin(target, { plan_id });
    await CHANGES['the payload of one point'](target);
    const before = await stateOf(target);
    say(true);
    expect(codeIn(await outcome(id))).toBe('PLAN_OUTDATED');
    expect(await stateOf(target)).toEqual(before);
  });

  it('comes to one whose client is gone by then, and another client is told', async () => {
    const { asked, say } = person();
    const target = await makeTarget();
    const leaving = await open();
    const [tool, named] = RESTORE(target);
    const call = leaving.call(tool, { ...named, conflict_strategy: 'exact', wait_seconds: 45 }).catch(() => 'gone');
    await vi.waitFor(() => expect(asked).toHaveLength(1), { timeout: 20_000 });
    await leaving.close();
    expect(await call).toBe('gone');
    const job = (await client.resources()).find(({ description }) => description?.endsWith('awaiting_approval'));
    expect(asked[0]?.signal.aborted).toBe(false);
    say(true);
    const done = await outcome(job?.name ?? '');
    expect(done).toMatchObject({ status: 'done', collection: target, verified: true });
    expect(await pointTexts(ground.qdrant.url, target)).toEqual(await pointTexts(ground.qdrant.url, 'code'));
  });

  it('that is refused, or taken back, leaves everything as it was', async () => {
    const { asked, say } = person();
    const target = await makeTarget();
    const before = await stateOf(target);
    const first = await begin(target);
    const second = await begin(target, { safety_copy: false });
    await vi.waitFor(() => expect(asked).toHaveLength(1));
    expect(asked[0]?.request).toMatchObject({ safetyCopy: true });
    say(false);
    expect(codeIn(await outcome(first))).toBe('APPROVAL_DENIED');
    await vi.waitFor(() => expect(asked).toHaveLength(2));
    const { structuredContent } = await client.call('cancel_job', { job_id: second });
    expect(structuredContent).toMatchObject({ status: 'cancelled' });
    expect(asked[1]).toMatchObject({ request: { safetyCopy: false }, signal: { aborted: true } });
    say(true);
    await pause(0);
    expect(await stateOf(target)).toEqual(before);
    expect(await outcome(second)).toMatchObject({ status: 'cancelled' });
  });
});
