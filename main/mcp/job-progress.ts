import type { JobProgress } from '../service/types.ts';

/**
 * Steps of progress as the protocol wants them: always growing, although the points of a job start
 * again with each phase. Returns null when there is nothing new to tell.
 */
export function createProgressSteps(): (
  progress: JobProgress,
) => { progress: number; total?: number; message: string } | null {
  let phase: JobProgress['phase'] | null = null;
  let before = 0;
  let told = -1;
  return ({ phase: now, points, totalPoints }) => {
    if (phase !== null && phase !== now) before = told + 1;
    const isNews = phase !== now || before + points > told;
    phase = now;
    if (!isNews) return null;
    told = Math.max(before + points, told + 1);
    const of = totalPoints === null ? '' : ` of ${totalPoints}`;
    const total = totalPoints === null ? {} : { total: Math.max(before + totalPoints, told) };
    return { progress: told, ...total, message: `${now}: ${points}${of} points` };
  };
}
