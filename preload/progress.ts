/** What progress reports mean, for whoever shows them. Apart from the contract's schemas: every job's thread loads this. */

/** Whether a phase counts what it does; how long the others take is not known, and they have no share. */
export function isCounted(phase: string): boolean {
  return ['reading', 'validating', 'verifying', 'sending', 'comparing'].includes(phase);
}

/** Share of a phase that is done, 0 to 1, by points where they are counted, else by bytes; null while it is not known. */
export function shareDone(progress: {
  readonly phase: string;
  readonly points: number;
  readonly totalPoints: number | null;
  readonly bytes: number;
  readonly totalBytes: number | null;
}): number | null {
  const { phase, points, totalPoints, bytes, totalBytes } = progress;
  if (!isCounted(phase)) return null;
  if (totalPoints !== null && totalPoints > 0) return Math.min(1, points / totalPoints);
  if (totalBytes !== null && totalBytes > 0) return Math.min(1, bytes / totalBytes);
  return null;
}
