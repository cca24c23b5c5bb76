import { expect, test } from 'vitest';
import { Rounds } from '../../../main/protection/rounds.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

function begun() {
  const clock = new VirtualClock(0);
  const waiting: (() => void)[] = [];
  let begun = 0;
  const work = (): Promise<void> => {
    begun++;
    return new Promise((resolve) => waiting.push(resolve));
  };
  const rounds = new Rounds(clock, 1000, work, () => undefined);
  const finish = async (): Promise<void> => {
    waiting.splice(0).forEach((resolve) => resolve());
    await settled();
  };
  return { clock, rounds, finish, count: () => begun };
}
const settled = async (): Promise<void> => {
  for (let n = 0; n < 9; n++) await Promise.resolve();
};

test('one follows another, counted from the end', async () => {
  const { clock, rounds, finish, count } = begun();
  void rounds.now();
  await clock.run(5000, settled);
  expect(count()).toBe(1);
  await finish();
  await clock.run(999, settled);
  expect(count()).toBe(1);
  await clock.run(1, settled);
  expect(count()).toBe(2);
});

test('what is asked for while one goes on comes right after it, once', async () => {
  const { rounds, finish, count } = begun();
  const first = rounds.now();
  void rounds.now();
  const third = rounds.now();
  expect([count(), third === first]).toEqual([1, true]);
  await finish();
  expect(count()).toBe(2);
  await finish();
  await third;
  expect(count()).toBe(2);
});

test('the end waits for the one that goes on, and no other begins', async () => {
  const { clock, rounds, finish, count } = begun();
  void rounds.now();
  void rounds.now();
  const end = rounds.end();
  await finish();
  await end;
  await rounds.now();
  await clock.run(9000, settled);
  expect(count()).toBe(1);
});

test('one that fails is told, and the next one comes', async () => {
  const clock = new VirtualClock(0);
  const failures: unknown[] = [];
  const rounds = new Rounds(
    clock,
    1000,
    () => Promise.reject(new Error('no')),
    (error) => failures.push(error),
  );
  await rounds.now();
  await clock.run(1000, settled);
  expect(failures).toHaveLength(2);
  await rounds.end();
});
