/** A service in which nothing happens by itself: for tests whose subject is the endpoint in front of it. */
import type { Service } from '../../../main/service/service.ts';
import type {
  ArchiveSummary,
  BackupRequest,
  BackupSummary,
  CollectionSummary,
  DiffRequest,
  ExportRequest,
  ExportResult,
  ImportRequest,
  ImportResult,
  JobHandle,
  JobView,
  RestoreRequest,
  VerifyRequest,
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
  /** What is asked of the vault, in order. */
  readonly vaultAsked: (BackupRequest | RestoreRequest | VerifyRequest | DiffRequest)[];
  /** Newest first. */
  backups: BackupSummary[];
}

/** A backup of `code`, ten points. */
export const smallBackup = (backupName: string): BackupSummary => ({
  backupName,
  collection: 'code',
  source: 'http://127.0.0.1:1',
  createdAt: '2026-01-02T03:04:05.000Z',
  reason: 'manual',
  totalVectors: 10,
  dimensions: { titleVector: 4 },
  model: null,
  bytes: 100,
  bytesUnique: 10,
  verifiedAt: null,
  pinned: false,
  shrankFrom: null,
  companions: [],
});

export function stillService(): StillService {
  const jobs = new Map<string, JobView>();
  const listeners = new Set<(job: JobView) => void>();
  const asked: (ExportRequest | ImportRequest)[] = [];
  const vaultAsked: StillService['vaultAsked'] = [];
  const start = <T>(kind: JobView['kind']): JobHandle<T> => {
    const id = `job-${jobs.size + 1}`;
    jobs.set(id, {
      id,
      kind,
      title: kind,
      connection: null,
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
    vaultAsked,
    backups: [],
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
    look: unused,
    removeScratch: unused,
    drill: () => start('drill'),
    moveVault: () => start('move'),
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
    listBackups: ({ collection }) => {
      const backups = service.backups.filter((each) => collection === undefined || each.collection === collection);
      return Promise.resolve({ vault: '/vault', backups, vaultBytes: 1000, warnings: [] });
    },
    manifestOf: unused,
    pinBackup: unused,
    acceptShrink: unused,
    prune: unused,
    backUp: (request) => {
      vaultAsked.push(request);
      return start('backup');
    },
    restoreBackup: (request) => {
      vaultAsked.push(request);
      return start('restore');
    },
    verifyBackups: (request) => {
      vaultAsked.push(request);
      return start('verify');
    },
    diff: (request) => {
      vaultAsked.push(request);
      return start('diff');
    },
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
