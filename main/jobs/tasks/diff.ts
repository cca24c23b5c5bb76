import { checkCollectionName } from '../../qdrant/collection-name.ts';
import { openControl } from '../../qdrant/control.ts';
import { QdrantHttp } from '../../qdrant/http.ts';
import type { QdrantTarget } from '../../qdrant/target.ts';
import { eachPath } from '../../vault/backup-points.ts';
import { findBackup, type StoredBackup } from '../../vault/catalog.ts';
import { compareBackups, type Selection } from '../../vault/compare.ts';
import { ProgressMeter } from '../progress-meter.ts';
import type { TaskContext } from '../task-context.ts';
import { compareWithIndex } from './live-comparison.ts';
import { Verifier } from '../../vault/verify.ts';
import { catalogIn, type VaultPlace } from './vault-place.ts';

export interface DiffTask {
  readonly vault: VaultPlace;
  readonly from: string;
  readonly to:
    | { readonly backup: string }
    | { readonly target: QdrantTarget; readonly collection: string | null; readonly pathKey: string | null };
}

type Change = 'added' | 'changed' | 'removed';
type Counts = Record<Change, number>;

export interface DiffOutcome extends Counts {
  readonly to: string;
  readonly same: number;
  readonly paths: readonly (Counts & { readonly path: string })[];
  /** Points that differ and are of no listed path. */
  readonly elsewhere: number;
}

/** Paths that are counted each for itself. */
const MOST_PATHS = 1000;

/** What became of a backup's points in a later backup, or in the index as it is now. Throws BACKUP_DAMAGED, as files with another checksum would give wrong numbers. */
export async function diffBackup(task: DiffTask, { signal, report }: TaskContext): Promise<DiffOutcome> {
  const meter = new ProgressMeter(report);
  meter.begin('preparing');
  const catalog = await catalogIn(task.vault);
  const from = findBackup(catalog, task.from);
  const verifier = new Verifier(task.vault.dir, { full: false, signal });
  await verifier.requireContent(from);
  if ('backup' in task.to) {
    const to = findBackup(catalog, task.to.backup);
    await verifier.requireContent(to);
    return diffOfBackups(from, to, signal);
  }
  const { target } = task.to;
  const control = openControl(target, signal);
  const collection = await control.resolve(task.to.collection ?? from.manifest.collection);
  // A backup may come from anywhere, and calls its index as it likes.
  checkCollectionName(collection);
  const pathKey = from.manifest.path_key ?? task.to.pathKey;
  const http = new QdrantHttp(target, 2);
  try {
    meter.begin('comparing', { points: (await control.measure(collection)).count });
    const byPath = new ByPath();
    const { missing, different, same, extra } = await compareWithIndex(http, {
      ...{ collection, backup: from, pathKey, signal, meter },
      onDifference: (what, _, { path }) => {
        if (what !== 'missing') byPath.add(what === 'extra' ? 'added' : 'changed', path);
      },
    });
    await countPaths(byPath, 'removed', missing, pathKey, signal);
    const counts = { added: extra, changed: different.count, removed: missing.count, same };
    return { to: collection, ...counts, ...byPath.result() };
  } finally {
    http.close();
  }
}

async function diffOfBackups(from: StoredBackup, to: StoredBackup, signal: AbortSignal): Promise<DiffOutcome> {
  const { comparison, added, changed } = await compareBackups(from, to, signal);
  const { missing } = comparison;
  const byPath = new ByPath();
  await countPaths(byPath, 'added', added, to.manifest.path_key, signal);
  await countPaths(byPath, 'changed', changed, to.manifest.path_key, signal);
  await countPaths(byPath, 'removed', missing, from.manifest.path_key, signal);
  const counts = { added: added.count, changed: changed.count, removed: missing.count, same: comparison.same };
  return { to: to.manifest.name, ...counts, ...byPath.result() };
}

async function countPaths(
  byPath: ByPath,
  change: Change,
  selection: Selection,
  pathKey: string | null,
  signal: AbortSignal,
): Promise<void> {
  if (pathKey === null) byPath.elsewhere += selection.count;
  else await eachPath(selection, pathKey, signal, (path) => byPath.add(change, path));
}

/** Changes by path, as many paths as a person may want to see. */
class ByPath {
  elsewhere = 0;
  readonly #paths = new Map<string, Counts>();

  add(change: Change, path: string | null): void {
    const counts = path === null ? undefined : this.#of(path);
    if (counts === undefined) this.elsewhere++;
    else counts[change]++;
  }

  #of(path: string): Counts | undefined {
    const known = this.#paths.get(path);
    if (known !== undefined || this.#paths.size >= MOST_PATHS) return known;
    const counts = { added: 0, changed: 0, removed: 0 };
    this.#paths.set(path, counts);
    return counts;
  }

  result(): Pick<DiffOutcome, 'paths' | 'elsewhere'> {
    const paths = [...this.#paths].map(([path, counts]) => ({ path, ...counts }));
    const size = ({ added, changed, removed }: Counts): number => added + changed + removed;
    // The most changed first.
    paths.sort((a, b) => size(b) - size(a) || (a.path < b.path ? -1 : 1));
    return { paths, elsewhere: this.elsewhere };
  }
}
