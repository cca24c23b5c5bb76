import { FileSource } from '../archive/file-source.ts';
import { peekCollection } from '../archive/peek-collection.ts';
import { Fault } from '../faults/fault.ts';
import { runOnThread } from '../jobs/job-thread.ts';
import type { PeekTask } from '../jobs/tasks/peek.ts';

/** So many points are read here before the rest of a file is left to a thread of its own. */
const PEEK_POINTS = 500;

/** The index that a file names; USAGE when it names none. `workerScript` as in ServiceParts. */
export async function collectionInFile(
  workerScript: URL,
  { path, within }: PeekTask,
  signal: AbortSignal,
): Promise<string> {
  const source = await FileSource.open(path, within);
  let collection: string | null | undefined;
  try {
    collection = await peekCollection(source, signal, PEEK_POINTS);
  } finally {
    await source.close();
  }
  // A stranger's file may say it behind millions of points, and this thread has a window to serve.
  if (collection === undefined)
    ({ collection } = await runOnThread(
      workerScript,
      { kind: 'peek', task: { path, within } },
      signal,
      () => undefined,
    ));
  if (collection !== null && collection !== '') return collection;
  throw new Fault('USAGE', { reason: 'The file names no index: say into which it should go.' });
}
