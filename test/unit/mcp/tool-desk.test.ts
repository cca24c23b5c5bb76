import { afterEach, expect, it, vi } from 'vitest';
import { startPatience } from '../../../main/mcp/tool-desk.ts';

afterEach(() => vi.useRealTimers());

it('what was spent on asking is not there for waiting, and patience never goes below zero', () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const left = startPatience(45);
  expect(left()).toBe(45);
  vi.advanceTimersByTime(30_000);
  expect(left()).toBe(15);
  vi.advanceTimersByTime(30_000);
  expect(left()).toBe(0);
});
