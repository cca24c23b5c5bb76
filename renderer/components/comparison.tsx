import type { ErrorReport } from '../../preload/api.ts';
import type { Run } from '../live.ts';
import { ErrorCard, type Fix } from './error-card.tsx';
import { Progress, Working } from './progress.tsx';

interface ComparisonProps {
  readonly run: Run;
  /** "Comparing with the index" */
  readonly label: string;
  readonly fixes: (error: ErrorReport) => readonly Fix[];
}

/** A comparison with a backup until there are numbers to show: how far it is, or what went wrong. */
export function Comparison({ run, label, fixes }: ComparisonProps) {
  switch (run.status) {
    case 'starting':
      return <Working label={label} />;
    case 'running':
      return <Progress progress={run.job.progress} phase={label} />;
    case 'failed':
      return <ErrorCard error={run.error} work="backups" fixes={fixes(run.error)} />;
    default:
      return null;
  }
}
