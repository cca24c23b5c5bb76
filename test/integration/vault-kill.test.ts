import { it } from 'vitest';
import { runVaultKills } from '../support/vault-kills.ts';

it('a few backups, rotations and restores killed at random moments: no backup harmed, and a rerun succeeds', async () => {
  await runVaultKills(Number(process.env['VECTORKEEP_TRIALS'] ?? 7));
});
