/** When a program that serves others ends. */

export interface Idleness {
  /** So long nothing may happen before it ends; undefined: for ever. */
  readonly minutes: number | undefined;
  /** Milliseconds since 1970; 0: nobody has asked yet. */
  readonly lastRequestAt: () => number;
  readonly isWorking: () => boolean;
}

/** Between two looks at most: work that went on in between counts as done at the later one. */
const LOOK_MS = 5000;

/** Resolves with the signal, or when nothing was asked and nothing went on for so long. */
export function untilTheEnd(
  signal: AbortSignal,
  { minutes, lastRequestAt, isWorking }: Idleness,
): Promise<'signal' | 'idle'> {
  const most = (minutes ?? Infinity) * 60_000;
  return new Promise((resolve) => {
    let since = Date.now();
    let timer: NodeJS.Timeout;
    const look = (): void => {
      clearTimeout(timer);
      if (isWorking()) since = Date.now();
      since = Math.max(since, lastRequestAt());
      const left = since + most - Date.now();
      if (!signal.aborted && left > 0) {
        timer = setTimeout(look, Math.min(left, LOOK_MS));
        return;
      }
      signal.removeEventListener('abort', look);
      resolve(signal.aborted ? 'signal' : 'idle');
    };
    signal.addEventListener('abort', look);
    look();
  });
}
