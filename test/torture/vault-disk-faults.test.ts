import { expect, test, vi } from 'vitest';
import { breakOffEverywhere, scenarios, WAYS } from '../support/vault-trials.ts';

vi.mock('node:fs', async (original) =>
  (await import('../support/failing-module.ts')).failingModule(await original<object>()),
);
vi.mock('node:fs/promises', async (original) =>
  (await import('../support/failing-module.ts')).failingModule(await original<object>()),
);

test.each(scenarios)('$name, broken off at every operation in every way', async (scenario) => {
  for (const how of Object.keys(WAYS) as (keyof typeof WAYS)[]) {
    const trials = await breakOffEverywhere(scenario, how, { full: true });
    console.log(`${scenario.name}, ${how}: at ${trials} operations`);
    expect(trials).toBeGreaterThan(8);
  }
});
