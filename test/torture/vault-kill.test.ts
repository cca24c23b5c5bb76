import { it } from 'vitest';
import { runVaultKills } from '../support/vault-kills.ts';

it('backups, rotations and restores killed at random moments: no backup harmed, nothing stuck, and a rerun succeeds', async () => {
  await runVaultKills(Number(process.env['VECTORKEEP_TRIALS'] ?? 1000));
});
