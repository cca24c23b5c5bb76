import { expect, test } from 'vitest';
import type { DayCell, DayState, ProtectedIndex, ProtectionView } from '../../../preload/api.ts';
import {
  dayName,
  formatDayAgo,
  formatSoon,
  isTroubled,
  lastGoodWords,
  legendOf,
  nextRunWords,
  shortened,
  standingOf,
  stripWords,
  testedWords,
  troubledDays,
  troubleWords,
  whatComes,
} from '../../../renderer/protection-words.ts';
import { at, backupOf, NOW } from '../../support/backup-summaries.ts';
import { indexOf } from '../../support/protection-views.ts';

const index = (more: Partial<ProtectedIndex> = {}): ProtectedIndex => indexOf('code', { nextRun: at(12), ...more });
const change = (what: 'shrank' | 'gone'): ProtectedIndex['change'] => ({
  ...{ what, at: at(-1), from: 10, to: 1, backup: null, message: '' },
});
const failedTest = { at: at(-30), ok: false, backup: 'b', message: '3 points came back different' };

test('every standing has words and a shape, and the worst is the one that is told', () => {
  const labels = (['safe', 'running', 'due', 'overdue', 'failing', 'paused', 'never', 'unprotected'] as const).map(
    (health) => standingOf(index({ health })).label,
  );
  expect(new Set(labels).size).toBe(labels.length);
  expect(standingOf(null).label).toBe('No schedule');
  expect(standingOf(index({ health: 'never', schedule: { kind: 'off' } })).label).toBe('No schedule');
  expect(standingOf(index({ change: change('shrank') })).label).toBe('Changed');
  expect(standingOf(index({ change: change('gone'), health: 'due' })).label).toBe('Gone');
  expect(standingOf(index({ change: change('shrank'), tested: failedTest })).label).toBe('Test failed');
  expect(standingOf(index({ change: change('shrank'), health: 'failing' })).label).toBe('Failing');
  expect(standingOf(index({ tested: failedTest, health: 'running' })).label).toBe('Backing up');
});

test('what somebody should look at', () => {
  const failure = { at: at(0), code: 'X', message: '', hint: '' };
  expect([null, index(), index({ health: 'never' }), index({ health: 'paused' })].map(isTroubled)).toEqual([
    ...[false, false, false, false],
  ]);
  expect(isTroubled(index({ health: 'overdue' }))).toBe(true);
  expect(isTroubled(index({ health: 'running', failure }))).toBe(true);
  expect(isTroubled(index({ health: 'paused', change: change('gone') }))).toBe(true);
  expect(isTroubled(index({ tested: failedTest }))).toBe(true);
});

test('moments ahead and days behind', () => {
  expect(formatSoon(at(1), NOW)).toBe('today at 15:30');
  expect(formatSoon(at(12), NOW)).toBe('tomorrow at 02:30');
  expect(formatSoon(at(36), NOW)).toBe('Tuesday at 02:30');
  expect(formatSoon(at(24 * 20), NOW)).toBe('12 December 2026 at 14:30');
  expect(formatDayAgo(at(-1), NOW)).toBe('today');
  expect(formatDayAgo(at(-15), NOW)).toBe('yesterday');
  expect(formatDayAgo(at(-24 * 3), NOW)).toBe('Thursday');
  expect(formatDayAgo(at(-24 * 9), NOW)).toBe('13 November 2026');
});

test('when the next run comes', () => {
  const words = (more: Partial<ProtectedIndex>, paused = false): string | null =>
    nextRunWords(index(more), paused, NOW);
  expect(nextRunWords(null, false, NOW)).toBeNull();
  expect(words({ schedule: { kind: 'off' }, nextRun: null })).toBeNull();
  expect(words({})).toBe('Tomorrow at 02:30');
  expect(words({ health: 'running' })).toBe('Running now');
  expect(words({ health: 'due' })).toBe('About to run');
  expect(words({ health: 'paused', nextRun: null }, true)).toBe('When you resume');
  expect(words({ nextRun: null })).toBe('None is planned');
  expect(words({ health: 'overdue', overdueSince: at(-2) })).toBe('Overdue since 12:30');
  expect(words({ health: 'overdue', overdueSince: at(-40) })).toBe('Overdue since Friday');
});

test('whether it was tried', () => {
  expect(testedWords(null, NOW)).toBeNull();
  expect(testedWords(index({ schedule: { kind: 'off' } }), NOW)).toBeNull();
  expect(testedWords(index(), NOW)).toEqual({ text: 'Not yet', ok: null });
  expect(testedWords(index({ tested: { ...failedTest, ok: true, message: null } }), NOW)?.text).toBe('Yesterday');
  expect(testedWords(index({ tested: failedTest }), NOW)).toEqual({ text: 'Yesterday, and it failed', ok: false });
});

test('the backup that can be rested on, and a newer one that cannot', () => {
  const good = { backup: 'b', at: at(-5), points: 1 };
  const damaged = backupOf(2, { verifiedAt: null });
  expect(lastGoodWords(null, null, NOW).text).toBe('Backups are not known right now');
  expect(lastGoodWords(null, good, NOW)).toEqual({ text: 'Last backup 5 h ago, verified', good: true, at: good.at });
  expect(lastGoodWords([], null, NOW)).toEqual({ text: 'Never backed up', good: false, at: null });
  expect(lastGoodWords([backupOf(2), backupOf(5)], good, NOW).text).toBe('Last backup 2 h ago, verified');
  expect(lastGoodWords([damaged], null, NOW)).toMatchObject({
    text: 'Last backup 2 h ago, damaged',
    good: false,
  });
  expect(lastGoodWords([damaged, backupOf(5)], good, NOW)).toMatchObject({
    ...{ text: 'Last good backup 5 h ago; the one 2 h ago is damaged', good: false, at: good.at },
  });
});

test('a sentence keeps its end in view, whatever indexes are called', () => {
  expect(shortened('“code” is safe.')).toBe('“code” is safe.');
  const long = `“${'a'.repeat(120)}” shrank, “${'b'.repeat(120)}” is gone`;
  expect(shortened(long)).toMatch(/^“a{22}…a{22}” shrank, “b{22}…b{22}” is gone$/);
});

test('what comes next, where the sentence does not say it', () => {
  const words = (sentence: string, nextRun: string | null, paused: ProtectionView['paused'] = null): string | null =>
    whatComes({ sentence, paused, nextRun }, NOW);
  expect(words('“code” is safe.', at(12))).toBe('Next run tomorrow at 02:30.');
  expect(words('“code” has no backup yet. The first comes tomorrow at 02:30.', at(12))).toBeNull();
  expect(words('“code” is safe.', null)).toBeNull();
  const since = at(-1);
  expect(words('The last backup of “code” failed.', null, { since, until: null })).toMatch(/until you resume/);
  expect(words('It failed.', at(20), { since, until: at(1) })).toBe('Paused until today at 15:30.');
  expect(words('Backups are paused until 15:30.', at(20), { since, until: at(1) })).toBeNull();
});

const days = (...states: DayState[]): DayCell[] =>
  states.map((state, n) => ({
    date: `2026-11-${String(23 - states.length + n).padStart(2, '0')}`,
    state,
    text: state,
  }));

test('the strip in words, and the days behind one press', () => {
  const strip = days('none', 'ran', 'failed', 'caught-up', 'skipped', 'overdue', 'failed');
  expect(stripWords(strip)).toBe('Last 7 days: 2 with a backup, 2 failed, 1 overdue, 1 skipped');
  expect(troubleWords(strip)).toBe('2 days failed, 1 overdue, 1 skipped');
  expect(troubleWords(days('skipped'))).toBe('1 day skipped');
  expect(troubleWords(days(...Array<DayState>(12).fill('skipped')))).toBe('12 days skipped');
  expect(troubledDays(strip).map(({ date }) => date)).toEqual([
    ...['2026-11-22', '2026-11-21', '2026-11-20', '2026-11-18'],
  ]);
  expect(legendOf([strip, days('none')])).toEqual(['ran', 'caught-up', 'skipped', 'failed', 'overdue', 'none']);
  expect(legendOf([days('none', 'ran')])).toEqual(['ran', 'none']);
  expect(['2026-11-22', '2026-11-21', '2026-11-15'].map((date) => dayName({ date }, NOW))).toEqual([
    ...['Today', 'Yesterday', 'Sunday, 15 November'],
  ]);
});
