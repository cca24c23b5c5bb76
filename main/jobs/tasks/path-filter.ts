import picomatch from 'picomatch';
import { Fault } from '../../faults/fault.ts';
import { eachPath } from '../../vault/backup-points.ts';
import type { StoredBackup } from '../../vault/catalog.ts';
import { Selection } from '../../vault/compare.ts';

export type PathFilter = (path: string | null) => boolean;

/** Which files are meant: those that any of the patterns matches. Windows' own paths match too. Throws USAGE where the points name no files, or for what is no glob. */
export function pathFilter({ manifest }: StoredBackup, globs: readonly string[]): PathFilter {
  if (manifest.path_key === null)
    throw new Fault('USAGE', { reason: `The points of ${manifest.name} name no files, so none can be chosen.` });
  const negated = globs.find((glob) => /^!(?!\()/.test(glob));
  if (negated !== undefined)
    throw new Fault('USAGE', { reason: `"${negated}" says which files are not meant. Name those that are.` });
  try {
    const matches = picomatch([...globs], { dot: true, windows: true });
    return (path) => path !== null && matches(path);
  } catch (error) {
    throw new Fault('USAGE', { reason: `"${globs.join('", "')}" is no pattern for paths.` }, { cause: error });
  }
}

/** Of chosen points those whose file is meant. */
export async function selectPaths(
  backup: StoredBackup,
  chosen: Selection,
  filter: PathFilter | null,
  signal: AbortSignal,
): Promise<Selection> {
  const { path_key: pathKey } = backup.manifest;
  if (filter === null || pathKey === null) return chosen;
  const selected = new Selection(backup);
  await eachPath(chosen, pathKey, signal, (path, source, row) => {
    if (filter(path)) selected.add(source, row);
  });
  return selected;
}
