import { errorReport } from '../faults/explain.ts';
import { Fault } from '../faults/fault.ts';
import type { Job } from '../jobs/job-queue.ts';
import type { InspectOutcome } from '../jobs/tasks/inspect.ts';
import type { ArchiveSummary, JobView, Problem } from './types.ts';

/** A job as anyone outside may see it. */
export function jobView(job: Job): JobView {
  return {
    id: job.id,
    kind: job.kind,
    title: job.title,
    connection: job.connection,
    status: job.state,
    progress: job.progress,
    result: job.value as JobView['result'],
    error: job.fault === null ? null : errorReport(job.fault),
  };
}

/** What was found in a file, with its problem in words. */
export function archiveSummary(path: string, { problem, companions, ...outcome }: InspectOutcome): ArchiveSummary {
  return {
    path,
    valid: problem === null,
    problems: problem === null ? [] : [problemOf(Fault.fromData(problem))],
    ...outcome,
    companions: [...companions],
  };
}

function problemOf(fault: Fault): Problem {
  const { code, message, details } = errorReport(fault);
  const { offset, point, reason } = details;
  return {
    code: typeof reason === 'string' ? reason : code,
    message,
    ...(typeof offset === 'number' ? { offset } : {}),
    ...(typeof point === 'string' ? { point } : {}),
  };
}
