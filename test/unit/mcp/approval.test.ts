import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { errorOf, toolsGround } from './open-tools.ts';

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

  it('keeps one question open, takes its answer later, and only for the same file', async () => {
    let decide: (yes: boolean) => void = () => undefined;
    let questions = 0;
    await open(() => {
      questions += 1;
      return new Promise((resolve) => (decide = resolve));
    });
    const args = { ...overwrite, collection: 'code' };
    expect(errorOf(await ground.client.call('import_index', args)).code).toBe('APPROVAL_NEEDED');
    expect(errorOf(await ground.client.call('import_index', args)).code).toBe('APPROVAL_NEEDED');
    for (const other of [{ conflict_strategy: 'merge' }, { allow_model_mismatch: true }])
      expect(errorOf(await ground.client.call('import_index', { ...args, ...other })).code).toBe('BUSY');
    expect(questions).toBe(1);
    decide(true);
    writeFileSync(ground.tools.exported('a.json'), '{"other": true}');
    expect(errorOf(await ground.client.call('import_index', args)).code).toBe('APPROVAL_NEEDED');
    expect(questions).toBe(2);
    decide(true);
    expect((await ground.client.call('import_index', args)).structuredContent).toMatchObject({ status: 'running' });
    expect(ground.service.jobs()).toHaveLength(1);
  });
});
