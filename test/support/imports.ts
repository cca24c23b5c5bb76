/** Imports of small files, as strangers write them, into one server. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Fault } from '../../main/faults/fault.ts';
import type { ImportTask } from '../../main/jobs/tasks/import-task.ts';
import { failureOf } from './faults.ts';
import { runImport } from './server-text.ts';

/** Settings of a collection with one unnamed vector of two numbers. */
export const ONE = '{"vectors":{"size":2,"distance":"Dot"}}';

/** Texts of points that differ in nothing but their id. */
export const simple = (ids: readonly number[], vector: string, payload: string): string[] =>
  ids.map((id) => `{"id":${id},"vector":${vector},"payload":${payload}}`);

/** What a test says of an import; the target only where it is not the usual one. */
export type Given = Partial<ImportTask> & Pick<ImportTask, 'collection' | 'path'>;

export interface Imports {
  /** Writes texts of points into a file with this `metadata` and gives its path. */
  readonly fileOf: (points: readonly string[], metadata?: string) => Promise<string>;
  readonly bring: (task: Given) => ReturnType<typeof runImport>;
  /** The Fault with which an import ends that must not succeed. */
  readonly refusal: (task: Given) => Promise<Fault>;
}

/** `where` is asked at each use: the usual server and the folder for files are there only when the tests run. */
export function importing(where: () => { readonly url: string; readonly folder: string }): Imports {
  let serial = 0;
  const bring = (task: Given): ReturnType<typeof runImport> => runImport({ target: { url: where().url }, ...task });
  return {
    fileOf: async (points, metadata = '{"dimensions":2}') => {
      const path = join(where().folder, `file-${serial++}.json`);
      await writeFile(path, `{"version":"1.0","metadata":${metadata},"vectors":[${points.join(',\n')}]}`);
      return path;
    },
    bring,
    refusal: (task) => failureOf(bring(task)),
  };
}
