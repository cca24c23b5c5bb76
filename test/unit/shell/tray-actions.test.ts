import { expect, test } from 'vitest';
import { Fault } from '../../../main/faults/fault.ts';
import { createTrayActions, type TrayActionParts } from '../../../main/shell/tray-actions.ts';
import type { TrayAction } from '../../../main/shell/tray-model.ts';

/** What was done, in order, when `action` was asked for. */
async function doneBy(
  action: TrayAction,
  { removed = [] as string[], answer = false, fault = undefined as Fault | undefined } = {},
): Promise<string[]> {
  const done: string[] = [];
  const note = (what: string, value?: unknown): void => {
    if (fault !== undefined && what !== 'tell') throw fault;
    done.push(value === undefined ? what : `${what} ${JSON.stringify(value)}`);
  };
  const parts: TrayActionParts = {
    window: { show: (place) => note('show', place) },
    protection: {
      backUpNow: (indexes) => (note('back up', indexes), []),
      pause: (until) => note('pause', until),
      resume: () => note('resume'),
      setKeep: (keep) => note('keep', keep),
    },
    service: {
      prune: ({ dryRun }) => Promise.resolve({ removed, kept: [], bytesFreed: 1, dryRun, warnings: [] }),
    },
    dialogs: {
      confirm: ({ message }) => (done.push(`asked: ${message}`), Promise.resolve(answer)),
      tell: ({ message }) => (done.push(`told: ${message}`), Promise.resolve()),
    },
    quit: () => note('quit'),
  };
  createTrayActions(parts)(action);
  // All of it is done in microtasks.
  await new Promise((resolve) => setImmediate(resolve));
  return done;
}

test.each<[TrayAction, string[]]>([
  [{ do: 'show' }, ['show']],
  [{ do: 'show', place: 'export' }, ['show "export"']],
  [{ do: 'back-up' }, ['back up']],
  [
    { do: 'back-up', indexes: [{ connection: 'a', collection: 'b' }] },
    ['back up [{"connection":"a","collection":"b"}]'],
  ],
  [{ do: 'pause', until: 'hour' }, ['pause "hour"']],
  [{ do: 'resume' }, ['resume']],
  [{ do: 'keep', keep: null }, ['keep null']],
  [{ do: 'keep', keep: { keepLast: 7 } }, ['keep {"keepLast":7}']],
  [{ do: 'quit' }, ['quit']],
])('%j', async (action, done) => {
  expect(await doneBy(action)).toEqual(done);
});

test('a rotation that would delete backups is asked about first', async () => {
  const fewer: TrayAction = { do: 'keep', keep: { keepLast: 7 } };
  const asked = 'asked: Keep only the last 7 backups of each index?';
  expect(await doneBy(fewer, { removed: ['a'] })).toEqual([asked]);
  expect(await doneBy(fewer, { removed: ['a'], answer: true })).toEqual([asked, 'keep {"keepLast":7}']);
});

test('what cannot be done is told', async () => {
  const fault = new Fault('NO_SPACE', { path: '/settings.json' });
  expect(await doneBy({ do: 'pause', until: 'hour' }, { fault })).toEqual([
    'told: The disk is full: /settings.json could not be written.',
  ]);
});
