import { afterAll, describe, expect, test, vi } from 'vitest';
import { readCatalog } from '../../../main/vault/catalog.ts';
import { breakOffEverywhere, groundOf, scenarios, type WAYS } from '../../support/vault-trials.ts';

vi.mock('node:fs', async (original) =>
  (await import('../../support/failing-module.ts')).failingModule(await original<object>()),
);
vi.mock('node:fs/promises', async (original) =>
  (await import('../../support/failing-module.ts')).failingModule(await original<object>()),
);

/**
 * Some operations of each way, not the same in all: what is done after a failure differs little from one code to another.
 * `npm run torture` takes each operation in each way.
 */
const SOME: Record<keyof typeof WAYS, { readonly first: number; readonly every: number }> = {
  EIO: { first: 1, every: 5 },
  death: { first: 2, every: 3 },
  ENOSPC: { first: 3, every: 15 },
  'EIO from there on': { first: 4, every: 15 },
  'EIO in reading': { first: 5, every: 15 },
};
const cases = scenarios.flatMap((scenario) =>
  (Object.keys(SOME) as (keyof typeof WAYS)[]).map((how) => ({ what: scenario.name, how, scenario })),
);

test('mostly dead segments are written anew where that is what is broken off', async () => {
  for (const scenario of scenarios) {
    const ground = await groundOf(scenario, 60);
    const segments = await segmentsOfNewest(ground.base);
    await scenario.work(ground.base, ground.size);
    const kept = (await segmentsOfNewest(ground.base)).filter((sha256) => segments.includes(sha256));
    if (/mostly dead/.test(scenario.name)) expect(kept).not.toEqual(segments);
    else expect(kept).toEqual(segments);
  }
});
async function segmentsOfNewest(dir: string): Promise<string[]> {
  const { backups } = await readCatalog(dir);
  const code = backups.findLast(({ manifest }) => manifest.collection === 'code');
  return code?.manifest.segments.map(({ sha256 }) => sha256) ?? [];
}

const counts: string[] = [];
afterAll(() => console.log(`broken off:\n${counts.join('\n')}`));

describe('no operation on files that fails, and none that is the last, harms a backup', () => {
  test.each(cases)('$what: $how', { timeout: 60_000 }, async ({ what, how, scenario }) => {
    const { first, every } = SOME[how];
    // Two backups with a sweep each: what they do is mostly what the others do.
    const trials = await breakOffEverywhere(scenario, how, { first, every: every * (/sweeps/.test(what) ? 2 : 1) });
    counts.push(`  ${what}, ${how}: at ${trials} operations`);
    expect(trials).toBeGreaterThan(8 / every);
  });
});
