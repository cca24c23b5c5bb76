import { expect, test } from 'vitest';
import type { HistoryEntry } from '../../../preload/api.ts';
import {
  firstQuestion,
  historyDays,
  indexChoices,
  isFiltered,
  joined,
  metWith,
  nextQuestion,
  NO_FILTER,
} from '../../../renderer/history-list.ts';
import { at, NOW } from '../../support/backup-summaries.ts';

const CODE = { connection: 'Local', collection: 'code' };
const entry = (id: string, at: string, index: HistoryEntry['index'] = CODE): HistoryEntry => ({
  ...{ id, at, index, kind: 'backup', outcome: 'ok', title: id, lines: [] },
});

test('only what is chosen is asked for', () => {
  expect(firstQuestion(NO_FILTER, 0)).toEqual({ limit: 100 });
  expect(firstQuestion({ index: CODE, kind: 'drill', outcome: 'failed' }, 0)).toEqual({
    ...{ index: CODE, kind: 'drill', outcome: 'failed', limit: 100 },
  });
  expect([NO_FILTER, { ...NO_FILTER, kind: 'drill' as const }].map(isFiltered)).toEqual([false, true]);
});

test('lines that are on the screen stay there when it is asked again', () => {
  expect(firstQuestion(NO_FILTER, 240).limit).toBe(240);
  expect(firstQuestion(NO_FILTER, 2400).limit).toBe(500);
});

test('a page that ends among lines of one moment loses none of them', () => {
  const moment = '2026-11-22T10:00:00.000Z';
  const page = [entry('4', '2026-11-22T11:00:00.000Z'), entry('3', moment), entry('2', moment)];
  const question = nextQuestion(NO_FILTER, page);
  // Main gives what is earlier than `before`.
  expect(question).toEqual({ before: '2026-11-22T10:00:00.001Z', limit: 102 });
  const older = [entry('3', moment), entry('2', moment), entry('1', moment), entry('0', '2026-11-21T10:00:00.000Z')];
  expect(joined(page, older).map(({ id }) => id)).toEqual(['4', '3', '2', '1', '0']);
  expect(nextQuestion(NO_FILTER, [])).toEqual({ limit: 100 });
});

test('days have headings', () => {
  const entries = [entry('c', at(-1)), entry('b', at(-2)), entry('a', at(-20)), entry('0', at(-200))];
  expect(historyDays(entries, NOW).map(({ title, entries: of }) => [title, of.length])).toEqual([
    ['Today', 2],
    ['Yesterday', 1],
    ['Saturday, 14 November 2026', 1],
  ]);
});

test('indexes to choose from: protected, met, chosen; with their connection where there are several', () => {
  const docs = { connection: 'Local', collection: 'docs' };
  const cloud = { connection: 'Cloud', collection: 'code' };
  expect(indexChoices(null, [docs, CODE], null).map(({ label }) => label)).toEqual(['code', 'docs']);
  expect(indexChoices(null, [docs, CODE], cloud).map(({ label }) => label)).toEqual([
    ...['code (Cloud)', 'code (Local)', 'docs (Local)'],
  ]);
  const met = metWith([CODE], [entry('1', 't', null), entry('2', 't', docs), entry('3', 't')]);
  expect(met).toEqual([CODE, docs]);
  expect(metWith(met, [entry('4', 't', docs)])).toBe(met);
});
