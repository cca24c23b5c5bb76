import { expect, test } from 'vitest';
import { usualIndexChoices } from '../../../renderer/usual-index.ts';

const on = (connection: string, collection: string) => ({ connection, collection });
const labels = (parts: Partial<Parameters<typeof usualIndexChoices>[0]>): readonly string[] =>
  usualIndexChoices({ ...nothing, ...parts }).options.map(({ label }) => label);
const problem = (parts: Partial<Parameters<typeof usualIndexChoices>[0]>): string | null =>
  usualIndexChoices({ ...nothing, ...parts }).problem;

const nothing = { connections: ['Work', 'Home'], known: new Map<string, string[]>(), scheduled: [], chosen: null };

test('none is always a choice, and the only one where nothing is known', () => {
  expect(usualIndexChoices(nothing)).toEqual({ options: [{ key: '', label: 'None', index: null }], problem: null });
});

test('each index stands once, in order, with its connection where there are several', () => {
  expect(labels({ known: new Map([['Work', ['b10', 'b9', 'a']]]), scheduled: [on('Work', 'a')] })).toEqual([
    ...['None', 'a', 'b9', 'b10'],
  ]);
  const known = new Map([
    ['Work', ['code']],
    ['Home', ['code']],
  ]);
  expect(labels({ known })).toEqual(['None', 'code (Home)', 'code (Work)']);
});

test('an index under a schedule can be chosen while its Qdrant does not answer, but not once it is gone', () => {
  const scheduled = [on('Work', 'code'), on('Home', 'old'), on('Nowhere', 'x')];
  expect(labels({ scheduled, known: new Map([['Home', ['new']]]) })).toEqual(['None', 'code (Work)', 'new (Home)']);
});

test('one that is chosen stays to be seen, and says so when it is gone', () => {
  const chosen = on('Work', 'code');
  expect(problem({ chosen })).toBe(null);
  expect(labels({ chosen })).toEqual(['None', 'code']);
  expect(problem({ chosen, known: new Map([['Work', ['code']]]) })).toBe(null);
  expect(problem({ chosen, known: new Map([['Work', ['docs']]]) })).toBe(
    'There is no index “code” on “Work” any more.',
  );
  expect(labels({ chosen, known: new Map([['Work', ['docs']]]) })).toEqual(['None', 'code, no longer there', 'docs']);
  expect(problem({ chosen, connections: ['Home'] })).toBe('There is no connection “Work” any more.');
});
