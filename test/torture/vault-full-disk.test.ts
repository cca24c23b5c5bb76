import { expect, test, vi } from 'vitest';
import { fillInSteps, fillRealDisk } from '../support/vault-full-disk.ts';
import { scenarios } from '../support/vault-trials.ts';

vi.mock('node:fs', async (original) =>
  (await import('../support/failing-module.ts')).failingModule(await original<object>()),
);
vi.mock('node:fs/promises', async (original) =>
  (await import('../support/failing-module.ts')).failingModule(await original<object>()),
);

const stepOf = (name: string): number => (/rotation|pin|nothing|sweeps/.test(name) ? 32 : 512);

test.each(scenarios)('$name on a disk that is full at any step, and at any page of a real one', async (scenario) => {
  const step = stepOf(scenario.name);
  const full = await fillInSteps(scenario, step);
  const real = await fillRealDisk(scenario, 1);
  console.log(`${scenario.name}: full at ${full} steps of ${step} bytes and ${real} sizes of a real disk`);
  expect(full).toBeGreaterThan(10);
  expect(real).toBeGreaterThan(0);
});
