/** A settings folder as it is after some weeks: connections, a vault's place, and a history of every kind of day. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HistoryRecord } from '../../main/schedule/history.ts';
import { defaultSettings, type ProtectionRule, type Settings } from '../../main/settings/schema.ts';

const DAY_MS = 86_400_000;

export interface HomeFacts {
  /** Name -> address; the first is in use. */
  readonly connections: Readonly<Record<string, string>>;
  readonly rules?: readonly ProtectionRule[];
  readonly history?: readonly HistoryRecord[];
  /** Indexes that were seen, by connection. */
  readonly seen?: Readonly<Record<string, readonly string[]>>;
}

/** Writes `settings.json`, `history.jsonl` and `watch.json` into `dir`, which is made. The vault is `dir`/vault. */
export function writeHome(dir: string, { connections, rules = [], history = [], seen = {} }: HomeFacts): void {
  // A folder that was chosen is there.
  mkdirSync(join(dir, 'vault'), { recursive: true });
  const none = defaultSettings();
  const settings: Settings = {
    ...none,
    connections: Object.entries(connections).map(([name, url]) => ({
      ...{ name, kind: 'url', url, model: null, pathKey: null, key: null },
    })),
    current: Object.keys(connections)[0] ?? null,
    vaultFolder: join(dir, 'vault'),
    protection: { ...none.protection, rules: [...rules] },
  };
  const watch = {
    seen: Object.entries(seen).flatMap(([connection, names]) =>
      names.map((collection) => ({
        ...{ connection, collection, source: connections[connection] ?? '', points: 10, shape: '', acceptedAt: null },
        firstSeen: new Date(Date.now() - 30 * DAY_MS).toISOString(),
      })),
    ),
    ...{ changes: [], scratch: [], told: [] },
  };
  writeFileSync(join(dir, 'settings.json'), JSON.stringify(settings));
  writeFileSync(join(dir, 'watch.json'), JSON.stringify(watch));
  writeFileSync(join(dir, 'history.jsonl'), history.map((record) => `${JSON.stringify(record)}\n`).join(''));
}

type Run = Extract<HistoryRecord, { kind: 'run' }>;

/** A run `daysAgo`, at three in the afternoon of UTC, or `at`. */
export function runOn(daysAgo: number, index: Run['index'], more: Partial<Run> = {}): Run {
  const at = new Date(new Date().setUTCHours(15, 0, 0, 0) - daysAgo * DAY_MS).toISOString();
  return {
    ...{ kind: 'run', at, index, slot: at, caughtUp: false, reason: 'daily', durationMs: 1400, fault: null },
    backup: { name: `backup-${daysAgo}`, points: 1200, changes: daysAgo % 3, bytesAdded: 4096 },
    ...{ unreachable: false, rotation: null, warnings: [] },
    ...more,
  };
}

/** A run that failed since the server was away. */
export function failedOn(daysAgo: number, index: Run['index'], url: string, more: Partial<Run> = {}): Run {
  return runOn(daysAgo, index, {
    ...{ backup: null, unreachable: true },
    fault: {
      code: 'QDRANT_UNREACHABLE',
      message: `Could not reach Qdrant at ${url}.`,
      hint: 'Check that it is running and that the address is right.',
    },
    ...more,
  });
}

/** Weeks of an index in which everything happened that can happen to a day. */
export function weeksOf(index: Run['index'], url: string): HistoryRecord[] {
  const skippedOn = (daysAgo: number, reason: 'asleep' | 'not-running'): HistoryRecord => {
    const { at } = runOn(daysAgo, index);
    return { kind: 'skipped', at, index, from: at, to: at, count: 1, reason };
  };
  const days = Array.from({ length: 26 }, (_, n) => 26 - n);
  return days.map((day) => {
    if (day === 21 || day === 20) return skippedOn(day, 'not-running');
    if (day === 13) return runOn(day, index, { caughtUp: true });
    if (day === 8) return failedOn(day, index, url);
    if (day === 5) return skippedOn(day, 'asleep');
    return runOn(day, index);
  });
}
