import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { retryDelay, withRetry } from '../../../main/qdrant/retry.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');

describe('retryDelay', () => {
  it.each([
    [1, null, 250],
    [2, null, 500],
    [3, undefined, 1000],
    [7, null, 15_000],
    [1000, null, 15_000],
    [0, null, 250],
    [1, '30', 30_000],
    [1, ' 2.5 ', 2500],
    [1, '0', 250],
    [5, '1', 4000],
    [1, '99999999', 120_000],
    [1, 'Sun, 01 Mar 2026 12:00:10 GMT', 10_000],
    [1, 'Sun, 01 Mar 2026 11:00:00 GMT', 250],
    [1, '-5', 250],
    [1, 'soon', 250],
    [1, '', 250],
  ])('attempt %s with %s waits %s ms', (attempt, header, wait) => {
    expect(retryDelay(attempt, header, NOW)).toBe(wait);
  });
});

describe('withRetry', () => {
  beforeEach(() => void vi.useFakeTimers({ now: NOW, toFake: ['Date', 'setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  const never = { transience: () => ({ again: false }) };

  it('throws at once what does not pass', async () => {
    const work = vi.fn(() => Promise.reject(new Error('no')));
    await expect(withRetry(work, never)).rejects.toThrow('no');
    expect(work).toHaveBeenCalledTimes(1);
  });

  it('gives up when the wait would exceed the budget', async () => {
    const work = vi.fn(() => Promise.reject(new Error('busy')));
    const options = { transience: () => ({ again: true, retryAfter: '60' }), budgetMs: 59_000 };
    await expect(withRetry(work, options)).rejects.toThrow('busy');
    expect(work).toHaveBeenCalledTimes(1);
  });

  it('begins nothing when the signal is aborted already', async () => {
    const work = vi.fn(() => Promise.resolve(1));
    await expect(withRetry(work, { ...never, signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(work).not.toHaveBeenCalled();
  });
});

describe('withRetry and real time', () => {
  it('ends a wait as soon as it is aborted', async () => {
    const abort = new AbortController();
    const options = {
      transience: () => ({ again: true, retryAfter: '60' }),
      signal: abort.signal,
      onWait: () => setImmediate(() => abort.abort()),
    };
    const begun = performance.now();
    await expect(withRetry(() => Promise.reject(new Error('busy')), options)).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(performance.now() - begun).toBeLessThan(5000);
  });

  it('tries as often as told and says each wait', async () => {
    const waits: number[] = [];
    const work = vi.fn((attempt: number) =>
      attempt < 3 ? Promise.reject(new Error('busy')) : Promise.resolve(attempt),
    );
    const options = { transience: () => ({ again: true }), onWait: (wait: number) => void waits.push(wait) };
    expect(await withRetry(work, options)).toBe(3);
    expect(waits).toEqual([250, 500]);
    await expect(withRetry(() => Promise.reject(new Error('x')), { ...options, attempts: 1 })).rejects.toThrow('x');
    expect(waits).toHaveLength(2);
  });
});
