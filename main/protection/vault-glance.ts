import type { BackupSummary, ConnectionView, Warning } from '../../preload/api.ts';
import { errorReport } from '../faults/explain.ts';
import type { IndexRef } from '../schedule/history.ts';
import type { Service } from '../service/service.ts';
import { sourceOf } from './ruled.ts';

/** The backups of the vault as they were last read. */
export class VaultGlance {
  readonly #service: Pick<Service, 'listBackups'>;
  #byOrigin = new Map<string, BackupSummary[]>();
  #warnings: readonly Warning[] = [];
  #reading: Promise<void> | null = null;
  #wanted = false;

  constructor(service: Pick<Service, 'listBackups'>) {
    this.#service = service;
  }

  /** What is wrong with the vault as a whole. */
  get warnings(): readonly Warning[] {
    return this.#warnings;
  }

  /** Newest first. */
  backupsOf(connections: readonly ConnectionView[], { connection, collection }: IndexRef): readonly BackupSummary[] {
    const found = connections.find(({ name }) => name === connection);
    if (found === undefined) return [];
    return this.#byOrigin.get(keyOf(sourceOf(found), collection)) ?? [];
  }

  /** A vault that cannot be read leaves what was known, and a warning. Never throws. */
  refresh(): Promise<void> {
    this.#wanted = true;
    this.#reading ??= this.#read().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  async #read(): Promise<void> {
    // What changed while it was being read is read once more.
    while (this.#isWanted()) {
      try {
        const { backups } = await this.#service.listBackups({});
        const next = new Map<string, BackupSummary[]>();
        for (const backup of backups) {
          const key = keyOf(backup.source, backup.collection);
          const own = next.get(key);
          if (own === undefined) next.set(key, [backup]);
          else own.push(backup);
        }
        this.#byOrigin = next;
        this.#warnings = [];
      } catch (error) {
        const { code, message } = errorReport(error);
        this.#warnings = [{ code, message }];
      }
    }
  }

  #isWanted(): boolean {
    const wanted = this.#wanted;
    this.#wanted = false;
    return wanted;
  }
}

const keyOf = (source: string, collection: string): string => JSON.stringify([source, collection]);
