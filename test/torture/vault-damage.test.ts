import { expect, test } from 'vitest';
import { damageEverywhere, smallVault } from '../support/vault-damage.ts';

const ALL = [0, 1, 2, 3, 4, 5, 6, 7];

test('every flipped bit and every truncation of a vault is found, with the backups that need the file', async () => {
  const vault = await smallVault();
  const tally = await damageEverywhere(
    vault,
    () => ALL,
    () => true,
  );
  console.log(`damaged: ${JSON.stringify(tally)}`);
  expect(tally.flips).toBe(tally.bytes * 8);
  expect(tally.truncations).toBe(tally.bytes);
});
