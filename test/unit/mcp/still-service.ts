/** A service in which nothing happens by itself: for tests whose subject is the endpoint in front of it. */
import type { Service } from '../../../main/service/service.ts';
import type {
  ArchiveSummary,
  CollectionSummary,
  ExportRequest,
  ExportResult,
  ImportRequest,
  ImportResult,
  JobHandle,
  JobView,
} from '../../../main/service/types.ts';

const idle = {
  phase: 'waiting',
  points: 0,
  totalPoints: null,
  bytes: 0,
  totalBytes: null,
  pointsPerSecond: 0,
  secondsLeft: null,
} as const;

export interface StillService extends Service {
  readonly asked: (ExportRequest | ImportRequest)[];
  /** Changes a job and tells the listeners. */
  set(id: string, change: Partial<JobView>): void;
  points: Record<string, number>;
}

export function stillService(): StillService {
  const jobs = new Map<string, JobView>();
  const listeners = new Set<(job: JobView) => void>();
  const asked: (ExportRequest | ImportRequest)[] = [];
  const start = <T>(kind: JobView['kind']): JobHandle<T> => {
    const id = `job-${jobs.size + 1}`;
    jobs.set(id, {
      id,
      kind,
      title: kind,
      status: 'running',
      progress: idle,
      result: null,
      error: null,
    });
    return {
      id,
      result: new Promise(() => undefined),
      cancel: () => service.cancel(id),
      onProgress: () => () => undefined,
    };
  };
  const unused = () => Promise.reject(new Error('not used here'));
  const service: StillService = {
    asked,
    points: {},
    connections: () => ({
      connections: [{ name: 'local', kind: 'url', url: 'http://127.0.0.1:1', hasKey: false, model: null }],
      current: 'local',
    }),
    collections: () =>
      Promise.resolve(
        Object.entries(service.points).map(([name, points]): CollectionSummary => ({
          name,
          points,
          dimensions: 4,
          model: null,
          status: 'green',
        })),
      ),
    countPoints: (_connection, collection) => Promise.resolve(service.points[collection] ?? null),
    exportIndex(request) {
      asked.push(request);
      return start<ExportResult>('export');
    },
    importIndex(request) {
      asked.push(request);
      return start<ImportResult>('import');
    },
    collectionIn: () => Promise.resolve('from-file'),
    vaultFolder: () => '/vault',
    setVaultFolder: () => undefined,
    listBackups: unused,
    pinBackup: unused,
    acceptShrink: unused,
    prune: unused,
    backUp: () => start('backup'),
    restoreBackup: () => start('restore'),
    verifyBackups: () => start('verify'),
    diff: () => start('diff'),
    exportBackup: () => start('export-backup'),
    inspectFile: () => start<ArchiveSummary>('validate'),
    jobs: () => [...jobs.values()],
    job: (id) => jobs.get(id),
    cancel: (id) => service.set(id, { status: 'cancelled' }),
    onJob(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    set(id, change) {
      const job = jobs.get(id);
      if (!job) throw new Error(`no job ${id}`);
      jobs.set(id, { ...job, ...change });
      for (const listener of listeners) listener({ ...job, ...change });
    },
    saveConnection: unused,
    removeConnection: unused,
    selectConnection: unused,
    testConnection: unused,
    createSample: () => start<CollectionSummary>('sample'),
    close: () => Promise.resolve(),
  };
  return service;
}
