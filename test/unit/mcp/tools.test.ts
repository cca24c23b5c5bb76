import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CLIENTS } from '../../support/mcp-clients.ts';
import { errorOf, toolsGround } from './open-tools.ts';
import type { StillService } from './still-service.ts';

const ground = toolsGround();
const { open, openAs } = ground;

/** A hint that is missing means the worst. */
function hintsOf(hints: Record<string, unknown> | undefined): 'reads' | 'writes' | 'destroys' {
  if (hints?.['readOnlyHint'] === true) return 'reads';
  return hints?.['destructiveHint'] === false ? 'writes' : 'destroys';
}

describe.each(CLIENTS)('spoken to by %s', (kind) => {
  it('lists the tools with strict inputs, outputs and hints', async () => {
    await openAs(kind);
    if (kind.includes('2026')) expect(ground.client.protocol).toBe('2026-07-28');
    const listed = await ground.client.tools();
    expect(Object.fromEntries(listed.map(({ name, annotations }) => [name, hintsOf(annotations)]))).toEqual({
      list_collections: 'reads',
      get_status: 'reads',
      get_job: 'reads',
      cancel_job: 'writes',
      create_backup: 'writes',
      list_backups: 'reads',
      verify_backup: 'reads',
      diff_backups: 'reads',
      restore_backup: 'destroys',
      export_index: 'writes',
      import_index: 'destroys',
    });
    for (const tool of listed) {
      expect(tool.inputSchema).toMatchObject({ type: 'object', additionalProperties: false });
      expect(tool.outputSchema).toMatchObject({ type: 'object' });
    }
    const outputs = Object.fromEntries(listed.map(({ name, outputSchema }) => [name, outputSchema?.['properties']]));
    expect(outputs['export_index']).toHaveProperty('compression_ratio');
    expect(outputs['import_index']).toHaveProperty('created_collection');
  });

  it('answers with a job when the patience ends, and with its result later', async () => {
    await openAs(kind);
    const started = await ground.client.call('export_index', { wait_seconds: 0 });
    expect(started.structuredContent).toMatchObject({ status: 'running', job_id: 'job-1' });
    expect(started.structuredContent?.['progress']).toMatchObject({ total_points: null, points_per_second: 0 });
    expect(JSON.parse(started.content[0]?.text ?? '')).toEqual(started.structuredContent);
    const result = {
      collection: 'code',
      path: '/x.json.gz',
      bytes: 10,
      rawBytes: 100,
      compressionRatio: 10,
      totalVectors: 5,
      dimensions: { titleVector: 4 },
      model: null,
      moved: false,
      durationMs: 7,
      vectorsPerSecond: 714,
      warnings: [],
    };
    const waiting = ground.client.call('get_job', { job_id: 'job-1', wait_seconds: 45 });
    ground.service.set('job-1', { status: 'done', result });
    expect((await waiting).structuredContent).toEqual({
      status: 'done',
      job_id: 'job-1',
      collection: 'code',
      path: '/x.json.gz',
      bytes: 10,
      raw_bytes: 100,
      compression_ratio: 10,
      total_vectors: 5,
      dimensions: { titleVector: 4 },
      model: null,
      moved: false,
      duration_ms: 7,
      vectors_per_second: 714,
      warnings: [],
    });
  });

  it('tells progress that always grows, through all phases', async () => {
    await openAs(kind);
    const steps: number[] = [];
    let told: () => void = () => undefined;
    const progress = { points: 0, totalPoints: 100, bytes: 0, totalBytes: null, pointsPerSecond: 1, secondsLeft: 1 };
    const call = ground.client.call('import_index', { input_path: 'a.json' }, (step) => {
      steps.push(step.progress);
      told();
    });
    const tell = (change: Parameters<StillService['set']>[1]) =>
      new Promise<void>((resolve) => {
        told = resolve;
        ground.service.set('job-1', change);
      });
    while (!ground.service.job('job-1')) await new Promise(setImmediate);
    await tell({ progress: { ...progress, phase: 'validating', points: 60 } });
    await tell({ progress: { ...progress, phase: 'validating', points: 100 } });
    await tell({ progress: { ...progress, phase: 'sending', points: 0 } });
    await tell({ progress: { ...progress, phase: 'sending', points: 50 } });
    ground.service.set('job-1', {
      status: 'failed',
      error: { code: 'NO_SPACE', message: 'm', hint: 'h', details: {} },
    });
    const answer = await call;
    expect(answer.isError).toBe(true);
    expect(errorOf(answer)).toEqual({ code: 'NO_SPACE', message: 'm', hint: 'h', details: {} });
    expect(steps).toHaveLength(4);
    expect(steps).toEqual([...new Set(steps)].sort((a, b) => a - b));
  });
});

it('cancels a job, and shows agents no jobs but their own', async () => {
  await open();
  ground.service.createSample();
  for (const tool of ['get_job', 'cancel_job']) {
    expect(errorOf(await ground.client.call(tool, { job_id: 'job-1' })).code).toBe('JOB_NOT_FOUND');
  }
  expect(ground.service.job('job-1')?.status).toBe('running');
  await ground.client.call('export_index', { wait_seconds: 0 });
  const cancelled = await ground.client.call('cancel_job', { job_id: 'job-2' });
  expect(cancelled.isError).toBeUndefined();
  expect(cancelled.structuredContent).toMatchObject({ status: 'cancelled', error: { code: 'CANCELLED' } });
});

it('a client that goes away does not end its job', async () => {
  await open();
  const call = ground.client.call('export_index', {}).catch(() => 'gone');
  while (!ground.service.job('job-1')) await new Promise(setImmediate);
  await ground.client.close();
  expect(await call).toBe('gone');
  expect(ground.service.job('job-1')?.status).toBe('running');
});

describe('line 5: what a call may name', () => {
  it.each([
    ['export_index', { url: 'http://evil.example' }],
    ['export_index', { connection: 'local', api_key: 'x' }],
    ['import_index', { input_path: 'a.json', url: 'http://evil.example' }],
    ['import_index', { input_path: 'a.json', conflict_strategy: 'exact' }],
    ['import_index', {}],
    ['export_index', { wait_seconds: 46 }],
    ['export_index', { collection: 5 }],
  ])('%s does not take %j', async (tool, args) => {
    await open();
    expect((await ground.client.call(tool, args)).isError).toBe(true);
    expect(ground.service.jobs()).toEqual([]);
  });

  it.each(['other', 'http://127.0.0.1:6333', 'LOCAL'])('no connection but those set up: %s', async (connection) => {
    await open();
    const answer = await ground.client.call('export_index', { connection });
    expect(errorOf(answer)).toMatchObject({ code: 'CONNECTION_NOT_FOUND', details: { choices: 'local' } });
  });

  it('lists the choices when a collection has to be named', async () => {
    ground.service.points = { code: 1, docs: 2 };
    await open();
    expect(errorOf(await ground.client.call('export_index', {}))).toMatchObject({
      code: 'COLLECTION_AMBIGUOUS',
      details: { choices: 'code, docs' },
    });
  });
});

describe('line 4: files', () => {
  it('exports into the export folder and never over a file', async () => {
    await open();
    await ground.client.call('export_index', { wait_seconds: 0 });
    expect(ground.service.asked[0]).toMatchObject({
      collection: 'code',
      replace: false,
      compress: true,
      companions: [],
    });
    expect(ground.service.asked[0]?.path).toMatch(/exports\/code-\d{4}-\d\d-\d\d-\d{6}\.json\.gz$/);
    expect(errorOf(await ground.client.call('export_index', { output_path: 'a.json' })).code).toBe('FILE_EXISTS');
    const refused = await ground.client.call('export_index', { output_path: '../out.json' });
    expect(errorOf(refused)).toMatchObject({ code: 'PATH_NOT_ALLOWED' });
    expect(errorOf(refused).hint).toContain(join(ground.tools.home, 'exports'));
  });

  it('imports from the export folder alone', async () => {
    await open();
    for (const [path, code] of [
      ['/etc/passwd', 'PATH_NOT_ALLOWED'],
      [join(ground.tools.home, 'mcp-token'), 'PATH_NOT_ALLOWED'],
      ['none.json', 'FILE_NOT_FOUND'],
    ]) {
      expect(errorOf(await ground.client.call('import_index', { input_path: path })).code).toBe(code);
    }
    expect(ground.service.jobs()).toEqual([]);
    await ground.client.call('import_index', { input_path: 'a.json', dry_run: true, wait_seconds: 0 });
    expect(ground.service.asked).toEqual([
      {
        connection: { name: 'local' },
        path: ground.tools.exported('a.json'),
        within: join(ground.tools.home, 'exports'),
        onConflict: 'skip',
        dryRun: true,
        allowModelMismatch: false,
      },
    ]);
  });
});

it('lines 2 and 9: no token, no control characters, nothing long in what comes back', async () => {
  const nasty = `x\u001b[2J\u202e\n${'y'.repeat(5000)}`;
  ground.service.points = { [nasty]: 1, b: 2 };
  await open();
  const listed = await ground.client.call('export_index', {});
  await ground.client.call('export_index', { collection: 'b', wait_seconds: 0 });
  ground.service.set('job-1', {
    status: 'failed',
    error: { code: 'QDRANT_REFUSED', message: nasty, hint: 'h', details: { reason: nasty } },
  });
  const failed = await ground.client.call('get_job', { job_id: 'job-1' });
  for (const answer of [listed, failed]) {
    const text = JSON.stringify(answer);
    expect(text).not.toMatch(/\\u001b|\u202e|\\\\n/);
    expect(text.length).toBeLessThan(5000);
    expect(text).not.toContain(ground.tools.token);
  }
});

it('an error nobody foresaw has a code and no inner text', async () => {
  ground.service.collections = () => Promise.reject(new Error('stack and secrets'));
  await open();
  const answer = await ground.client.call('export_index', {});
  expect(errorOf(answer).code).toBe('INTERNAL');
  expect(JSON.stringify(answer)).not.toContain('secrets');
});

it('an import that nobody had to allow is for an index that is still empty when its turn comes', async () => {
  await open();
  await ground.client.call('import_index', {
    input_path: 'a.json',
    collection: 'new',
    conflict_strategy: 'overwrite',
    wait_seconds: 0,
  });
  expect(ground.service.asked.at(-1)).toMatchObject({ collection: 'new', mustBeEmpty: true });
});
