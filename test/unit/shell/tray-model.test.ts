import { expect, test } from 'vitest';
import { shareOfAll, trayModel, type TrayState } from '../../../main/shell/tray-model.ts';
import type { JobView } from '../../../main/service/types.ts';

const calm: TrayState = { connection: 'Home', found: { reachable: true, indexes: 4 }, jobs: [], failed: null };

function job(done: number, total: number | null, title = 'Exporting code'): JobView {
  return {
    id: title,
    kind: 'export',
    title,
    connection: null,
    status: 'running',
    progress: {
      phase: 'reading',
      points: done,
      totalPoints: total,
      bytes: 0,
      totalBytes: null,
      pointsPerSecond: 0,
      secondsLeft: null,
    },
    result: null,
    error: null,
  };
}

test.each<[string, Partial<TrayState>, string, string]>([
  ['calm', {}, 'safe', 'Ready: 4 indexes on Home'],
  ['one index', { found: { reachable: true, indexes: 1 } }, 'safe', 'Ready: 1 index on Home'],
  ['not looked yet', { found: null }, 'safe', 'Ready: Home'],
  ['nothing connected', { connection: null, found: null }, 'attention', 'Not connected to a Qdrant yet'],
  ['unreachable', { found: { reachable: false } }, 'attention', 'Cannot reach Home'],
  ['failed', { failed: 'Exporting code' }, 'failed', 'Failed: Exporting code'],
  [
    'failed and unreachable',
    { failed: 'Exporting code', found: { reachable: false } },
    'failed',
    'Failed: Exporting code',
  ],
  ['working', { jobs: [job(420, 1000)] }, 'working', 'Exporting code, 42%'],
  ['working, total unknown', { jobs: [job(420, null)] }, 'working', 'Exporting code'],
  ['almost done is not done', { jobs: [job(9999, 10_000)] }, 'working', 'Exporting code, 99%'],
  ['two jobs', { jobs: [job(1, 2), job(0, 2, 'b')] }, 'working', 'Exporting code and 1 more, 25%'],
  ['work after a failure', { failed: 'x', jobs: [job(1, 2)] }, 'working', 'Exporting code, 50%'],
])('%s', (_name, change, icon, line) => {
  const model = trayModel({ ...calm, ...change });
  expect(model.icon).toBe(icon);
  expect(model.items[0]).toEqual({ kind: 'status', label: line });
});

test('the menu is the same in every state; work needs a connection', () => {
  const actions = (state: TrayState) =>
    trayModel(state).items.flatMap((item) => (item.kind === 'action' ? [`${item.action} ${item.enabled}`] : []));
  expect(actions(calm)).toEqual(['open true', 'export true', 'import true', 'quit true']);
  expect(actions({ ...calm, connection: null })).toEqual(['open true', 'export false', 'import false', 'quit true']);
});

test('the tooltip has the percent, and long names do not make it wide', () => {
  expect(trayModel({ ...calm, jobs: [job(1, 4)] }).tooltip).toBe('Vectorkeep: working, 25%');
  const long = trayModel({ ...calm, found: null, connection: '😀'.repeat(200) }).tooltip;
  expect(Array.from(long).length).toBeLessThan(90);
  expect(long).toContain('…');
});

test('the share counts bytes where points are not known, and is null when nothing is', () => {
  const bytes = job(0, null);
  expect(shareOfAll([{ ...bytes, progress: { ...bytes.progress, bytes: 30, totalBytes: 60 } }])).toBe(0.5);
  expect(shareOfAll([bytes])).toBeNull();
  expect(shareOfAll([])).toBeNull();
});
