import { expect, it } from 'vitest';
import { JobQueue } from '../../../main/jobs/job-queue.ts';

it('who is cancelled while waiting lets nobody in before those who are still at work', async () => {
  const queue = new JobQueue(new URL('file:///nowhere.js'));
  const never = new AbortController().signal;
  const order: string[] = [];
  let end: () => void = () => undefined;
  const first = queue.inTurn('vault', never, async () => {
    order.push('first begins');
    await new Promise<void>((resolve) => (end = resolve));
    order.push('first ends');
  });
  const tired = new AbortController();
  const second = queue.inTurn('vault', tired.signal, () => Promise.resolve(order.push('second')));
  tired.abort();
  await expect(second).rejects.toMatchObject({ code: 'CANCELLED' });
  const third = queue.inTurn('vault', never, () => Promise.resolve(order.push('third')));
  await new Promise(setImmediate);
  end();
  await Promise.all([first, third]);
  expect(order).toEqual(['first begins', 'first ends', 'third']);
});
