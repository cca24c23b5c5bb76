import type { Clock } from '../schedule/scheduler.ts';

/** The time of this machine. */
export const wallClock: Clock = {
  now: () => Date.now(),
  steady: () => performance.now(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};
