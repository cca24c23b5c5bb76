import { expect, it } from 'vitest';
import { runYears } from '../support/schedule-year.ts';

it('years of schedules, whatever happens to the machine, its clock, the server and the disk', async () => {
  const years = Number(process.env['VECTORKEEP_RUNS'] ?? 100);
  const seen = await runYears(years);
  console.log(`${years} years: ${JSON.stringify(seen)}`);
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(years);
});
