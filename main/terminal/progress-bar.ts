import { isCounted, shareDone } from '../../preload/progress.ts';
import type { JobHandle, JobProgress } from '../service/types.ts';
import { bytes, columnsOf, count, duration, type Streams } from './output.ts';

const PHASES: Record<JobProgress['phase'], string> = {
  waiting: 'Waiting',
  preparing: 'Preparing',
  reading: 'Reading',
  validating: 'Validating',
  verifying: 'Verifying',
  sending: 'Sending',
  comparing: 'Comparing',
  finishing: 'Finishing',
};
const CELLS = 24;

/** One line of progress: `Reading  ████████────  12,000 of 20,000 points  58.1 MB  4,900/s  2 s left`. Pure. */
export function progressLine(progress: JobProgress, columns: number): string {
  const { phase, points, totalPoints, pointsPerSecond, secondsLeft } = progress;
  if (!isCounted(phase)) return PHASES[phase];
  const filled = Math.round((shareDone(progress) ?? 0) * CELLS);
  const parts = [
    PHASES[phase].padEnd(10),
    `${'█'.repeat(filled)}${'─'.repeat(CELLS - filled)}`,
    totalPoints === null ? `${count(points)} points` : `${count(points)} of ${count(totalPoints)} points`,
  ];
  if (progress.bytes > 0) parts.push(bytes(progress.bytes));
  if (points > 0 && pointsPerSecond > 0) parts.push(`${count(pointsPerSecond)}/s`);
  if (secondsLeft !== null && secondsLeft > 0) parts.push(`${duration(secondsLeft * 1000)} left`);
  let line = parts.shift() ?? '';
  for (const part of parts) {
    if (line.length + 2 + part.length >= columns) break;
    line += ` ${part} `;
  }
  return line.trimEnd();
}

/** Shows a job's progress on a terminal, and nothing elsewhere. Call what it returns before anything else is printed. */
export function showProgress(handle: JobHandle<unknown>, { err }: Streams): () => void {
  const columns = columnsOf(err);
  if (columns === null) return () => undefined;
  let shown = false;
  const stop = handle.onProgress((progress) => {
    err.write(`\r\u001b[K${progressLine(progress, columnsOf(err) ?? columns)}`);
    shown = true;
  });
  return () => {
    stop();
    if (shown) err.write('\r\u001b[K');
    shown = false;
  };
}
