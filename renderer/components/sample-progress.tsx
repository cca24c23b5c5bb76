import type { JobView } from '../../preload/api.ts';
import { ask } from '../client.ts';
import { Button } from './button.tsx';
import { Progress } from './progress.tsx';

/** The sample as it is made, with the way to call it off; `class` is the box it stands in. */
export function SampleProgress({ job, class: box }: { readonly job: JobView; readonly class: string }) {
  return (
    <div class={box}>
      <Progress progress={job.progress} />
      <div class="row">
        <Button onClick={() => void ask('jobs:cancel', { jobId: job.id })}>Cancel</Button>
      </div>
    </div>
  );
}
