import { expect, it } from 'vitest';
import { createPlans } from '../../../main/mcp/plans.ts';

const found = { fingerprint: 'f'.repeat(64), effect: { new: 1, updated: 2, removed: 3 } };

it('a plan is good once, and looking at it does not use it', () => {
  const plans = createPlans();
  const { id } = plans.make('a', found);
  expect(plans.look(id, 'a')).toMatchObject(found);
  expect(plans.take(id, 'a')).toMatchObject(found);
  expect(() => plans.take(id, 'a')).toThrow(expect.objectContaining({ code: 'PLAN_GONE' }));
  expect(() => plans.look('made up', 'a')).toThrow(expect.objectContaining({ code: 'PLAN_GONE' }));
});

it('is for the call that it was made for, and stays good when another one brings it', () => {
  const plans = createPlans();
  const { id } = plans.make('a', found);
  expect(() => plans.take(id, 'b')).toThrow(expect.objectContaining({ code: 'USAGE' }));
  expect(plans.take(id, 'a').id).toBe(id);
});

it('is good for ten minutes and no longer', () => {
  let now = Date.UTC(2026, 0, 1);
  const plans = createPlans(() => now);
  const { id, expiresAt } = plans.make('a', found);
  expect(expiresAt).toBe('2026-01-01T00:10:00.000Z');
  now += 10 * 60_000 - 1;
  expect(plans.look(id, 'a').id).toBe(id);
  now += 1;
  expect(() => plans.look(id, 'a')).toThrow(expect.objectContaining({ code: 'PLAN_GONE' }));
});

it('of many only the newest are remembered', () => {
  const plans = createPlans();
  const ids = Array.from({ length: 150 }, (_, at) => plans.make(`${at}`, found).id);
  expect(() => plans.look(ids[0] ?? '', '0')).toThrow(expect.objectContaining({ code: 'PLAN_GONE' }));
  expect(plans.look(ids[149] ?? '', '149').id).toBe(ids[149]);
  expect(plans.look(ids[60] ?? '', '60').id).toBe(ids[60]);
});
