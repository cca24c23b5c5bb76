import { expect, test } from 'vitest';
import type { ProtectionView, Retention } from '../../../preload/api.ts';
import { shareOfAll, trayModel, type TrayItem, type TrayState } from '../../../main/shell/tray-model.ts';
import type { JobView } from '../../../main/service/types.ts';
import { indexOf, viewOf } from '../../support/protection-views.ts';

const two = [indexOf('code'), indexOf('docs')];
const calm: TrayState = {
  now: Date.parse('2026-11-23T12:00:00Z'),
  timeZone: 'UTC',
  connection: 'Home',
  unreachable: false,
  protection: viewOf(two),
  jobs: [],
  failed: null,
};
const protecting = (change: Partial<ProtectionView>, indexes = two): TrayState => ({
  ...calm,
  protection: viewOf(indexes, change),
});

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

/** The menu as a person reads it: `(label)` cannot be chosen, `• label` holds. */
function lines(items: readonly TrayItem[], depth = 0): string[] {
  const indent = '  '.repeat(depth);
  return items.flatMap((item) => {
    switch (item.kind) {
      case 'separator':
        return [`${indent}--`];
      case 'status':
        return [`${indent}(${item.label})`];
      case 'choice':
        return [`${indent}${item.chosen ? '• ' : ''}${item.label}`];
      case 'action':
        return [indent + (item.enabled ? item.label : `(${item.label})`)];
      case 'menu':
        return [`${indent}${item.enabled ? item.label : `(${item.label})`} >`, ...lines(item.items, depth + 1)];
    }
  });
}
const statusLines = (state: TrayState): string[] => {
  const { items } = trayModel(state);
  return items
    .slice(
      0,
      items.findIndex(({ kind }) => kind === 'separator'),
    )
    .flatMap((item) => lines([item]));
};
const under = (state: TrayState, label: string): readonly TrayItem[] => {
  const found = trayModel(state).items.find((item) => item.kind === 'menu' && item.label === label);
  return found?.kind === 'menu' ? found.items : [];
};

test('the whole menu, when all is well', () => {
  expect(lines(trayModel(calm).items)).toEqual([
    'All 2 indexes are safe. Last backup 12 min ago, tested Sunday.',
    '(Next backup tomorrow at 02:30)',
    '--',
    'Back up now >',
    '  All indexes',
    '  --',
    '  code',
    '  docs',
    'Pause >',
    '  For 1 hour',
    '  Until tomorrow',
    '  Until I resume',
    'Rotation >',
    '  • Keep all',
    '  Keep the last 7',
    '  Keep the last 14',
    '  Keep the last 30',
    '  --',
    '  Keep…',
    '--',
    'Open Vectorkeep',
    'Export…',
    'Import…',
    'Settings',
    '--',
    'Quit',
  ]);
});

const failed = { tone: 'failed', sentence: 'S.' } as const;
test.each<[string, TrayState, string, string[]]>([
  ['safe', calm, 'safe', ['(Next backup tomorrow at 02:30)']],
  [
    'working',
    { ...calm, jobs: [job(420, 1000)] },
    'working',
    ['(Exporting code, 42%)', '(Next backup tomorrow at 02:30)'],
  ],
  [
    'total unknown',
    { ...calm, jobs: [job(420, null)] },
    'working',
    ['(Exporting code)', '(Next backup tomorrow at 02:30)'],
  ],
  [
    'almost done is not done',
    { ...protecting({ nextRun: null }), jobs: [job(9999, 10_000)] },
    'working',
    ['(Exporting code, 99%)'],
  ],
  [
    'two jobs',
    { ...protecting({ nextRun: null }), jobs: [job(1, 2), job(0, 2, 'b')] },
    'working',
    ['(Exporting code and 1 more, 25%)'],
  ],
  [
    'the running one is named, not the one that waits',
    { ...protecting({ nextRun: null }), jobs: [{ ...job(0, null, 'Waiting'), status: 'queued' }, job(1, 2)] },
    'working',
    ['(Exporting code and 1 more, 50%)'],
  ],
  ['a run that is about to begin its job', protecting({ tone: 'working', nextRun: null }), 'working', []],
  ['a backup failed', protecting({ ...failed, nextRun: null }), 'failed', []],
  [
    'a backup failed, and other work goes on',
    { ...protecting({ ...failed, nextRun: null }), jobs: [job(1, 2)] },
    'failed',
    ['(Exporting code, 50%)'],
  ],
  [
    'an export failed',
    { ...protecting({ nextRun: null }), failed: 'Exporting code' },
    'failed',
    ['(Failed: Exporting code)'],
  ],
  [
    'work after an export that failed',
    { ...protecting({ nextRun: null }), failed: 'x', jobs: [job(1, 2)] },
    'working',
    ['(Exporting code, 50%)', '(Failed: x)'],
  ],
  ['unreachable', { ...protecting({ nextRun: null }), unreachable: true }, 'attention', ['(Cannot reach Home)']],
  ['attention', protecting({ tone: 'attention', nextRun: null }), 'attention', []],
  [
    'the vault cannot be read',
    protecting({ nextRun: null, warnings: [{ code: 'VAULT_GONE', message: 'The vault is not there.' }] }),
    'attention',
    ['(The vault is not there.)'],
  ],
  [
    'the vault cannot be read, and the sentence says so',
    protecting({ nextRun: null, sentence: 'Gone.', warnings: [{ code: 'VAULT_GONE', message: 'Gone.' }] }),
    'attention',
    [],
  ],
  ['due this moment', protecting({ nextRun: '2026-11-23T12:00:00.000Z' }), 'safe', ['(Next backup in a moment)']],
  ['nobody runs the schedules', protecting({ keeper: 'nobody' }), 'safe', []],
])('%s', (_name, state, icon, more) => {
  const model = trayModel(state);
  expect(model.icon).toBe(icon);
  // The first line is always the answer.
  expect(statusLines(state)).toEqual([state.protection.sentence, ...more]);
  expect(model.tooltip.startsWith('Vectorkeep: ')).toBe(true);
});

test('the tooltip is the answer, or the work with its percent', () => {
  expect(trayModel(calm).tooltip).toBe('Vectorkeep: All 2 indexes are safe. Last backup 12 min ago, tested Sunday.');
  expect(trayModel({ ...calm, jobs: [job(1, 4)] }).tooltip).toBe('Vectorkeep: Exporting code, 25%');
});

test('one index is backed up without a submenu; none cannot be; one that runs is not asked for again', () => {
  const item = (state: TrayState) =>
    trayModel(state).items.find((one) => 'label' in one && one.label === 'Back up now');
  expect(item(protecting({}, [indexOf('code')]))).toMatchObject({
    kind: 'action',
    enabled: true,
    action: { do: 'back-up' },
  });
  expect(item(protecting({}, [indexOf('code', { health: 'running' })]))).toMatchObject({ enabled: false });
  expect(item(protecting({}, []))).toMatchObject({ kind: 'action', enabled: false });
  expect(item(protecting({}, [indexOf('code', { schedule: { kind: 'off' } })]))).toMatchObject({ enabled: false });
  const running = protecting({}, [indexOf('code', { health: 'running' }), indexOf('docs')]);
  expect(lines(under(running, 'Back up now'))).toEqual(['All indexes', '--', '(code)', 'docs']);
});

test('fifty indexes on two servers: twenty are listed by name and server, and the rest is in the window', () => {
  const many = Array.from({ length: 50 }, (_, n) =>
    indexOf(`index-${n}`, { connection: n % 2 === 0 ? 'Home' : 'Work' }),
  );
  const items = under(protecting({}, many), 'Back up now');
  expect(items).toHaveLength(2 + 20 + 1);
  expect(items[3]).toMatchObject({
    label: 'index-1 (Work)',
    action: { indexes: [{ connection: 'Work', collection: 'index-1' }] },
  });
  expect(items.at(-1)).toMatchObject({ label: 'More…', action: { do: 'show' } });
});

test('while backups are paused the menu says until when, and resumes', () => {
  const paused = (until: string | null) => ({ since: '2026-11-23T11:00:00.000Z', until });
  const state = protecting({ tone: 'attention', paused: paused('2026-11-24T08:00:00.000Z') });
  expect(lines(under(state, 'Pause'))).toEqual(['(Paused until tomorrow at 08:00)', 'Resume backups']);
  expect(lines(under(protecting({ paused: paused(null) }), 'Pause'))[0]).toBe('(Paused until you resume)');
  // The sentence says so already, and what comes after the pause is not next.
  expect(statusLines(state)).toHaveLength(1);
});

test('without an index there is nothing to pause', () => {
  expect(
    trayModel(protecting({}, [])).items.find((item) => item.kind === 'menu' && item.label === 'Pause'),
  ).toMatchObject({ enabled: false });
});

test.each<[string, Retention | null, string]>([
  ['all', null, 'Keep all'],
  ['7', { keepLast: 7 }, 'Keep the last 7'],
  ['30, with rules that say nothing', { keepLast: 30, keepDaily: 0 }, 'Keep the last 30'],
  ['another number', { keepLast: 5 }, 'Custom'],
  ['one of ours and more', { keepLast: 7, keepMonthly: 12 }, 'Custom'],
  ['days only', { keepDaily: 7 }, 'Custom'],
])('rotation %s', (_name, keep, chosen) => {
  const items = under(protecting({ keep }), 'Rotation');
  expect(items.flatMap((item) => (item.kind === 'choice' && item.chosen ? [item.label] : []))).toEqual([chosen]);
  expect(items.some((item) => 'label' in item && item.label === 'Custom')).toBe(chosen === 'Custom');
  expect(items.find((item) => 'label' in item && item.label === 'Keep…')).toMatchObject({
    action: { do: 'show', place: 'settings' },
  });
});

test('work needs a connection', () => {
  const labels = lines(trayModel({ ...calm, connection: null }).items);
  expect(labels).toContain('(Export…)');
  expect(labels).toContain('(Import…)');
  expect(labels).toContain('Settings');
});

test('long names are shortened, and what is said of them stays', () => {
  const name = '😀'.repeat(200);
  const state = {
    ...protecting({ ...failed, sentence: `“${name}” is overdue. Last backup 3 days ago` }, [
      indexOf(name),
      indexOf('b'),
    ]),
    connection: name,
    unreachable: true,
    jobs: [job(1, 2, `Exporting ${name}`)],
    failed: `Exporting ${name}`,
  };
  expect(statusLines(state)[0]).toMatch(/^“😀+…” is overdue. Last backup 3 days ago$/u);
  for (const line of [...lines(trayModel(state).items), trayModel(state).tooltip])
    expect(Array.from(line).length).toBeLessThan(115);
});

test('the share counts bytes where points are not known, and is null when nothing is', () => {
  const bytes = job(0, null);
  expect(shareOfAll([{ ...bytes, progress: { ...bytes.progress, bytes: 30, totalBytes: 60 } }])).toBe(0.5);
  expect(shareOfAll([bytes])).toBeNull();
  expect(shareOfAll([])).toBeNull();
});
