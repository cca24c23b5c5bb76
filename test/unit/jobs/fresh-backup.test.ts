import { expect, test } from 'vitest';
import { freshBackup, FRESH_MS, type FreshWish } from '../../../main/jobs/tasks/fresh-backup.ts';
import type { Catalog, StoredBackup } from '../../../main/vault/catalog.ts';
import type { Manifest } from '../../../main/vault/manifest.ts';
import { sha256Of } from '../../../main/vault/sha256.ts';

const NOW = Date.parse('2026-11-22T14:03:00Z');
const file = { name: 'state.json', content: Buffer.from('{}') };
const carried = { name: file.name, sha256: sha256Of(file.content), bytes: 2 };

function stored(
  ageMs: number,
  manifest: Partial<Pick<Manifest, 'reason' | 'source' | 'collection' | 'companions'>> = {},
  state: Partial<StoredBackup['state']> = {},
): StoredBackup {
  const created = new Date(NOW - ageMs).toISOString();
  const about = { source: 'http://x', collection: 'code', reason: 'before-reindex', companions: [] };
  return {
    ...{ folder: '/v/code', manifestBytes: 1, stateDamage: null, unmarked: false },
    manifest: { ...about, ...manifest, name: `code ${ageMs}`, created_at: created } as unknown as Manifest,
    state: { pinned: false, verified_at: created, accepted: false, published: true, ...state },
  };
}

function found(backups: readonly StoredBackup[], wish: Partial<FreshWish> = {}): string | undefined {
  const asked = { source: 'http://x', collection: 'code', reason: 'before-reindex', companions: [], askedAt: NOW };
  const catalog: Catalog = { backups, unreadable: [], folders: [] };
  return freshBackup(catalog, { ...asked, ...wish }, NOW)?.manifest.name;
}

test.each<[string, readonly StoredBackup[], Partial<FreshWish>, string | undefined]>([
  ['none', [], {}, undefined],
  ['one that was just taken', [stored(0)], {}, 'code 0'],
  ['one of a minute ago', [stored(FRESH_MS)], {}, `code ${FRESH_MS}`],
  ['one that is older', [stored(FRESH_MS + 1)], {}, undefined],
  ['the newest of several', [stored(9000), stored(3000)], {}, 'code 3000'],
  [
    'one that somebody was waited for, who began after it was asked for',
    [stored(1)],
    { askedAt: NOW - 900_000 },
    'code 1',
  ],
  [
    'one that was fresh when it was asked for, however long the wait was',
    [stored(600_000)],
    { askedAt: NOW - 590_000 },
    'code 600000',
  ],
  ['one that was old when it was asked for', [stored(600_000)], { askedAt: NOW - 530_000 }, undefined],
  ['one that lies ahead', [stored(-1)], {}, undefined],
  ['one that lies behind one that lies ahead', [stored(5), stored(-9_000)], {}, 'code 5'],
  ['one for another reason', [stored(5, { reason: 'daily' })], {}, undefined],
  ['one of another index', [stored(5, { collection: 'notes' })], {}, undefined],
  ['one of another server', [stored(5, { source: 'http://y' })], {}, undefined],
  ['one that was found damaged', [stored(5, {}, { verified_at: null })], {}, undefined],
  ['one without the companions', [stored(5)], { companions: [file] }, undefined],
  ['one with companions that were not asked for', [stored(5, { companions: [carried] })], {}, undefined],
  ['one with the same companions', [stored(5, { companions: [carried] })], { companions: [file] }, 'code 5'],
  [
    'one with what the companions were before',
    [stored(5, { companions: [{ ...carried, sha256: 'b'.repeat(64) }] })],
    { companions: [file] },
    undefined,
  ],
])('%s', (_, backups, wish, name) => {
  expect(found(backups, wish)).toBe(name);
});
