import { expect, test } from 'vitest';
import { Fault } from '../../../main/faults/fault.ts';
import { Fingerprint } from '../../../main/points/point-hash.ts';
import { NO_ID } from '../../../main/points/point-id.ts';
import { GroupChecks, type CheckGroup } from '../../../main/vault/segment-check.ts';

const shape = { vectors: [], sharded: false };

function checksOf(count: number, signal?: AbortSignal): GroupChecks {
  const checks = new GroupChecks('segment', shape, signal);
  for (let n = 0; n < count; n++) checks.add({ first: n * 10, rows: 10, chunks: [] });
  return checks;
}

/** Ids ascend with the groups. */
const whole: CheckGroup = ({ group: { first } }) => {
  const id = { ...NO_ID, kind: 1 };
  return Promise.resolve({ sums: new Fingerprint().sums, first: { ...id, w3: first }, last: { ...id, w3: first + 9 } });
};

test.each([30, 1])('of several that are damaged the first is named, found last or first: %i ms', async (delay) => {
  const checks = checksOf(4);
  const late: CheckGroup = async ({ group: { first } }) => {
    if (first === 0) return whole({ path: '', shape, group: { first, rows: 10, chunks: [] } });
    await new Promise((resolve) => setTimeout(resolve, first === 10 ? delay : 10));
    throw new Fault('BACKUP_DAMAGED', { reason: 'point', row: first });
  };
  await Promise.all([checks.work(late), checks.work(late)]);
  expect(() => checks.result).toThrow(expect.objectContaining({ params: { reason: 'point', row: 10 } }));
});

test('nothing more is begun once one is damaged, or somebody said stop', async () => {
  const seen: number[] = [];
  const second: CheckGroup = (what) => {
    seen.push(what.group.first);
    return what.group.first === 10 ? Promise.reject(new Fault('BACKUP_DAMAGED')) : whole(what);
  };
  const damaged = checksOf(5);
  await damaged.work(second);
  expect(seen).toEqual([0, 10]);
  const controller = new AbortController();
  const stopped = checksOf(5, controller.signal);
  await stopped.work((what) => {
    controller.abort();
    return whole(what);
  });
  expect(() => stopped.result).toThrow(controller.signal.reason as Error);
});

test('groups that do not follow one another are out of order', async () => {
  const checks = checksOf(3);
  await checks.work((what) =>
    whole({ ...what, group: { ...what.group, first: what.group.first === 10 ? 1 : what.group.first } }),
  );
  expect(() => checks.result).toThrow(
    expect.objectContaining({ params: expect.objectContaining({ reason: 'order', row: 10 }) as unknown }),
  );
});
