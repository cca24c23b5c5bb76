import { afterAll, describe, expect, test, vi } from 'vitest';
import { fillInSteps, fillRealDisk, PAGE } from '../../support/vault-full-disk.ts';
import { scenarios } from '../../support/vault-trials.ts';

vi.mock('node:fs', async (original) =>
  (await import('../../support/failing-module.ts')).failingModule(await original<object>()),
);
vi.mock('node:fs/promises', async (original) =>
  (await import('../../support/failing-module.ts')).failingModule(await original<object>()),
);

/** What writes little is stopped at steps that are as little. `npm run torture` takes smaller ones, and each page. */
const stepOf = (name: string): number => {
  if (/rotation|pin/.test(name)) return 128;
  if (/nothing|sweeps/.test(name)) return 384;
  return /first/.test(name) ? 3 * PAGE : PAGE;
};
const pagesOf = (name: string): number => (/^the first|changes|dead/.test(name) ? 3 : 1);

const counts: string[] = [];
afterAll(() => console.log(`full:\n${counts.join('\n')}`));

describe('a disk that is full at any step: a clear error, no backup harmed, and with room again all goes on', () => {
  test.each(scenarios)('$name', async (scenario) => {
    const step = stepOf(scenario.name);
    const full = await fillInSteps(scenario, step);
    counts.push(`  ${scenario.name}: at ${full} steps of ${step} bytes`);
    expect(full).toBeGreaterThan(3);
  });
});

test.each(scenarios)('a real disk that is full at any size: $name', async (scenario) => {
  const full = await fillRealDisk(scenario, pagesOf(scenario.name));
  counts.push(`  ${scenario.name}: at ${full} sizes of a real disk`);
  expect(full).toBeGreaterThan(0);
});
