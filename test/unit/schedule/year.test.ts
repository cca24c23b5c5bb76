import { expect, test } from 'vitest';
import { runYears } from '../../support/schedule-year.ts';

test('a year of schedules, whatever happens to the machine, its clock, the server and the disk', async () => {
  const { runs } = await runYears(1);
  expect(runs).toBeGreaterThan(100);
}, 120_000);
