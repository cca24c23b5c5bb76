import { PointScanner } from '../../points/point-scanner.ts';
import { scanRun } from '../../points/scan-run.ts';
import { deletePoints } from '../../qdrant/delete-points.ts';
import type { QdrantHttp } from '../../qdrant/http.ts';
import { PointWriter } from '../../qdrant/writer.ts';
import { pointRuns } from '../../vault/backup-points.ts';
import type { Selection } from '../../vault/compare.ts';
import type { RestoreTarget } from './restore-target.ts';

export interface Writing {
  readonly http: QdrantHttp;
  readonly target: Pick<RestoreTarget, 'name' | 'shardKeys' | 'canInsertOnly'>;
  readonly signal: AbortSignal;
  /** Points that the server has taken or removed, counted into; and whether it was asked to take or remove any. */
  readonly done: { points: number; sending: boolean };
  /** Called now and then. */
  readonly told: () => void;
}

/** Sends chosen points of a backup. `onlyNew`: what appears in the target meanwhile is left alone. */
export async function sendPoints(
  selection: Selection,
  how: 'onlyNew' | 'replace' | 'merge',
  { http, target, signal, done, told }: Writing,
): Promise<void> {
  if (selection.count === 0) return;
  const { name: collection, shardKeys, canInsertOnly } = target;
  const writer = new PointWriter(http, {
    ...{ collection, shardKeys, canInsertOnly, signal, dryRun: false },
    strategy: how === 'merge' ? 'merge' : 'insert',
    onlyNew: how === 'onlyNew',
  });
  const before = done.points;
  const count = (): void => {
    done.points = before + writer.counts.new + writer.counts.updated;
    told();
  };
  // As text where nothing depends on the single point.
  const asText = how !== 'merge' && shardKeys.length === 0;
  try {
    for await (const run of pointRuns(selection, signal)) {
      if (asText) writer.addText([run.text], run.points);
      else scanRun(new PointScanner(), [run.text], run.points, (scanner) => writer.add(scanner));
      await writer.drain();
      count();
    }
    await writer.finish();
  } finally {
    // Whatever is under way ends first: after this the counts do not change.
    await writer.settle();
    done.sending ||= writer.sending;
    count();
  }
}

/** Ids that are removed in one go, between two reports. */
const REMOVED_AT_ONCE = 1000;

/** Removes points by their ids as they stand in requests. */
export async function removePoints(
  ids: Iterable<string> | AsyncIterable<string>,
  { http, target, signal, done, told }: Writing,
): Promise<void> {
  const remove = async (some: readonly string[]): Promise<void> => {
    if (some.length === 0) return;
    done.sending = true;
    await deletePoints(http, { collection: target.name, shardKeys: target.shardKeys, ids: some }, signal);
    done.points += some.length;
    told();
  };
  let some: string[] = [];
  for await (const id of ids) {
    some.push(id);
    if (some.length < REMOVED_AT_ONCE) continue;
    await remove(some);
    some = [];
  }
  await remove(some);
}
