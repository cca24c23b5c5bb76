import { it } from 'vitest';
import { vaultGround } from '../support/backups.ts';
import { runSequences } from '../support/vault-run.ts';

const ground = vaultGround();

it('whatever happens to two indexes and their vault, many times: it is what a plain model says', async () => {
  await runSequences(ground, { numRuns: Number(process.env['VECTORKEEP_RUNS'] ?? 1000), limitMs: 3_000_000 });
});
