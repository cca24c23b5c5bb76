import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { untilTheEnd } from '../../../main/terminal/idle.ts';

const MINUTE = 60_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const never = new AbortController().signal;

/** Minutes that go by until it ends. */
async function minutesUntilTheEnd(parts: Partial<Parameters<typeof untilTheEnd>[1]>): Promise<number> {
  const start = Date.now();
  let end = 0;
  void untilTheEnd(never, { minutes: 15, lastRequestAt: () => 0, isWorking: () => false, ...parts }).then(() => {
    end = Date.now();
  });
  await vi.advanceTimersByTimeAsync(600 * MINUTE);
  return end === 0 ? Infinity : (end - start) / MINUTE;
}

test('it ends when nobody ever asks', async () => {
  expect(await minutesUntilTheEnd({})).toBe(15);
  expect(await minutesUntilTheEnd({ minutes: 0.05 })).toBeCloseTo(0.05);
});

test('each request starts the time anew', async () => {
  const asked = Date.now() + 10 * MINUTE;
  expect(await minutesUntilTheEnd({ lastRequestAt: () => (Date.now() >= asked ? asked : 0) })).toBe(25);
});

test('work of an hour ends before it does, and counts until it has ended', async () => {
  const done = Date.now() + 60 * MINUTE;
  const minutes = await minutesUntilTheEnd({ isWorking: () => Date.now() < done });
  expect(minutes).toBeGreaterThan(74.9);
  expect(minutes).toBeLessThan(75.1);
});

test('without a time it waits for the signal', async () => {
  expect(await minutesUntilTheEnd({ minutes: undefined })).toBe(Infinity);
  const stop = new AbortController();
  const end = untilTheEnd(stop.signal, { minutes: undefined, lastRequestAt: () => 0, isWorking: () => false });
  stop.abort();
  expect(await end).toBe('signal');
});
