import { it } from 'vitest';
import { runVaultKills } from '../support/vault-kills.ts';

// Some two seconds each, twice that on a busy machine.
it('backups, rotations and restores killed at random moments: no backup harmed', { timeout: 7_200_000 }, async () => {
  await runVaultKills(Number(process.env['VECTORKEEP_TRIALS'] ?? 1000));
});
