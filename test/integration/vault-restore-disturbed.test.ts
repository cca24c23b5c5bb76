import { describe, expect, it } from 'vitest';
import { explainFault } from '../../main/faults/explain.ts';
import { Fault } from '../../main/faults/fault.ts';
import type { RestoreOutcome } from '../../main/jobs/tasks/restore.ts';
import type { RestoreTask } from '../../main/jobs/tasks/restore-task.ts';
import { contentsOf, expectSound, vaultGround } from '../support/backups.ts';
import { failureOf } from '../support/faults.ts';
import { ONE, simple } from '../support/imports.ts';
import { callNow } from '../support/meanwhile.ts';
import { behindProxy, startProxy, type Rule } from '../support/proxy.ts';
import { call, count, create, pointTexts, settingsText, upsert } from '../support/server-text.ts';

const ground = vaultGround();
const { backUp, restore, list } = ground;
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, n) => from + n);
const TEXT = `{"a":"${'x'.repeat(2000)}"}`;

/** 2,000 points in about as many requests as there are pages; gives the backup's name. */
async function backedUp(collection: string): Promise<string> {
  await create(ground.url, collection, ONE);
  await call(
    ground.url,
    'PUT',
    `/collections/${collection}/index?wait=true`,
    '{"field_name":"a","field_schema":"keyword"}',
  );
  await upsert(ground.url, collection, simple(range(0, 2000), '[1,1]', TEXT));
  return (await backUp({ collection })).name;
}

/** Points 0 to 499 go, 500 to 999 change, 2000 to 2499 come. */
async function change(collection: string): Promise<void> {
  const gone = JSON.stringify({ points: range(0, 500) });
  await call(ground.url, 'POST', `/collections/${collection}/points/delete?wait=true`, gone);
  await upsert(ground.url, collection, simple(range(500, 1000), '[2,2]', '{"b":2}'));
  await upsert(ground.url, collection, simple(range(2000, 2500), '[3,3]', TEXT));
}

const names = async (): Promise<string> => call(ground.url, 'GET', '/collections');

/** Does something the first time that a phase begins. */
function when(at: string, act: () => void): { readonly onProgress: (phase: string) => void } {
  let done = false;
  return {
    onProgress: (phase) => {
      if (phase !== at || done) return;
      done = true;
      act();
    },
  };
}

/** Points that somebody else writes. */
function theirs(collection: string, ids: readonly number[]): void {
  const points = simple(ids, '[9,9]', '{"theirs":1}').join(',');
  callNow(ground.url, 'PUT', `/collections/${collection}/points?wait=true`, `{"points":[${points}]}`);
}

describe('somebody else writes to the target', () => {
  it('before the last look: every difference is counted, the first hundred are named', async () => {
    const backup = await backedUp('shared');
    await change('shared');
    let sent = false;
    const done = await restore(
      { backup, collection: 'shared', onConflict: 'exact', safetyCopy: false },
      {
        onProgress: (phase) => {
          if (phase === 'sending') sent = true;
          if (phase !== 'finishing' || !sent) return;
          sent = false;
          const points = '/collections/shared/points';
          callNow(ground.url, 'POST', `${points}/delete?wait=true`, JSON.stringify({ points: range(10, 160) }));
          callNow(
            ground.url,
            'PUT',
            `${points}?wait=true`,
            `{"points":[${simple([3, 7777], '[9,9]', '{}').join(',')}]}`,
          );
        },
      },
    );
    expect(done).toMatchObject({ verified: false, differences: { count: 152 } });
    expect(done.differences.points).toEqual([
      { point: '3', what: 'different' },
      ...range(10, 109).map((id) => ({ point: `${id}`, what: 'missing' })),
    ]);
  });

  it.each(['skip', 'overwrite', 'merge', 'exact'] as const)(
    '%s: what appears meanwhile under an id that was missing is in no safety copy, and left alone',
    async (onConflict) => {
      const collection = `racing-${onConflict}`;
      const backup = await backedUp(collection);
      await change(collection);
      const racing = when('sending', () => theirs(collection, [5]));
      const done = await restore({ backup, collection, onConflict }, racing);
      expect((await pointTexts(ground.url, collection)).get('5')).toContain('theirs');
      expect(done).toMatchObject({ verified: false });
      expect(done.differences.points).toContainEqual({ point: '5', what: 'different' });
    },
  );

  it('while the safety copy is taken: told', async () => {
    const backup = await backedUp('unsteady');
    await change('unsteady');
    const writing = when('reading', () => theirs('unsteady', [8888]));
    const done = await restore({ backup, collection: 'unsteady', onConflict: 'overwrite' }, writing);
    expect(done.notices).toContainEqual({ code: 'INDEX_MOVED', params: { before: 2000, after: 2001, of: 'backup' } });
  });

  it('that nobody was asked about: refused when it holds points by then, and left alone when it gets some later', async () => {
    const backup = await backedUp('unasked');
    const asked = { backup, onConflict: 'exact', mustBeEmpty: true } as const;
    const before = await pointTexts(ground.url, 'unasked');
    expect(await failureOf(restore({ ...asked, collection: 'unasked' }))).toMatchObject({ code: 'APPROVAL_NEEDED' });
    expect(await pointTexts(ground.url, 'unasked')).toEqual(before);
    expect(await list()).toHaveLength(1);
    for (const there of [true, false]) {
      const collection = `unasked-${there}`;
      if (there) await create(ground.url, collection, ONE);
      const done = await restore(
        { ...asked, collection },
        when('sending', () => theirs(collection, [5, 7777])),
      );
      expect((await pointTexts(ground.url, collection)).get('5')).toContain('theirs');
      expect(done).toMatchObject({ verified: false, createdCollection: !there, differences: { count: 2 } });
    }
  });

  it.each([true, false])('the collection goes away while points are sent; made by the restore: %s', async (made) => {
    const collection = `vanishing-${made}`;
    const backup = await backedUp(collection);
    await change(collection);
    const target = made ? `${collection}-new` : collection;
    const goes = when('sending', () => callNow(ground.url, 'DELETE', `/collections/${target}`));
    const restoring = restore({ backup, collection: target, onConflict: 'exact' }, goes);
    const fault = await failureOf(restoring);
    expect(fault.code).toBe('COLLECTION_NOT_FOUND');
    expect(await names()).not.toContain(`"${target}"`);
    await expectSound(ground);
    // What was there is in the safety copy; the backup itself can be restored as before.
    expect(await list()).toHaveLength(made ? 1 : 2);
    expect(fault.params['safety'] ?? null).toBe((await list())[1]?.manifest.name ?? null);
    expect(await restore({ backup, collection: target })).toMatchObject({ verified: true, createdCollection: true });
  });
});

describe('a restore that is cancelled', () => {
  /** The task through a proxy, cancelled at its n-th request; null: it was through before. */
  async function cancelledAt(n: number, task: Pick<RestoreTask, 'backup' | 'collection' | 'onConflict'>) {
    const controller = new AbortController();
    const proxy = await startProxy(ground.url, [], (seen) => {
      if (seen === n) controller.abort();
    });
    const target = { url: proxy.url };
    try {
      const restoring = restore({ ...task, target, source: ground.url }, { signal: controller.signal });
      // As a thread tells it that was asked to stop.
      const outcome = await restoring.catch((error: unknown) =>
        error instanceof Fault || !controller.signal.aborted ? error : new Fault('CANCELLED'),
      );
      return { outcome, requests: proxy.seen.length };
    } finally {
      await proxy.stop();
    }
  }

  it('at any moment: a new target is not there afterwards', async () => {
    const backup = await backedUp('source');
    const untouched = await contentsOf(ground.vault);
    const all = await cancelledAt(Infinity, { backup, collection: 'target', onConflict: 'skip' });
    expect(all.outcome).toMatchObject({ verified: true });
    await call(ground.url, 'DELETE', '/collections/target');
    let cancelled = 0;
    for (let n = 1; n <= all.requests; n += 2) {
      const { outcome } = await cancelledAt(n, { backup, collection: 'target', onConflict: 'skip' });
      if (outcome instanceof Error) {
        cancelled++;
        expect(outcome).toMatchObject({ code: 'CANCELLED' });
        expect(await names()).not.toContain('"target"');
      } else {
        expect((outcome as RestoreOutcome).verified).toBe(true);
        await call(ground.url, 'DELETE', '/collections/target');
      }
    }
    expect(cancelled).toBeGreaterThan(all.requests / 4);
    expect(await contentsOf(ground.vault)).toEqual(untouched);
    await restore({ backup, collection: 'target' });
    expect(await settingsText(ground.url, 'target')).toBe(await settingsText(ground.url, 'source'));
    expect(await pointTexts(ground.url, 'target')).toEqual(await pointTexts(ground.url, 'source'));
  });

  it('at any moment: an index that was there is finished by running it again, or put back from its safety copy', async () => {
    const backup = await backedUp('standing');
    const wanted = await pointTexts(ground.url, 'standing');
    await change('standing');
    const before = await pointTexts(ground.url, 'standing');
    const start = (await backUp({ collection: 'standing' })).name;
    const all = await cancelledAt(Infinity, { backup, collection: 'standing', onConflict: 'exact' });
    expect(all.outcome).toMatchObject({ verified: true });
    let [written, unharmed] = [0, 0];
    for (let n = 1; n <= all.requests; n += 5) {
      await restore({ backup: start, collection: 'standing', onConflict: 'exact', safetyCopy: false });
      const listed = (await list()).length;
      const { outcome } = await cancelledAt(n, { backup, collection: 'standing', onConflict: 'exact' });
      if (!(outcome instanceof Error)) continue;
      expect(outcome).toMatchObject({ code: 'CANCELLED' });
      const safety = outcome instanceof Fault ? outcome.params['safety'] : null;
      if (outcome instanceof Fault && /Nothing was left behind/.test(explainFault(outcome).hint)) {
        unharmed++;
        expect(await pointTexts(ground.url, 'standing')).toEqual(before);
        expect(await list()).toHaveLength(listed);
      }
      if (typeof safety === 'string') {
        written++;
        await restore({ backup: safety, collection: 'standing', onConflict: 'exact', safetyCopy: false });
      }
      expect(await pointTexts(ground.url, 'standing')).toEqual(before);
      const again = await restore({ backup, collection: 'standing', onConflict: 'exact' });
      expect(again).toMatchObject({ verified: true, plan: { new: 500, updated: 500, removed: 500 } });
      expect(await pointTexts(ground.url, 'standing')).toEqual(wanted);
    }
    expect(written).toBeGreaterThan(1);
    expect(unharmed).toBeGreaterThan(1);
    await expectSound(ground);
  });
});

describe('a bad network', () => {
  const WRITES = { method: 'PUT', path: /\/points\?/ };
  it.each<[string, Rule]>([
    ['requests cut off', { ...WRITES, after: 2, times: 2, fault: { kind: 'cut-request', bytes: 5000 } }],
    ['answers that never come', { ...WRITES, after: 1, times: 2, fault: { kind: 'cut-answer', bytes: 0 } }],
    ['503', { ...WRITES, after: 1, times: 2, fault: { kind: 'answer', status: 503 } }],
    ['deletes cut off', { path: /points\/delete/, times: 1, fault: { kind: 'cut-answer', bytes: 0 } }],
    ['pages cut off', { path: /points\/scroll/, after: 3, times: 2, fault: { kind: 'cut-answer', bytes: 3000 } }],
    ['500 for everything', { after: 9, times: 2, fault: { kind: 'answer', status: 502 } }],
  ])('%s: the restore is whole', async (what, rule) => {
    const collection = `bad-${what.replaceAll(' ', '-')}`;
    const backup = await backedUp(collection);
    const wanted = await pointTexts(ground.url, collection);
    await change(collection);
    const done = await behindProxy(ground.url, [rule], ({ url }) =>
      restore({ target: { url }, backup, collection, onConflict: 'exact' }),
    );
    expect(done).toMatchObject({ verified: true, plan: { new: 500, updated: 500, skipped: 1000, removed: 500 } });
    expect(await pointTexts(ground.url, collection)).toEqual(wanted);
    expect(await count(ground.url, collection)).toBe(2000);
    await expectSound(ground);
  });
});
