import { afterAll, expect, test, vi } from 'vitest';
import { breakOffMoves } from '../../support/move-trials.ts';
import type { WAYS } from '../../support/vault-trials.ts';

vi.mock('node:fs', async (original) =>
  (await import('../../support/failing-module.ts')).failingModule(await original<object>()),
);
vi.mock('node:fs/promises', async (original) =>
  (await import('../../support/failing-module.ts')).failingModule(await original<object>()),
);

/** `npm run torture` takes each operation in each way. */
const EVERY: Record<keyof typeof WAYS, number> = {
  ...{ EIO: 19, death: 11, ENOSPC: 37, 'EIO from there on': 31, 'EIO in reading': 67 },
};
const cases = (Object.keys(EVERY) as (keyof typeof WAYS)[]).flatMap((how) => [
  { how, by: 'copying', links: false },
  { how, by: 'second names', links: true },
]);

const counts: string[] = [];
afterAll(() => console.log(`broken off:\n${counts.join('\n')}`));

test.each(cases)(
  'a move by $by that is broken off anywhere ($how) leaves a whole vault where the settings say, and is finished by the next',
  { timeout: 60_000 },
  async ({ how, by, links }) => {
    const trials = await breakOffMoves(how, links, { every: EVERY[how] });
    counts.push(`  ${by}, ${how}: at ${trials} operations`);
    expect(trials).toBeGreaterThan(2);
  },
);
