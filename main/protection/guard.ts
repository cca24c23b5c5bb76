import { Fault } from '../faults/fault.ts';
import { lastGoodOf, usual } from '../schedule/overview.ts';
import type { HistoryRecord, IndexRef } from '../schedule/history.ts';
import type { Service } from '../service/service.ts';
import type { BackupSummary, SeenCollection } from '../service/types.ts';
import type { FoundChange, SeenIndex, WatchFile } from './watch-file.ts';

export interface GuardParts {
  readonly service: Pick<Service, 'look' | 'pinBackup' | 'acceptShrink'>;
  readonly watch: WatchFile;
  readonly now: () => number;
  readonly note: (record: HistoryRecord) => Promise<void>;
  /** Newest first, as they are in the vault now. */
  readonly backupsOf: (index: IndexRef) => readonly BackupSummary[];
}

/** A Qdrant, and which of its indexes are looked at. */
export interface Glance {
  readonly connection: string;
  /** Address of the Qdrant, or `builtin`: what was seen elsewhere under that name is another index. */
  readonly source: string;
  readonly wanted: (collection: string) => boolean;
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

  /** Looks at all that is wanted. What is seen no more is gone; what is not wanted any more is forgotten. Throws what reaching the server throws. */
  async look(glance: Glance): Promise<void> {
    const { watch } = this.#parts;
    const { connection, source, wanted } = glance;
    const known = watch.seenOn(connection);
    const there = new Set((await this.#see(glance, true)).map(({ collection }) => collection));
    const gone = known.filter(({ collection }) => !there.has(collection));
    for (const one of gone) if (wanted(one.collection) && one.source === source) await passing(() => this.#gone(one));
    watch.forget(gone.filter((one) => !wanted(one.collection) || one.source !== source));
  }

  /** Looks at one index, before it is backed up. Throws what reaching the server throws. */
  async lookAt(connection: string, source: string, collection: string): Promise<void> {
    await this.#see({ connection, source, wanted: (name) => name === collection }, true);
  }

  /** Finds out which indexes there are, and judges none. Throws what reaching the server throws. */
  async discover(glance: Glance): Promise<void> {
    await this.#see(glance, false);
  }

  /** The person says that it may be as it is. */
  async accept(ref: IndexRef): Promise<void> {
    const { service, watch } = this.#parts;
    const change = watch.changeOf(ref);
    if (change === undefined) return;
    const shrunk = this.#parts.backupsOf(ref).find(({ shrankFrom }) => shrankFrom !== null);
    await this.letGo(ref);
    if (shrunk !== undefined) await present(service.acceptShrink(shrunk.backupName));
    if (change.what === 'gone') watch.forget([ref]);
    watch.accept(ref, this.#time());
  }

  /** It is as it was, or nobody's to watch any more: what was kept for it is let go. */
  async letGo(ref: IndexRef): Promise<void> {
    const { service, watch } = this.#parts;
    const change = watch.changeOf(ref);
    if (change === undefined) return;
    if (change.pinned && change.held && change.backup !== null) await present(service.pinBackup(change.backup, false));
    watch.dropChange(ref);
  }

  async #see({ connection, source, wanted }: Glance, judge: boolean): Promise<readonly SeenCollection[]> {
    const { service, watch } = this.#parts;
    const found = await service.look({ name: connection }, wanted);
    const seen: Omit<SeenIndex, 'acceptedAt'>[] = [];
    for (const one of found) {
      const ref = { connection, collection: one.collection };
      const last = watch.seen(ref);
      const before = last?.source === source ? last : undefined;
      if (before !== undefined && !judge) continue;
      if (before !== undefined) await passing(() => this.#compare(ref, before, one));
      const { firstSeen = this.#time() } = before ?? {};
      const { points, shape } = one.points === null ? (before ?? { points: 0, shape: '' }) : one;
      seen.push({ ...ref, source, points: points ?? 0, shape, firstSeen });
    }
    watch.putSeen(seen);
    return found;
  }

  async #compare(ref: IndexRef, before: SeenIndex, { points, exact, shape }: SeenCollection): Promise<void> {
    const known = this.#parts.watch.changeOf(ref);
    if (known !== undefined) await this.#hold(known);
    if (points === null) return;
    const remade = before.shape !== '' && before.shape !== shape;
    // An estimate may be off by more than a tenth.
    if (!exact && !remade) return;
    const from = Math.max(before.points, this.#promised(ref, before), known?.from ?? 0);
    const shrank = points < from * (1 - SHRUNK);
    if (shrank || remade) {
      const was = known?.what === 'recreated' || known?.what === 'gone';
      await this.#found(ref, remade || was ? 'recreated' : 'shrank', { from, to: points });
    } else if (known !== undefined && known.what !== 'recreated') await this.letGo(ref);
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
    const known = this.#parts.watch.changeOf(ref);
    if (known?.what === 'gone') await this.#hold(known);
    else await this.#found(ref, 'gone', { from: points, to: 0 });
  }

  async #found(index: IndexRef, what: FoundChange['what'], counts: { from: number; to: number }): Promise<void> {
    const { watch } = this.#parts;
    const known = watch.changeOf(index);
    if (known?.what === what && known.to === counts.to) return;
    // What was worth keeping when it began still is: backups since then may show the damage.
    const good = known === undefined ? this.#worthKeeping(index, counts.from) : null;
    const change: FoundChange = {
      ...{ index: { ...index }, what, at: known?.at ?? this.#time(), from: known?.from ?? counts.from, to: counts.to },
      backup: known?.backup ?? good?.backupName ?? null,
      pinned: known?.pinned ?? (good !== null && !good.pinned),
      held: known?.held ?? false,
    };
    // Before the pin: one that nobody knows of would stay for ever.
    watch.putChange(change);
    await this.#hold(change);
    const { backup } = change;
    if (known?.what !== what)
      await this.#parts.note({ kind: 'change', at: this.#time(), index: { ...index }, what, ...counts, backup });
  }

  /** The newest backup that has nearly all of the points; where none has, the newest good one. */
  #worthKeeping(index: IndexRef, points: number): BackupSummary | null {
    const backups = this.#parts.backupsOf(index);
    const whole = usual(backups).find(
      ({ verifiedAt, totalVectors }) => verifiedAt !== null && totalVectors >= points * (1 - SHRUNK),
    );
    return whole ?? lastGoodOf(backups, this.#parts.now());
  }

  /** Pins the backup until that was done once: a vault may be away or busy. One that a person unpins stays so. */
  async #hold(change: FoundChange): Promise<void> {
    const { service, watch } = this.#parts;
    if (change.backup === null || !change.pinned || change.held) return;
    try {
      await service.pinBackup(change.backup, true);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      return;
    }
    watch.putChange({ ...change, held: true });
  }

  #time(): string {
    return new Date(this.#parts.now()).toISOString();
  }
}

/** What cannot be done for one index now is tried at the next look, and stops none of the others. */
async function passing(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
  }
}

/** A backup that went meanwhile needs nothing done to it. */
async function present(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'BACKUP_NOT_FOUND') throw error;
  }
}
