import { FileSource } from '../../archive/file-source.ts';
import { peekCollection } from '../../archive/peek-collection.ts';
import type { TaskContext } from '../task-context.ts';

export interface PeekTask {
  readonly path: string;
  /** As for `openFile`. */
  readonly within?: string | undefined;
}

export interface PeekOutcome {
  /** null: the file names none. */
  readonly collection: string | null;
}

/** The collection that a file names, wherever in it. Throws BAD_ARCHIVE for what is met on the way. */
export async function peekArchive({ path, within }: PeekTask, { signal }: TaskContext): Promise<PeekOutcome> {
  const source = await FileSource.open(path, within);
  try {
    return { collection: (await peekCollection(source, signal)) ?? null };
  } finally {
    await source.close();
  }
}
