import { useId } from 'preact/hooks';
import { isCounted, shareDone, type JobProgress } from '../../preload/api.ts';
import { formatBytes, formatCount, formatQuantity, formatRate, formatTimeLeft } from '../format.ts';

const phases: Record<JobProgress['phase'], string> = {
  waiting: 'Waiting for its turn',
  preparing: 'Getting ready',
  reading: 'Reading points',
  validating: 'Checking the file',
  verifying: 'Reading back and comparing',
  comparing: 'Comparing',
  sending: 'Writing points',
  finishing: 'Finishing',
};

interface ProgressProps {
  readonly progress: JobProgress;
  /** Words for a phase that mean more here than the usual ones. */
  readonly phase?: string;
}

/** Phase, bar, and the numbers under it. The numbers change too often to be read out; the phase is. */
export function Progress({ progress, phase }: ProgressProps) {
  const id = useId();
  const share = shareDone(progress);
  const name = phase ?? phases[progress.phase];
  return (
    <div class="progress">
      <div class="progress-head">
        <label for={id} aria-live="polite">
          {name}
        </label>
        <span class="progress-percent">{share === null ? '' : `${Math.floor(share * 100)}%`}</span>
      </div>
      {/* A bar of its own for each phase: one that served on would glide back from the end of the phase before. */}
      {share === null ? <progress id={id} /> : <progress key={progress.phase} id={id} max={1} value={share} />}
      <ul class="progress-numbers">
        {numbers(progress).map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
    </div>
  );
}

function numbers(progress: JobProgress): string[] {
  const { phase, points, totalPoints, bytes, pointsPerSecond, secondsLeft } = progress;
  if (!isCounted(phase)) return [];
  const of = totalPoints === null ? '' : `${formatCount(points)} of `;
  const list: string[] = [];
  if (points > 0 || totalPoints !== null) list.push(`${of}${formatQuantity(totalPoints ?? points, 'point')}`);
  if (bytes > 0) list.push(formatBytes(bytes));
  if (pointsPerSecond > 0) list.push(formatRate(pointsPerSecond));
  if (secondsLeft !== null) list.push(formatTimeLeft(secondsLeft));
  return list;
}

/** Work without numbers. Appears only after half a second, so that quick answers do not flicker. */
export function Working({ label }: { readonly label: string }) {
  const id = useId();
  return (
    <div class="progress working">
      <div class="progress-head">
        <label for={id} aria-live="polite">
          {label}
        </label>
      </div>
      <progress id={id} />
    </div>
  );
}
