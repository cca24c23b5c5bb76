import { afterEach, expect, it, vi } from 'vitest';
import type { ApprovalRequest } from '../../../main/mcp/approval.ts';
import { createQuestions } from '../../../main/mcp/questions.ts';

afterEach(() => vi.useRealTimers());

const about = (collection: string): ApprovalRequest => ({
  ...{ kind: 'import', connection: 'local', collection, points: 5, path: '/exports/a.json', onConflict: 'merge' },
  ...{ allowModelMismatch: false, safetyCopy: true, effect: null },
});
const asked = (collection: string, key: string) => ({ connection: 'local', collection, key });
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
  const first = code(questions.ask(asked('a', 'a'), () => Promise.resolve(about('a')), never));
  const second = code(questions.ask(asked('b', 'b'), () => Promise.resolve(about('b')), never));
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
  const first = code(questions.ask(asked('a', 'a'), () => Promise.resolve(about('a')), never));
  const second = code(questions.ask(asked('b', 'b'), () => Promise.resolve(about('b')), taken.signal));
  const third = code(questions.ask(asked('c', 'c'), () => Promise.resolve(about('c')), never));
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
  const first = code(questions.ask(asked('a', 'a'), () => Promise.resolve(about('a')), taken.signal));
  void code(questions.ask(asked('b', 'b'), () => Promise.resolve(about('b')), never));
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
  expect(await code(questions.ask(asked('a', 'a'), () => Promise.resolve(about('a')), never))).toMatchObject(said);
  expect(shown[0]?.signal.aborted).toBe(true);
  expect(await code(questions.ask(asked('a', 'a'), () => Promise.resolve(about('a')), never))).toMatchObject(said);
  expect(shown).toHaveLength(2);
});

it('what was refused is not asked for ten minutes, and then it is', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  let shown = 0;
  const questions = createQuestions(() => Promise.resolve(++shown > 1));
  expect(await code(questions.ask(asked('a', 'a'), () => Promise.resolve(about('a')), never))).toMatchObject({
    code: 'APPROVAL_DENIED',
    params: {},
  });
  vi.advanceTimersByTime(10 * 60_000 - 1);
  expect(await code(questions.ask(asked('a', 'a'), () => Promise.resolve(about('a')), never))).toMatchObject({
    params: { reason: 'lately' },
  });
  expect(shown).toBe(1);
  vi.advanceTimersByTime(1);
  expect(await code(questions.ask(asked('a', 'a'), () => Promise.resolve(about('a')), never))).toBe('yes');
});

it('no more than eight wait', async () => {
  const { shown, approve } = person();
  const questions = createQuestions(approve);
  const taken = new AbortController();
  const all = Array.from({ length: 8 }, (_, n) =>
    code(questions.ask(asked('a', `${n}`), () => Promise.resolve(about('a')), taken.signal)),
  );
  expect(await code(questions.ask(asked('a', '8'), () => Promise.resolve(about('a')), never))).toMatchObject({
    code: 'BUSY',
    params: { reason: 'approval' },
  });
  taken.abort();
  await Promise.all(all);
  void code(questions.ask(asked('b', '9'), () => Promise.resolve(about('b')), never));
  await settled();
  expect(shown.at(-1)?.collection).toBe('b');
});

it('after three refusals about one index nothing more is asked about it for a while, whatever it is', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  let shown = 0;
  const questions = createQuestions(() => Promise.resolve(++shown > 3));
  for (const key of ['a1', 'a2', 'a3'])
    expect(await code(questions.ask(asked('a', key), () => Promise.resolve(about('a')), never))).toMatchObject({
      code: 'APPROVAL_DENIED',
    });
  expect(() => questions.requireOpen(asked('a', 'a4'))).toThrow(expect.objectContaining({ code: 'APPROVAL_DENIED' }));
  expect(shown).toBe(3);
  questions.requireOpen(asked('b', 'b1'));
  vi.setSystemTime(Date.now() + 10 * 60_000);
  expect(await code(questions.ask(asked('a', 'a4'), () => Promise.resolve(about('a')), never))).toBe('yes');
});

it('asks with the facts as they are when its turn comes', async () => {
  const { shown, approve } = person();
  const questions = createQuestions(approve);
  const first = code(questions.ask(asked('a', 'a'), () => Promise.resolve(about('a')), never));
  let name = 'before';
  const second = code(questions.ask(asked('b', 'b'), () => Promise.resolve(about(name)), never));
  await settled();
  name = 'after';
  shown[0]?.answer(true);
  await first;
  await settled();
  expect(shown[1]?.collection).toBe('after');
  shown[1]?.answer(true);
  await second;
});
