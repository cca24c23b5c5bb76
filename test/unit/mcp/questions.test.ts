import { afterEach, expect, it, vi } from 'vitest';
import type { ApprovalRequest } from '../../../main/mcp/approval.ts';
import { createQuestions } from '../../../main/mcp/questions.ts';

afterEach(() => vi.useRealTimers());

const about = (collection: string): ApprovalRequest => ({
  ...{ kind: 'import', connection: 'local', collection, points: 5, path: '/exports/a.json', onConflict: 'merge' },
  ...{ allowModelMismatch: false, safetyCopy: true, effect: null },
});
const never = new AbortController().signal;

/** A person who answers when told to. */
function person() {
  const shown: { readonly collection: string; readonly signal: AbortSignal; answer: (yes: boolean) => void }[] = [];
  const approve = ({ collection }: ApprovalRequest, signal: AbortSignal): Promise<boolean> =>
    new Promise((resolve) => shown.push({ collection, signal, answer: resolve }));
  return { shown, approve, names: () => shown.map(({ collection }) => collection) };
}
const settled = () => new Promise(setImmediate);
const code = (asked: Promise<void>): Promise<unknown> =>
  asked.then(
    () => 'yes',
    (error: unknown) => error,
  );

it('two questions are asked in turn, each with its own answer', async () => {
  const { shown, approve, names } = person();
  const questions = createQuestions(approve);
  const first = code(questions.ask(about('a'), 'a', never));
  const second = code(questions.ask(about('b'), 'b', never));
  await settled();
  expect(names()).toEqual(['a']);
  shown[0]?.answer(false);
  expect(await first).toMatchObject({ code: 'APPROVAL_DENIED', params: { collection: 'a' } });
  await settled();
  expect(names()).toEqual(['a', 'b']);
  shown[1]?.answer(true);
  expect(await second).toBe('yes');
});

it('one that waits for its turn is taken back at once, and never shown', async () => {
  const { shown, approve, names } = person();
  const questions = createQuestions(approve);
  const taken = new AbortController();
  const first = code(questions.ask(about('a'), 'a', never));
  const second = code(questions.ask(about('b'), 'b', taken.signal));
  const third = code(questions.ask(about('c'), 'c', never));
  await settled();
  taken.abort();
  expect(await second).toMatchObject({ code: 'CANCELLED' });
  shown[0]?.answer(true);
  expect(await first).toBe('yes');
  await settled();
  expect(names()).toEqual(['a', 'c']);
  shown[1]?.answer(true);
  expect(await third).toBe('yes');
});

it('the open one is taken back with its box, and the next one is asked', async () => {
  const { shown, approve, names } = person();
  const questions = createQuestions(approve);
  const taken = new AbortController();
  const first = code(questions.ask(about('a'), 'a', taken.signal));
  void code(questions.ask(about('b'), 'b', never));
  await settled();
  taken.abort();
  expect(await first).toMatchObject({ code: 'CANCELLED' });
  expect(shown[0]?.signal.aborted).toBe(true);
  await settled();
  expect(names()).toEqual(['a', 'b']);
  // Whatever the box says now.
  shown[0]?.answer(true);
  await settled();
  expect(names()).toEqual(['a', 'b']);
});

it('without an answer it is taken back in time, and may be asked again', async () => {
  const { shown, approve } = person();
  const questions = createQuestions(approve, 20);
  const said = { code: 'APPROVAL_NEEDED', params: { collection: 'a', reason: 'unanswered' } };
  expect(await code(questions.ask(about('a'), 'a', never))).toMatchObject(said);
  expect(shown[0]?.signal.aborted).toBe(true);
  expect(await code(questions.ask(about('a'), 'a', never))).toMatchObject(said);
  expect(shown).toHaveLength(2);
});

it('what was refused is not asked for ten minutes, and then it is', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  let shown = 0;
  const questions = createQuestions(() => Promise.resolve(++shown > 1));
  expect(await code(questions.ask(about('a'), 'a', never))).toMatchObject({ code: 'APPROVAL_DENIED', params: {} });
  vi.advanceTimersByTime(10 * 60_000 - 1);
  expect(await code(questions.ask(about('a'), 'a', never))).toMatchObject({ params: { reason: 'lately' } });
  expect(shown).toBe(1);
  vi.advanceTimersByTime(1);
  expect(await code(questions.ask(about('a'), 'a', never))).toBe('yes');
});

it('no more than eight wait', async () => {
  const { shown, approve } = person();
  const questions = createQuestions(approve);
  const taken = new AbortController();
  const asked = Array.from({ length: 8 }, (_, n) => code(questions.ask(about('a'), `${n}`, taken.signal)));
  expect(await code(questions.ask(about('a'), '8', never))).toMatchObject({
    code: 'BUSY',
    params: { reason: 'approval' },
  });
  taken.abort();
  await Promise.all(asked);
  void code(questions.ask(about('b'), '9', never));
  await settled();
  expect(shown.at(-1)?.collection).toBe('b');
});
