import { lstatSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { AgentChoices } from '../../../preload/api.ts';
import { stampOf } from '../../../main/files/file-stamp.ts';
import { errorOf, toolsGround } from './open-tools.ts';
import { smallBackup } from './still-service.ts';

const ground = toolsGround();
const { open } = ground;

describe('imports that could lose something', () => {
  const overwrite = { input_path: 'a.json', conflict_strategy: 'overwrite', wait_seconds: 0 };

  it.each([
    [{ input_path: 'a.json', collection: 'code' }],
    [{ ...overwrite, collection: 'code', dry_run: true }],
    [{ ...overwrite, collection: 'new' }],
    [{ ...overwrite, collection: 'empty' }],
    [{ ...overwrite, conflict_strategy: 'merge', collection: 'new' }],
    [overwrite],
  ])('%j cannot: it starts at once', async (args) => {
    ground.service.points = { code: 5, empty: 0 };
    await open();
    const answer = await ground.client.call('import_index', { ...args, wait_seconds: 0 });
    expect(answer.structuredContent).toMatchObject({ status: 'running' });
  });

  it.each(['overwrite', 'merge'])('%s into points is refused where nobody can be asked', async (strategy) => {
    await open();
    const named = await ground.client.call('import_index', {
      ...overwrite,
      conflict_strategy: strategy,
      collection: 'code',
    });
    expect(named.isError).toBe(true);
    expect(errorOf(named).code).toBe('APPROVAL_NEEDED');
    expect(errorOf(named).hint).toContain('skip');
    ground.service.points['from-file'] = 1;
    expect(errorOf(await ground.client.call('import_index', overwrite)).code).toBe('APPROVAL_NEEDED');
    expect(ground.service.jobs()).toEqual([]);
  });

  it('asks with the facts of the server, goes on after a yes, and asks again the next time', async () => {
    const asked: unknown[] = [];
    await open((request) => {
      asked.push(request);
      return Promise.resolve(true);
    });
    const args = { ...overwrite, collection: 'code', wait_seconds: 1 };
    for (const answer of [
      await ground.client.call('import_index', args),
      await ground.client.call('import_index', args),
    ]) {
      expect(answer.structuredContent).toMatchObject({ status: 'running' });
    }
    const path = ground.tools.exported('a.json');
    const question = {
      kind: 'import',
      connection: 'local',
      collection: 'code',
      points: 5,
      path,
      onConflict: 'overwrite',
      allowModelMismatch: false,
      safetyCopy: true,
      effect: null,
    };
    expect(asked).toEqual([question, question]);
    expect(ground.service.asked[0]).toMatchObject({ collection: 'code', onConflict: 'overwrite', dryRun: false });
  });

  it.each([
    ['a no', () => Promise.resolve(false)],
    ['a question that fails', () => Promise.reject(new Error('no window'))],
  ])('does nothing after %s', async (_what, no) => {
    await open(no);
    const answer = await ground.client.call('import_index', { ...overwrite, collection: 'code', wait_seconds: 1 });
    expect(errorOf(answer).code).toBe('APPROVAL_DENIED');
    expect(ground.service.jobs()).toEqual([]);
  });

  it('what was allowed is the file as it was then: the job is told which one', async () => {
    let decide: (yes: boolean) => void = () => undefined;
    await open(() => new Promise((resolve) => (decide = resolve)));
    const waiting = await ground.client.call('import_index', { ...overwrite, collection: 'code' });
    expect(waiting.structuredContent).toMatchObject({ status: 'awaiting_approval' });
    const ifFile = stampOf(lstatSync(ground.tools.exported('a.json'), { bigint: true }));
    writeFileSync(ground.tools.exported('a.json'), '{"other": true}');
    decide(true);
    await ground.client.call('get_job', { job_id: waiting.structuredContent?.['job_id'], wait_seconds: 1 });
    expect(ground.service.asked).toMatchObject([{ ifFile }]);
  });

  it('a connection that came to lead elsewhere is not the one that was allowed', async () => {
    let decide: (yes: boolean) => void = () => undefined;
    await open(() => new Promise((resolve) => (decide = resolve)));
    const waiting = await ground.client.call('import_index', { ...overwrite, collection: 'code' });
    const { connections, current } = ground.service.connections();
    ground.service.connections = () => ({
      ...{ current, connections: connections.map((each) => ({ ...each, url: 'http://127.0.0.1:2' })) },
    });
    decide(true);
    const job = { job_id: waiting.structuredContent?.['job_id'], wait_seconds: 1 };
    expect(errorOf(await ground.client.call('get_job', job)).code).toBe('CONNECTION_NOT_FOUND');
    expect(ground.service.jobs()).toEqual([]);
  });

  it('a question is taken back by cancel_job, and the box with it', async () => {
    let given: AbortSignal | undefined;
    await open((_request, signal) => {
      given = signal;
      return new Promise(() => undefined);
    });
    const waiting = await ground.client.call('import_index', { ...overwrite, collection: 'code' });
    const job = { job_id: waiting.structuredContent?.['job_id'] };
    const cancelled = await ground.client.call('cancel_job', job);
    expect(cancelled.structuredContent).toMatchObject({ status: 'cancelled', error: { code: 'CANCELLED' } });
    expect(given?.aborted).toBe(true);
    expect(ground.service.jobs()).toEqual([]);
  });

  it('is not asked again what was refused a moment ago', async () => {
    let questions = 0;
    await open(() => {
      questions += 1;
      return Promise.resolve(false);
    });
    const args = { ...overwrite, collection: 'code', wait_seconds: 1 };
    for (let call = 0; call < 3; call++)
      expect(errorOf(await ground.client.call('import_index', args)).code).toBe('APPROVAL_DENIED');
    expect(questions).toBe(1);
    await ground.client.call('import_index', { ...args, conflict_strategy: 'merge' });
    expect(questions).toBe(2);
  });
});

describe('the policy', () => {
  const exact = { backup_name: 'first', conflict_strategy: 'exact', safety_copy: false, wait_seconds: 1 };
  const overwrite = { input_path: 'a.json', conflict_strategy: 'overwrite', collection: 'code', safety_copy: false };

  it.each(['app', 'headless'])(
    '"allow" goes on at once, and a safety copy comes first whatever is asked for: %s',
    async (where) => {
      ground.service.backups = [smallBackup('first')];
      const never = () => Promise.reject(new Error('asked'));
      await open(where === 'app' ? never : undefined, where === 'app' ? { approval: 'allow' } : { headless: 'allow' });
      for (const [tool, args] of [
        ['restore_backup', exact],
        ['import_index', { ...overwrite, wait_seconds: 1 }],
      ] as const)
        expect((await ground.client.call(tool, args)).structuredContent).toMatchObject({ status: 'running' });
      expect(ground.service.vaultAsked).toMatchObject([{ safetyCopy: true }]);
      expect(ground.service.asked).toMatchObject([{ safetyCopy: true }]);
    },
  );

  it('"refuse" asks nobody; skip and a new index stay possible', async () => {
    ground.service.backups = [smallBackup('first')];
    await open(() => Promise.reject(new Error('asked')), { approval: 'refuse' });
    expect(errorOf(await ground.client.call('restore_backup', exact)).code).toBe('APPROVAL_DENIED');
    expect(errorOf(await ground.client.call('import_index', overwrite)).code).toBe('APPROVAL_DENIED');
    expect(ground.service.jobs()).toEqual([]);
    const fresh = await ground.client.call('restore_backup', { ...exact, target_collection: 'new', wait_seconds: 0 });
    expect(fresh.structuredContent).toMatchObject({ status: 'running' });
  });

  it('holds from the next call on when it is changed', async () => {
    ground.service.backups = [smallBackup('first')];
    const choices: Partial<AgentChoices> = { headless: 'refuse' };
    await open(undefined, choices);
    expect(errorOf(await ground.client.call('restore_backup', exact)).code).toBe('APPROVAL_NEEDED');
    choices.headless = 'allow';
    expect((await ground.client.call('restore_backup', exact)).structuredContent).toMatchObject({ status: 'running' });
  });
});
