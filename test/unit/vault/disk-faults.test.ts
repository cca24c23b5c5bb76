import { afterAll, describe, expect, test, vi } from 'vitest';
import { breakOffEverywhere, scenarios, type WAYS } from '../../support/vault-trials.ts';

vi.mock('node:fs', async (original) =>
  (await import('../../support/failing-module.ts')).failingModule(await original<object>()),
);
vi.mock('node:fs/promises', async (original) =>
  (await import('../../support/failing-module.ts')).failingModule(await original<object>()),
);

/** `npm run torture` takes each operation in each way. */
const EVERY: Record<keyof typeof WAYS, number> = {
  EIO: 1,
  death: 1,
  ENOSPC: 4,
  'EIO from there on': 4,
  'EIO in reading': 4,
};
const cases = scenarios.flatMap((scenario) =>
  (Object.keys(EVERY) as (keyof typeof WAYS)[]).map((how) => ({ what: scenario.name, how, scenario })),
);

const counts: string[] = [];
afterAll(() => console.log(`broken off:\n${counts.join('\n')}`));

describe('no operation on files that fails, and none that is the last, harms a backup', () => {
  test.each(cases)('$what: $how', { timeout: 60_000 }, async ({ what, how, scenario }) => {
    const trials = await breakOffEverywhere(scenario, how, { every: EVERY[how] });
    counts.push(`  ${what}, ${how}: at ${trials} operations`);
    expect(trials).toBeGreaterThan(8 / EVERY[how]);
  });
});
