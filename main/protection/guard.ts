import { Fault } from '../faults/fault.ts';
import { lastGoodOf } from '../schedule/overview.ts';
import type { HistoryRecord, IndexRef } from '../schedule/history.ts';
import type { Service } from '../service/service.ts';
import type { BackupSummary, SeenCollection } from '../service/types.ts';
import type { FoundChange, SeenIndex, WatchFile } from './watch-file.ts';

export interface GuardParts {
  readonly service: Pick<Service, 'look' | 'pinBackup' | 'acceptShrink'>;
  readonly watch: WatchFile;
  readonly now: () => number;
  readonly note: (record: HistoryRecord) => Promise<void>;
  /** Newest first. */
  readonly backupsOf: (index: IndexRef) => readonly BackupSummary[];
}

/** An index that lost so much of its points is another one than it was. */
const SHRUNK = 0.1;

/**
 * Watches what is protected: an index that shrinks by a tenth, is made anew or goes has its last good backup kept from
 * rotation, and that is said. It is let go again when the points are back, or when a person says that this is fine.
 */
export class ChangeGuard {
  readonly #parts: GuardParts;

  constructor(parts: GuardParts) {
    this.#parts = parts;
  }

  /** Looks at the indexes of a connection that `wanted` names. Throws what reaching the server throws. */
  async look(connection: string, wanted: (collection: string) => boolean): Promise<void> {
    const { service, watch } = this.#parts;
    const found = await service.look({ name: connection }, wanted);
    const known = watch.seenOn(connection);
    const now = new Date(this.#parts.now()).toISOString();
    const seen: SeenIndex[] = [];
    for (const one of found) {
      const ref = { connection, collection: one.collection };
      const before = watch.seen(ref);
      if (before !== undefined) await this.#compare(ref, before, one);
      const { firstSeen = now, acceptedAt = null } = before ?? {};
      seen.push({ ...ref, points: one.points, shape: one.shape, firstSeen, acceptedAt });
    }
    watch.putSeen(seen);
    const names = new Set(found.map(({ collection }) => collection));
    const gone = known.filter(({ collection }) => !names.has(collection));
    for (const one of gone) if (wanted(one.collection)) await this.#gone(one);
    // What no rule is about any more is nobody's to watch.
    watch.forget(gone.filter(({ collection }) => !wanted(collection)));
  }

  /** The person says that it may be as it is. */
  async accept(ref: IndexRef): Promise<void> {
    const { service, watch } = this.#parts;
    const change = watch.changeOf(ref);
    if (change === undefined) return;
    if (change.pinned && change.backup !== null) await passing(service.pinBackup(change.backup, false));
    const shrunk = this.#parts.backupsOf(ref).find(({ shrankFrom }) => shrankFrom !== null);
    if (shrunk !== undefined) await passing(service.acceptShrink(shrunk.backupName));
    watch.dropChange(ref);
    if (change.what === 'gone') watch.forget([ref]);
    const seen = watch.seen(ref);
    if (seen !== undefined) watch.putSeen([{ ...seen, acceptedAt: new Date(this.#parts.now()).toISOString() }]);
  }

  async #compare(ref: IndexRef, before: SeenIndex, { points, shape }: SeenCollection): Promise<void> {
    const known = this.#parts.watch.changeOf(ref);
    const from = Math.max(before.points, this.#promised(ref, before), known?.from ?? 0);
    const remade = before.shape !== shape || known?.what === 'recreated' || known?.what === 'gone';
    const shrank = points < from * (1 - SHRUNK);
    if (known !== undefined && !shrank && before.shape === shape && known.what !== 'recreated') {
      await this.accept(ref);
      return;
    }
    if (shrank || before.shape !== shape) await this.#found(ref, remade ? 'recreated' : 'shrank', { from, to: points });
  }

  /** Points of the last good backup, unless the person has accepted since then that there are fewer. */
  #promised(ref: IndexRef, { acceptedAt }: SeenIndex): number {
    const good = lastGoodOf(this.#parts.backupsOf(ref), this.#parts.now());
    if (good === null || (acceptedAt !== null && good.createdAt <= acceptedAt)) return 0;
    return good.totalVectors;
  }

  async #gone(before: SeenIndex): Promise<void> {
    const { connection, collection, points } = before;
    const ref = { connection, collection };
    if (this.#parts.watch.changeOf(ref)?.what !== 'gone') await this.#found(ref, 'gone', { from: points, to: 0 });
  }

  async #found(index: IndexRef, what: FoundChange['what'], counts: { from: number; to: number }): Promise<void> {
    const { service, watch } = this.#parts;
    const known = watch.changeOf(index);
    if (known?.what === what && known.to === counts.to) return;
    const at = known?.at ?? new Date(this.#parts.now()).toISOString();
    // What was kept when it began is what is worth keeping: backups since then may show the damage.
    const good = known === undefined ? lastGoodOf(this.#parts.backupsOf(index), this.#parts.now()) : null;
    const backup = known?.backup ?? good?.backupName ?? null;
    let pinned = known?.pinned ?? false;
    if (good !== null && !good.pinned)
      pinned = await service.pinBackup(good.backupName, true).then(
        () => true,
        () => false,
      );
    watch.putChange({ index: { ...index }, what, at, ...counts, from: known?.from ?? counts.from, backup, pinned });
    if (known?.what !== what)
      await this.#parts.note({
        kind: 'change',
        at: new Date(this.#parts.now()).toISOString(),
        index,
        what,
        ...counts,
        backup,
      });
  }
}

/** A backup that went meanwhile needs nothing done to it. */
async function passing(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'BACKUP_NOT_FOUND') throw error;
  }
}
