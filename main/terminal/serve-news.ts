import type { HistoryEntry, ProtectionView } from '../../preload/api.ts';
import type { Protection } from '../protection/protection.ts';
import { bytes, count, localTime, plain, printJson, type Streams } from './output.ts';
import { someOf } from './schedule-words.ts';

/** More happens between two looks only after a start; then the oldest are left to `status`. */
const MOST = 100;

/** Tells each run, skip and failure in a line, once, and when this program takes the schedules over. Returns how to stop. */
export function followNews(
  protection: Pick<Protection, 'history' | 'onChange' | 'view'>,
  streams: Streams,
  json: boolean,
): () => void {
  const known = new Set(newest(protection).map(({ id }) => id));
  let keeper = protection.view().keeper;
  return protection.onChange((view) => {
    const fresh = newest(protection).filter(({ id }) => !known.has(id));
    for (const { id } of fresh) known.add(id);
    if (view.keeper !== keeper) tellKeeper(view.keeper, streams, json);
    keeper = view.keeper;
    // What another program does it tells itself.
    if (keeper === 'here') for (const entry of fresh.reverse()) tell(entry, streams, json);
  });
}

const newest = (protection: Pick<Protection, 'history'>): HistoryEntry[] => protection.history({ limit: MOST }).entries;

function tell(entry: HistoryEntry, streams: Streams, json: boolean): void {
  const { kind, at, index, outcome, title, rotation } = entry;
  if (json) {
    const about = index ?? { connection: null, collection: null };
    const gone = kind === 'backup' ? { rotation: rotation ?? null } : {};
    printJson(streams, { event: kind, at, ...about, outcome, title, ...gone });
  } else streams.err.write(`${newsLine(entry)}${rotation === undefined ? '' : `; ${goneWords(rotation)}`}\n`);
}

/** "rotation removed 2 backups, 5.00 MB: code-20261122T140302Z and code-20261121T140302Z" */
function goneWords({ count: many, removed, bytesFreed }: NonNullable<HistoryEntry['rotation']>): string {
  const names = removed.length === 0 ? '' : `: ${someOf(removed)}`;
  return `rotation removed ${count(many)} ${many === 1 ? 'backup' : 'backups'}, ${bytes(bytesFreed)}${names}`;
}

/** "2026-11-24 02:30  code on local: Backed up 1,204 points, 12 changed" */
export function newsLine({ at, index, outcome, title }: HistoryEntry): string {
  const name = index === null ? '' : `${plain(index.collection)} on ${plain(index.connection)}: `;
  return `${localTime(at)}  ${outcome === 'failed' ? 'FAILED ' : ''}${name}${plain(title)}`;
}

function tellKeeper(keeper: ProtectionView['keeper'], streams: Streams, json: boolean): void {
  const at = new Date().toISOString();
  if (json) printJson(streams, { event: 'keeper', at, keeper });
  else if (keeper === 'here') streams.err.write(`${localTime(at)}  Runs the schedules from now on.\n`);
}
