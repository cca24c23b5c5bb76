import { it } from 'vitest';
import { vaultGround } from '../support/backups.ts';
import { runSequences } from '../support/vault-run.ts';

const ground = vaultGround();

it('whatever happens to two indexes and their vault, it is what a plain model says', async () => {
  await runSequences(ground, { numRuns: 12, limitMs: 60_000 });
});
