import { it } from 'vitest';
import { runKillTrials } from '../support/kill-trials.ts';

it('a few exports and imports stopped at random moments: nothing half, nothing stuck, and a rerun succeeds', async () => {
  await runKillTrials(Number(process.env['VECTORKEEP_TRIALS'] ?? 12));
});
