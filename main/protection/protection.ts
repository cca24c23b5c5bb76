import { join } from 'node:path';
import type { HistoryEntry, IndexRef as Ref, ProtectionView, Retention } from '../../preload/api.ts';
import { Fault } from '../faults/fault.ts';
import type { DueRun, Due } from '../schedule/due.ts';
import { entriesOf, type HistoryFilter } from '../schedule/history-words.ts';
import { HistoryFile } from '../schedule/history-file.ts';
import { indexKey, skipRecords, type HistoryRecord, type IndexRef } from '../schedule/history.ts';
import { Scheduler, type Clock } from '../schedule/scheduler.ts';
import type { Schedule } from '../schedule/slots.ts';
import type { Service } from '../service/service.ts';
import type { DrillResult, JobHandle, JobView } from '../service/types.ts';
import type { Settings } from '../settings/settings.ts';
import { AutomaticRuns } from './automatic-runs.ts';
import { checkSchedule, drillSetting, nextTimes, pauseSetting, type PauseEnd } from './choices.ts';
import { ChangeGuard } from './guard.ts';
import { KeeperLock } from './keeper-lock.ts';
import { Lookout } from './lookout.ts';
import { DRILLS, sourceOf } from './ruled.ts';
import { Standing } from './standing.ts';
import { ToldView } from './told-view.ts';
import { VaultGlance } from './vault-glance.ts';
import { WatchFile } from './watch-file.ts';

export interface ProtectionParts {
  readonly service: Service;
  readonly settings: Settings;
  /** The settings folder: history and what was seen lie in it. */
  readonly home: string;
  readonly clock: Clock;
  /** Whether there is a built-in server for drills. */
  readonly builtin: boolean;
  /** Holds off sleep while something runs by itself. */
  readonly keepAwake?: (on: boolean) => void;
  readonly timeZone?: string;
}

/** What is backed up by itself, how it stands, and what became of it. One per program; `begin` makes it run. */
export class Protection {
  readonly #parts: ProtectionParts;
  readonly #history: HistoryFile;
  readonly #watch: WatchFile;
  readonly #vault: VaultGlance;
  readonly #standing: Standing;
  readonly #guard: ChangeGuard;
  readonly #runs: AutomaticRuns;
  readonly #keeper: KeeperLock;
  readonly #scheduler: Scheduler;
  readonly #running = new Set<string>();
  readonly #told: ToldView;
  readonly #lookout: Lookout;
  /** What went wrong last that nobody waited for. */
  #trouble: Fault | null = null;
  #begun = false;
  #ended = false;

  /** Reads what is known. Never throws for a file that cannot be read. */
  static async open(parts: ProtectionParts): Promise<Protection> {
    const history = await HistoryFile.open(join(parts.home, 'history.jsonl'));
    const watch = await WatchFile.open(join(parts.home, 'watch.json'));
    const protection = new Protection(parts, history, watch);
    await protection.refresh();
    return protection;
  }

  private constructor(parts: ProtectionParts, history: HistoryFile, watch: WatchFile) {
    const { service, settings, clock, timeZone } = parts;
    this.#parts = parts;
    this.#history = history;
    this.#watch = watch;
    this.#vault = new VaultGlance(service);
    const note = (record: HistoryRecord): Promise<void> => this.#history.note(record);
    const now = (): number => clock.now();
    const failed = (error: unknown): void => {
      this.#trouble = Fault.from(error);
    };
    const zone = timeZone === undefined ? {} : { timeZone };
    const canDrill = (): boolean => this.#runs.canDrill;
    this.#standing = new Standing({ service, settings, history, watch, vault: this.#vault, now, canDrill, ...zone });
    const backupsOf = (index: IndexRef) => this.#standing.backupsOf(index);
    this.#guard = new ChangeGuard({ service, watch, now, note, backupsOf });
    this.#runs = new AutomaticRuns({
      ...{ service, settings, history, watch, clock, now, builtin: parts.builtin },
      indexes: () => this.#standing.ruled(),
      backupsOf,
      probe: (index) => this.#probe(index),
      changed: () => this.refresh(),
      ...(parts.keepAwake && { keepAwake: parts.keepAwake }),
    });
    this.#keeper = new KeeperLock(join(parts.home, 'scheduler.lock'));
    this.#scheduler = new Scheduler({
      ...{ clock, ...zone },
      protection: async () => Promise.resolve(this.#standing.planned()),
      run: (run) => this.#run(run),
      skipped: (due) => this.#noteSkipped(due),
      resume: async () => {
        try {
          settings.setProtection({ paused: null });
        } catch (error) {
          failed(error);
        }
        return Promise.resolve();
      },
      changed: () => this.#told.tell(),
      failed,
    });
    this.#lookout = new Lookout({
      ...{ service, settings, clock, watch, failed, guard: this.#guard, standing: this.#standing },
      keep: () => this.#keep(),
      kept: () => this.#keeper.held,
      refresh: () => this.refresh(),
      looked: async () => {
        this.#trouble = null;
        await this.refresh();
        if (this.#keeper.held) this.#scheduler.look();
      },
    });
    this.#told = new ToldView(() => this.#compose());
    service.onJob((job) => void this.#onJob(job).catch(failed));
  }

  view(): ProtectionView {
    return this.#told.now;
  }

  /** Something runs by itself in this moment, or is being recorded. */
  get isRunning(): boolean {
    return this.#scheduler.running !== null;
  }

  /** Called whenever the view is another one. */
  onChange(listener: (view: ProtectionView) => void): () => void {
    return this.#told.onChange(listener);
  }

  /** Runs schedules from now on, unless another program on this machine does; then as soon as that one ends. */
  async begin(): Promise<void> {
    this.#begun = true;
    await this.#keep();
    await this.#lookout.begin();
  }

  /** The machine woke, or the network is back: looks at the clock at once. */
  woke(): void {
    if (this.#keeper.held) this.#scheduler.look();
  }

  /** Nothing new begins. Backups that run are the service's to end. */
  async end(): Promise<void> {
    this.#ended = true;
    this.#runs.end();
    await Promise.all([this.#lookout.end(), this.#scheduler.end()]);
    await this.#keeper.release();
  }

  /** Reads the vault, and what others have written, again. */
  async refresh(): Promise<void> {
    await this.#vault.refresh();
    this.#watch.refresh();
    if (!this.#keeper.held) await Promise.all([this.#keeper.look(), this.#history.refresh()]);
    this.#told.tell();
  }

  /** Looks at the indexes that are under a rule, now. Servers that do not answer are left for the next time. */
  look(): Promise<void> {
    return this.#lookout.look();
  }

  /** Throws USAGE, CONNECTION_NOT_FOUND, NO_SPACE, WRITE_FAILED, as all that changes settings. */
  setSchedule(of: { connection: string; collection: string | null }, schedule: Schedule | null): void {
    if (schedule !== null) checkSchedule(schedule);
    this.#parts.settings.setRule(of, schedule, new Date(this.#parts.clock.now()));
    if (schedule === null && of.collection !== null) void this.#beginAnew({ ...of, collection: of.collection });
    this.#settingsChanged();
    if (this.#begun) void this.look();
  }

  setKeep(keep: Retention | null): void {
    this.#parts.settings.setProtection({ keep });
    this.#settingsChanged();
  }

  setDrill(schedule: Schedule, onConnections: boolean): void {
    checkSchedule(schedule);
    const { drill } = this.#parts.settings.protection();
    this.#parts.settings.setProtection({ drill: drillSetting(drill, { schedule, onConnections }, this.#now()) });
    this.#settingsChanged();
  }

  pause(until: PauseEnd): void {
    const { paused } = this.#parts.settings.protection();
    this.#parts.settings.setProtection({ paused: pauseSetting(paused, until, this.#now()) });
    this.#settingsChanged();
  }

  resume(): void {
    const { paused } = this.#parts.settings.protection();
    if (paused === null) return;
    this.#parts.settings.setProtection({ paused: null });
    if (this.#keeper.held) this.#scheduler.resumed(Date.parse(paused.since));
    this.#told.tell();
  }

  /** The next five; throws USAGE for an expression that is none. */
  nextTimes(schedule: Schedule): string[] {
    return nextTimes(schedule, this.#now(), this.#parts.timeZone);
  }

  /** Backs up these indexes now, or all that are under a schedule. */
  backUpNow(indexes?: readonly Ref[]): string[] {
    const all =
      indexes ?? this.#standing.ruled().flatMap(({ ref, schedule }) => (schedule.kind === 'off' ? [] : [ref]));
    return all.map(({ connection, collection }) => {
      const handle = this.#parts.service.backUp({ connection: { name: connection }, collection });
      handle.result.catch(() => undefined);
      return handle.id;
    });
  }

  /** Restores the newest backup of an index into a scratch index and compares; noted in the history. */
  drill(index: Ref): JobHandle<DrillResult> {
    return this.#runs.drill(index);
  }

  /** A connection was given another name: what is known of its indexes goes along. */
  async renamed(from: string, to: string): Promise<void> {
    this.#watch.rename(from, to);
    await this.#history.rename(from, to);
    await this.refresh();
  }

  async acceptChange(index: Ref): Promise<void> {
    await this.#guard.accept(index);
    await this.refresh();
  }

  /** Newest first. */
  history(filter: HistoryFilter): { entries: HistoryEntry[]; more: boolean } {
    return entriesOf(this.#history.records, filter);
  }

  /** Alerts that the person was told of; kept, so that none is told twice. */
  get told(): readonly string[] {
    return this.#watch.told;
  }

  setTold(told: readonly string[]): void {
    this.#watch.putTold(told);
  }

  get #keptBy(): ProtectionView['keeper'] {
    return this.#keeper.held ? 'here' : this.#keeper.other ? 'other' : 'nobody';
  }

  #now = (): number => this.#parts.clock.now();

  /** Whether this program runs the schedules. */
  async #keep(): Promise<boolean> {
    if (this.#ended || this.#keeper.held) return this.#keeper.held;
    if (await this.#keeper.take()) {
      await this.#history.keep();
      this.#watch.refresh();
      await this.#runs.sweep();
      this.#scheduler.start();
    }
    this.#told.tell();
    return this.#keeper.held;
  }

  #settingsChanged(): void {
    if (this.#keeper.held) this.#scheduler.look();
    this.#told.tell();
  }

  async #run(run: DueRun): Promise<void> {
    this.#told.tell();
    if (run.index === indexKey(DRILLS)) await this.#runs.drillAll(run);
    else await this.#runs.backUp(run);
    await this.refresh();
  }

  async #noteSkipped(due: Due): Promise<void> {
    const refs = [...this.#standing.ruled().map(({ ref }) => ref), DRILLS];
    for (const record of skipRecords(due, refs, this.#now())) await this.#history.note(record);
  }

  async #onJob(job: JobView): Promise<void> {
    if (job.kind === 'backup' && job.connection !== null) {
      const key = indexKey({ connection: job.connection, collection: job.title });
      const runs = job.status === 'queued' || job.status === 'running';
      if (runs === this.#running.has(key)) return;
      if (runs) this.#running.add(key);
      else this.#running.delete(key);
      if (!runs && !this.#ended) {
        await this.#vault.refresh();
        await this.#runs.noteManual(job);
      }
    }
    const goesOn = ['queued', 'running'].includes(job.status);
    if (!goesOn && !this.#ended) await this.refresh();
    else if (job.kind === 'backup') this.#told.tell();
  }

  async #probe({ connection, collection }: IndexRef): Promise<void> {
    const found = this.#parts.service.connections().connections.find(({ name }) => name === connection);
    if (found === undefined) throw new Fault('CONNECTION_NOT_FOUND', { connection });
    await this.#vault.refresh();
    await this.#guard.lookAt(connection, sourceOf(found), collection);
  }

  /** From now on it is under the schedule of all: what that would have been until now is nobody's promise. */
  #beginAnew(index: Ref): Promise<void> {
    return this.#history.note({ kind: 'begun', at: new Date(this.#now()).toISOString(), index: { ...index } });
  }

  #compose(): ProtectionView {
    const settledSince = this.#keeper.held ? this.#scheduler.settledSince : 0;
    return this.#standing.view({ keeper: this.#keptBy, running: this.#running, settledSince, trouble: this.#trouble });
  }
}
