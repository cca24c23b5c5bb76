import { expect, test, vi } from 'vitest';
import { breakOffMoves } from '../support/move-trials.ts';
import { WAYS } from '../support/vault-trials.ts';

vi.mock('node:fs', async (original) =>
  (await import('../support/failing-module.ts')).failingModule(await original<object>()),
);
vi.mock('node:fs/promises', async (original) =>
  (await import('../support/failing-module.ts')).failingModule(await original<object>()),
);

const cases = (Object.keys(WAYS) as (keyof typeof WAYS)[]).flatMap((how) => [
  { how, by: 'copying', links: false },
  { how, by: 'second names', links: true },
]);

test.each(cases)('a move by $by, broken off at each operation: $how', async ({ how, links }) => {
  const trials = await breakOffMoves(how, links, { full: true });
  console.log(`  ${how}: at ${trials} operations`);
  expect(trials).toBeGreaterThan(50);
});
