/** Agents that may only read, and the index that is meant where they name none: what the person chose holds from the next call on. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { AgentChoices } from '../../../preload/api.ts';
import { CLIENTS, send } from '../../support/mcp-clients.ts';
import { errorOf, toolsGround } from './open-tools.ts';
import { smallBackup } from './still-service.ts';

const ground = toolsGround();
const { open, openAs } = ground;

const WRITING = {
  create_backup: {},
  restore_backup: { backup_name: 'first' },
  export_index: {},
  import_index: { input_path: 'a.json', collection: 'code' },
};
const READING = {
  list_collections: {},
  get_status: {},
  list_backups: {},
  verify_backup: { wait_seconds: 0 },
  diff_backups: { from: 'first', wait_seconds: 0 },
};

beforeEach(() => {
  ground.service.backups = [smallBackup('first')];
});

describe.each(CLIENTS)('read-only with %s', (kind) => {
  const names = async (): Promise<string[]> => (await ground.client.tools()).map(({ name }) => name).sort();

  it('hides every tool that writes, and refuses it', async () => {
    await openAs(kind, { choices: { readOnly: true }, approve: () => Promise.resolve(true) });
    expect(await names()).toEqual([...Object.keys(READING), 'get_job', 'cancel_job'].sort());
    for (const [tool, args] of Object.entries(WRITING))
      for (const more of [{}, tool.startsWith('create') || tool.startsWith('export') ? {} : { dry_run: true }]) {
        const answer = await ground.client.call(tool, { ...args, ...more, wait_seconds: 0 });
        expect(answer.isError).toBe(true);
        expect(errorOf(answer)).toMatchObject({ code: 'READ_ONLY', details: { tool } });
      }
    expect(ground.service.jobs()).toEqual([]);
    for (const [tool, args] of Object.entries(READING))
      expect((await ground.client.call(tool, args)).isError, tool).toBeUndefined();
    const status = await ground.client.call('get_status', {});
    expect(status.structuredContent).toMatchObject({ read_only: true });
  });

  it('holds from the next call on, both ways, for whoever is connected', async () => {
    const choices: Partial<AgentChoices> = {};
    await openAs(kind, { choices });
    const all = await names();
    for (const readOnly of [true, false, true]) {
      choices.readOnly = readOnly;
      const begun = ground.service.jobs().length;
      const answer = await ground.client.call('create_backup', { wait_seconds: 0 });
      expect(errorOf(answer).code).toBe(readOnly ? 'READ_ONLY' : undefined);
      expect(ground.service.jobs().length - begun).toBe(readOnly ? 0 : 1);
      expect(await names()).toEqual(readOnly ? all.filter((name) => !(name in WRITING)) : all);
    }
  });
});

it('cancel_job stops what reads, and leaves what writes alone', async () => {
  const choices: Partial<AgentChoices> = {};
  await open(() => new Promise(() => undefined), choices);
  const begin = async (tool: string, args: object): Promise<unknown> =>
    (await ground.client.call(tool, { ...args, wait_seconds: 0 })).structuredContent?.['job_id'];
  const exact = { backup_name: 'first', conflict_strategy: 'exact' };
  const writing = [];
  for (const [tool, args] of [...Object.entries(WRITING), ['restore_backup', exact]] as const)
    writing.push(await begin(tool, args));
  const reading = [await begin('verify_backup', {}), await begin('diff_backups', { from: 'first' })];
  choices.readOnly = true;
  const waiting = writing.pop();
  for (const id of writing) {
    const refused = await ground.client.call('cancel_job', { job_id: id });
    expect(errorOf(refused)).toMatchObject({ code: 'READ_ONLY', details: { tool: 'cancel_job' } });
    const { structuredContent } = await ground.client.call('get_job', { job_id: id, wait_seconds: 0 });
    expect(structuredContent?.['status']).toBe('running');
  }
  // What has not begun may be taken back.
  for (const id of [waiting, ...reading])
    expect((await ground.client.call('cancel_job', { job_id: id })).structuredContent).toMatchObject({
      status: 'cancelled',
    });
  choices.readOnly = false;
  for (const id of writing)
    expect((await ground.client.call('cancel_job', { job_id: id })).structuredContent).toMatchObject({
      status: 'cancelled',
    });
});

it('what was asked before, and is allowed after, is not begun: what the person chose since then holds', async () => {
  const choices: Partial<AgentChoices> = {};
  const answers: ((yes: boolean) => void)[] = [];
  await open(() => new Promise((resolve) => answers.push(resolve)), choices);
  const exact = { backup_name: 'first', conflict_strategy: 'exact', wait_seconds: 0 };
  for (const [change, code] of [
    [{ readOnly: true }, 'READ_ONLY'],
    [{ readOnly: false, approval: 'refuse' }, 'APPROVAL_DENIED'],
  ] as const) {
    Object.assign(choices, { readOnly: false, approval: 'ask' });
    const { structuredContent } = await ground.client.call('restore_backup', exact);
    expect(structuredContent).toMatchObject({ status: 'awaiting_approval' });
    Object.assign(choices, change);
    await vi.waitFor(() => expect(answers).toHaveLength(1));
    answers.pop()?.(true);
    const ended = await ground.client.call('get_job', { job_id: structuredContent?.['job_id'], wait_seconds: 1 });
    expect(errorOf(ended).code).toBe(code);
  }
  expect(ground.service.jobs()).toEqual([]);
});

it('what calls itself something else than a call does not get by', async () => {
  await open(undefined, { readOnly: true });
  const params = { name: 'create_backup', arguments: {}, method: 'tools/list' };
  for (const version of ['2025-06-18', '2026-07-28', undefined]) {
    const { result } = await send(ground.tools, 'tools/call', params, { version });
    expect(result).toMatchObject({ isError: true, structuredContent: { error: { code: 'READ_ONLY' } } });
  }
  expect(ground.service.jobs()).toEqual([]);
});

describe('the index that is meant', () => {
  const index = { connection: 'local', collection: 'chosen' };
  const other = { name: 'other', kind: 'url', url: 'http://127.0.0.1:2', hasKey: false, model: null } as const;
  beforeEach(() => {
    const { connections, current } = ground.service.connections();
    ground.service.connections = () => ({ connections: [...connections, other], current });
    ground.service.points = { code: 5, chosen: 5 };
  });
  const asked = async (args: object = {}): Promise<object> => {
    const answer = await ground.client.call('create_backup', { ...args, wait_seconds: 0 });
    if (answer.isError === true) return errorOf(answer);
    const { connection, collection } = ground.service.vaultAsked.at(-1) as typeof index & { connection: object };
    const { name } = connection as unknown as { name: string };
    return { connection: name, collection };
  };

  it('is the one that was chosen, for backups and exports, and is told', async () => {
    await open(undefined, { index });
    expect(await asked()).toEqual(index);
    expect(await asked({ connection: 'local' })).toEqual(index);
    expect(await asked({ collection: 'code' })).toEqual({ ...index, collection: 'code' });
    await ground.client.call('export_index', { wait_seconds: 0 });
    expect(ground.service.asked).toMatchObject([{ connection: { name: 'local' }, collection: 'chosen' }]);
    const listed = (await ground.client.call('list_collections', {})).structuredContent;
    expect(listed?.['collections']).toMatchObject([
      { name: 'code', is_default: false },
      { name: 'chosen', is_default: true },
    ]);
    const status = (await ground.client.call('get_status', {})).structuredContent;
    expect(status?.['default_index']).toEqual(index);
  });

  it('is it also on a connection that is not the current one, and on no other', async () => {
    await open(undefined, { index: { ...index, connection: 'other' } });
    expect(await asked()).toEqual({ connection: 'other', collection: 'chosen' });
    expect(await asked({ connection: 'local' })).toMatchObject({ code: 'COLLECTION_AMBIGUOUS' });
    ground.service.points = { code: 5 };
    expect(await asked({ connection: 'local' })).toEqual({ connection: 'local', collection: 'code' });
    const listed = (await ground.client.call('list_collections', {})).structuredContent;
    expect(listed?.['collections']).toMatchObject([{ name: 'code', is_default: false }]);
    const there = (await ground.client.call('list_collections', { connection: 'other' })).structuredContent;
    expect(there).toMatchObject({ connection: 'other' });
  });

  it('is never another one because its connection is gone', async () => {
    ground.service.points = { code: 5 };
    await open(undefined, { index: { ...index, connection: 'removed' } });
    expect(await asked()).toMatchObject({
      code: 'CONNECTION_NOT_FOUND',
      details: { connection: 'removed', choices: 'local, other' },
    });
    expect(await asked({ connection: 'local' })).toEqual({ connection: 'local', collection: 'code' });
  });
});
