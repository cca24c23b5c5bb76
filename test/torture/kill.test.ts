import { it } from 'vitest';
import { runKillTrials } from '../support/kill-trials.ts';

it('exports and imports stopped at random moments: nothing half, nothing stuck, and a rerun succeeds', async () => {
  await runKillTrials(Number(process.env['VECTORKEEP_TRIALS'] ?? 100));
});
