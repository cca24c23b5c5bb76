/** Keeps window, tray and task bar in step with what goes on. */
import type { AppState, ProtectionView } from '../../preload/api.ts';
import type { Service } from '../service/service.ts';
import type { JobView } from '../service/types.ts';
import { shareOfAll, trayModel, type TrayModel, type TrayState } from './tray-model.ts';
import type { MainWindow } from './window.ts';

export interface Announcer {
  /** Tells the window and the tray, unless nothing has changed. */
  stateChanged(): void;
  protectionChanged(view: ProtectionView): void;
  looked(connection: string, indexes: number | null): void;
  /** The person has the window before their eyes: failures count as seen. */
  windowShown(): void;
  model(): TrayModel;
  /** The job changes nothing, so it is no work to speak of. */
  question(jobId: string): void;
  /** What work is going on, with titles as "Exporting code-index". */
  work(): readonly JobView[];
  /** The person has the window before their eyes now. */
  isSeen(): boolean;
}

export interface AnnouncerParts {
  readonly service: Service;
  readonly window: MainWindow;
  readonly protection: { view(): ProtectionView };
  readonly state: () => AppState;
  readonly showTray: (model: TrayModel) => void;
  readonly onJobDone: (job: JobView) => void;
}

const TITLES: Record<JobView['kind'], string> = {
  export: 'Exporting',
  import: 'Importing',
  validate: 'Checking',
  sample: 'Making the',
  backup: 'Backing up',
  restore: 'Restoring',
  verify: 'Verifying',
  diff: 'Comparing',
  'export-backup': 'Exporting',
  drill: 'Testing',
  move: 'Moving',
};

export function createAnnouncer(parts: AnnouncerParts): Announcer {
  const { service, window } = parts;
  let found: { readonly connection: string; readonly indexes: number | null } | null = null;
  let failed: string | null = null;
  let sent = '';
  const questions = new Set<string>();
  const isWork = (job: JobView): boolean => job.kind !== 'validate' && !questions.has(job.id);
  const working = (): JobView[] => service.jobs().filter((job) => isWork(job) && isRunning(job));

  /** What becomes of it is in the view of protection, which says it first and for longer. */
  const isProtected = ({ kind, connection, title }: JobView): boolean =>
    kind === 'backup' &&
    parts.protection
      .view()
      .indexes.some(
        (index) => index.connection === connection && index.collection === title && index.schedule.kind !== 'off',
      );

  const model = (): TrayModel => trayModel(trayState());
  const trayState = (): TrayState => {
    const connection = service.connections().current;
    return {
      now: Date.now(),
      connection,
      unreachable: found !== null && found.connection === connection && found.indexes === null,
      protection: parts.protection.view(),
      jobs: work(),
      failed,
    };
  };
  const work = (): JobView[] => working().map((job) => ({ ...job, title: titleOf(job) }));
  const stateChanged = (): void => {
    const state = parts.state();
    const text = JSON.stringify(state);
    if (text !== sent) {
      sent = text;
      window.send('state', state);
    }
    parts.showTray(model());
  };

  service.onJob((job) => {
    window.send('job', job);
    if (job.status === 'done') {
      parts.onJobDone(job);
      if (isWork(job)) failed = null;
    }
    if (job.status === 'failed' && isWork(job) && !isSeen(window) && !isProtected(job)) failed = titleOf(job);
    showProgress(window, working());
    // A job may change the settings too: the sample adds its connection.
    stateChanged();
  });

  return {
    stateChanged,
    model,
    looked(connection, indexes) {
      found = { connection, indexes };
      parts.showTray(model());
    },
    question: (jobId) => questions.add(jobId),
    protectionChanged(view) {
      window.send('protection', view);
      parts.showTray(model());
    },
    work,
    isSeen: () => isSeen(window),
    windowShown() {
      if (failed === null) return;
      failed = null;
      parts.showTray(model());
    },
  };
}

function titleOf(job: JobView): string {
  return `${TITLES[job.kind]} ${job.title}`;
}

function isSeen(window: MainWindow): boolean {
  return window.native?.isVisible() === true && window.native.isFocused();
}

function isRunning({ status }: JobView): boolean {
  return status === 'queued' || status === 'running';
}

function showProgress(window: MainWindow, running: readonly JobView[]): void {
  // Below 0 takes the bar away, above 1 is one without an end.
  window.native?.setProgressBar(running.length === 0 ? -1 : (shareOfAll(running) ?? 2));
}
