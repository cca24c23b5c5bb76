import { afterAll, describe, expect, test, vi } from 'vitest';
import { readCatalog } from '../../../main/vault/catalog.ts';
import { breakOffEverywhere, groundOf, scenarios, type WAYS } from '../../support/vault-trials.ts';

vi.mock('node:fs', async (original) =>
  (await import('../../support/failing-module.ts')).failingModule(await original<object>()),
);
vi.mock('node:fs/promises', async (original) =>
  (await import('../../support/failing-module.ts')).failingModule(await original<object>()),
);

/** `npm run torture` takes each operation in each way. */
const EVERY: Record<keyof typeof WAYS, number> = {
  EIO: 2,
  death: 1,
  ENOSPC: 6,
  'EIO from there on': 6,
  'EIO in reading': 6,
};
const cases = scenarios.flatMap((scenario) =>
  (Object.keys(EVERY) as (keyof typeof WAYS)[]).map((how) => ({ what: scenario.name, how, scenario })),
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
    // Two backups with a sweep each: what they do is mostly what the others do.
    const every = EVERY[how] * (/sweeps/.test(what) ? 4 : 1);
    const trials = await breakOffEverywhere(scenario, how, { every });
    counts.push(`  ${what}, ${how}: at ${trials} operations`);
    expect(trials).toBeGreaterThan(8 / every);
  });
});
