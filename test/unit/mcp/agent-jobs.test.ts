/** The table of what agents have begun: how much of it may be open, how long somebody waits, what is the same question. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AgentJobs } from '../../../main/mcp/agent-jobs.ts';
import type { ApprovalRequest } from '../../../main/mcp/approval.ts';
import { createQuestions } from '../../../main/mcp/questions.ts';
import { CLIENTS } from '../../support/mcp-clients.ts';
import { errorOf, toolsGround } from './open-tools.ts';
import { smallBackup, stillService, type StillService } from './still-service.ts';

const MOST = 16;
const begun = (service: StillService) =>
  Promise.resolve(service.backUp({ connection: { name: 'local' }, collection: 'code' }));
const never = new AbortController().signal;

describe('open pieces of work', () => {
  const ground = toolsGround();
  const { open, openAs } = ground;
  const begin = () => ground.client.call('create_backup', { wait_seconds: 0 });

  it.each(CLIENTS)('are sixteen at most, and one that ends makes room: %s', async (kind) => {
    await openAs(kind);
    for (let n = 0; n < MOST; n++) expect((await begin()).structuredContent).toMatchObject({ status: 'running' });
    expect(errorOf(await begin())).toMatchObject({ code: 'BUSY', details: { reason: 'jobs', most: MOST } });
    const reading = await ground.client.call('verify_backup', { wait_seconds: 0 });
    expect(errorOf(reading)).toMatchObject({ code: 'BUSY' });
    await ground.client.call('cancel_job', { job_id: 'job-3' });
    expect((await begin()).structuredContent).toMatchObject({ status: 'running' });
    expect(errorOf(await begin()).code).toBe('BUSY');
  });

  it('that could not begin take no room', async () => {
    await open();
    ground.service.backUp = () => {
      throw new Error('not now');
    };
    for (let n = 0; n <= MOST; n++) expect(errorOf(await begin()).code).toBe('INTERNAL');
  });
});

const quiet = { note: () => undefined };
const asked = (key: string) => ({
  ...{ key, what: { connection: 'local', collection: 'a', key } },
  facts: () => Promise.resolve({ collection: 'a' } as ApprovalRequest),
});

describe('what counts as open', () => {
  it('is also what is about to begin', async () => {
    const service = stillService();
    const jobs = new AgentJobs(service, null, quiet);
    let go: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (go = resolve));
    const begin = () => jobs.begin('t', () => held.then(() => begun(service)));
    const all = Array.from({ length: MOST }, begin);
    await expect(begin()).rejects.toMatchObject({ code: 'BUSY' });
    go();
    await Promise.all(all);
    await expect(begin()).rejects.toMatchObject({ code: 'BUSY' });
  });

  it('is also what waits for an answer', () => {
    const service = stillService();
    const jobs = new AgentJobs(
      service,
      { requireOpen: () => undefined, ask: () => new Promise(() => undefined) },
      quiet,
    );
    const ask = (n: number) => jobs.ask('t', asked(`${n}`), () => begun(service));
    for (let n = 0; n < MOST; n++) ask(n);
    expect(() => ask(MOST)).toThrow(expect.objectContaining({ code: 'BUSY' }));
  });
});

it('of very many only what has ended is forgotten', async () => {
  const service = stillService();
  const jobs = new AgentJobs(service, null, quiet);
  const running = await jobs.begin('t', () => begun(service));
  const first = await jobs.begin('t', () => begun(service));
  service.set(first, { status: 'done' });
  for (let n = 0; n < 1000; n++) service.set(await jobs.begin('t', () => begun(service)), { status: 'failed' });
  expect(jobs.look(running).status).toBe('running');
  expect(() => jobs.look(first)).toThrow(expect.objectContaining({ code: 'JOB_NOT_FOUND' }));
});

it('sixteen may wait at once; who comes then is told how it stands, and waits again once there is room', async () => {
  const service = stillService();
  const jobs = new AgentJobs(service, null, quiet);
  const id = await jobs.begin('t', () => begun(service));
  const leaving = new AbortController();
  const wait = (signal = never) => jobs.watch(id, { ms: 60_000, signal });
  const all = [wait(leaving.signal), ...Array.from({ length: 15 }, () => wait())];
  expect(await wait()).toMatchObject({ status: 'running' });
  leaving.abort();
  expect(await all[0]).toMatchObject({ status: 'running' });
  let ended = false;
  const late = wait().then(() => (ended = true));
  await new Promise(setImmediate);
  expect(ended).toBe(false);
  service.set(id, { status: 'done' });
  expect(await Promise.all(all.slice(1))).toMatchObject(Array.from({ length: 15 }, () => ({ status: 'done' })));
  await late;
});

describe('patience', () => {
  const service = stillService();
  const jobs = new AgentJobs(service, null, quiet);
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => vi.useRealTimers());

  it.each([1, 20, 45])('of %i seconds ends then, and not before', async (seconds) => {
    const id = await jobs.begin('t', () => begun(service));
    let status: string | null = null;
    const waiting = jobs.watch(id, { ms: seconds * 1000, signal: never }).then((job) => (status = job.status));
    await vi.advanceTimersByTimeAsync(seconds * 1000 - 1);
    expect(status).toBeNull();
    await vi.advanceTimersByTimeAsync(1);
    expect(status).toBe('running');
    await waiting;
  });

  it('of none is an answer at once, and what has ended needs none', async () => {
    const id = await jobs.begin('t', () => begun(service));
    expect(await jobs.watch(id, { ms: 0, signal: never })).toMatchObject({ status: 'running' });
    service.set(id, { status: 'failed' });
    expect(await jobs.watch(id, { ms: 45_000, signal: never })).toMatchObject({ status: 'failed' });
  });
});

describe('a question', () => {
  const ground = toolsGround();
  const exact = { backup_name: 'first', conflict_strategy: 'exact', wait_seconds: 0 };
  let asked: ApprovalRequest[];
  let answer: (yes: boolean) => void;
  beforeEach(async () => {
    asked = [];
    vi.useFakeTimers({ toFake: ['Date'] });
    ground.service.backups = [smallBackup('first')];
    await ground.open((request) => {
      asked.push(request);
      return new Promise((resolve) => (answer = resolve));
    });
  });
  afterEach(() => vi.useRealTimers());
  const idOf = async (more: object = {}): Promise<string> => {
    const { structuredContent: told } = await ground.client.call('restore_backup', { ...exact, ...more });
    expect(told).toMatchObject({ status: 'awaiting_approval' });
    return String(told?.['job_id']);
  };
  const outcome = async (id: string) => ground.client.call('get_job', { job_id: id, wait_seconds: 5 });
  /** A dry run that has found so many points to be replaced. */
  const planOf = async (updated: number): Promise<unknown> => {
    const { structuredContent } = await ground.client.call('restore_backup', { ...exact, dry_run: true });
    const id = String(structuredContent?.['job_id']);
    const found = { new: 0, updated, removed: 0, targetFingerprint: 'f'.repeat(64) };
    ground.service.set(id, { status: 'done', result: found as never });
    return (await outcome(id)).structuredContent?.['plan_id'];
  };

  it('that waits for its answer is not asked twice, by whomever', async () => {
    const id = await idOf();
    const other = await ground.tools.connect('sdk 1.x');
    expect((await other.call('restore_backup', exact)).structuredContent).toMatchObject({ job_id: id });
    expect(await idOf({ safety_copy: false })).not.toBe(id);
    expect(asked).toHaveLength(1);
  });

  it('with another plan is another one; after a no it is not asked with any', async () => {
    const [few, many] = [await planOf(1), await planOf(900)];
    const first = await idOf({ plan_id: few });
    const second = await idOf({ plan_id: many });
    expect(second).not.toBe(first);
    expect(asked).toMatchObject([{ effect: { updated: 1 } }]);
    answer(false);
    expect(errorOf(await outcome(first))).toMatchObject({ code: 'APPROVAL_DENIED' });
    // That one waited already.
    answer(false);
    expect(errorOf(await outcome(second))).toMatchObject({ code: 'APPROVAL_DENIED' });
    const shown = asked.length;
    for (const more of [{}, { plan_id: await planOf(3) }]) {
      const said = errorOf(await ground.client.call('restore_backup', { ...exact, ...more }));
      expect(said).toMatchObject({ code: 'APPROVAL_DENIED', details: { reason: 'lately' } });
    }
    // It was good once, whatever came of it.
    const used = await ground.client.call('restore_backup', { ...exact, plan_id: few });
    expect(errorOf(used)).toMatchObject({ code: 'PLAN_GONE' });
    expect(asked).toHaveLength(shown);
    expect(ground.service.vaultAsked.filter((request) => !('dryRun' in request) || !request.dryRun)).toEqual([]);
  });

  it('is not asked by a plan that is older than ten minutes', async () => {
    const [young, old] = [await planOf(1), await planOf(1)];
    vi.advanceTimersByTime(10 * 60_000 - 1000);
    await idOf({ plan_id: young });
    vi.advanceTimersByTime(1000);
    const refused = await ground.client.call('restore_backup', { ...exact, plan_id: old });
    expect(errorOf(refused)).toMatchObject({ code: 'PLAN_GONE' });
    expect(asked).toHaveLength(1);
  });

  it('that waits behind another one is taken back at once', async () => {
    await idOf();
    const second = await idOf({ safety_copy: false });
    const cancelled = await ground.client.call('cancel_job', { job_id: second });
    expect(cancelled.structuredContent).toMatchObject({ status: 'cancelled', error: { code: 'CANCELLED' } });
    answer(false);
    expect(asked).toHaveLength(1);
  });
});

it('work that was taken back between the yes and its beginning is stopped', async () => {
  const service = stillService();
  const jobs = new AgentJobs(
    service,
    createQuestions(() => Promise.resolve(true)),
    quiet,
  );
  let go: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (go = resolve));
  let begins: () => void = () => undefined;
  const beginning = new Promise<void>((resolve) => (begins = resolve));
  const id = jobs.ask('t', asked('a'), async () => {
    begins();
    await held;
    return begun(service);
  });
  await beginning;
  jobs.cancel(id);
  go();
  const ended = await jobs.watch(id, { ms: 5000, signal: never });
  expect(ended).toMatchObject({ status: 'cancelled' });
  expect(service.jobs()).toMatchObject([{ status: 'cancelled' }]);
});
