/** How protection stands, as tests of what shows it make it up. */
import type { ProtectedIndex, ProtectionView } from '../../preload/api.ts';

/** A safe index that is backed up every day. */
export function indexOf(collection: string, change: Partial<ProtectedIndex> = {}): ProtectedIndex {
  return {
    connection: 'Home',
    collection,
    schedule: { kind: 'daily', times: ['02:30'] },
    own: true,
    health: 'safe',
    lastGood: { backup: `${collection}-1`, at: '2026-11-22T02:30:10.000Z', points: 1000 },
    nextRun: '2026-11-24T02:30:00.000Z',
    overdueSince: null,
    failure: null,
    tested: null,
    change: null,
    days: [],
    ...change,
  };
}

export function viewOf(indexes: readonly ProtectedIndex[], change: Partial<ProtectionView> = {}): ProtectionView {
  return {
    tone: 'safe',
    sentence: `All ${indexes.length} indexes are safe. Last backup 12 min ago, tested Sunday.`,
    keeper: 'here',
    paused: null,
    keep: null,
    drill: { schedule: { kind: 'off' }, onConnections: false, nextRun: null },
    defaults: [],
    indexes: [...indexes],
    nextRun: indexes.length === 0 ? null : '2026-11-24T02:30:00.000Z',
    warnings: [],
    ...change,
  };
}
