import { explainNotice } from '../faults/notices.ts';
import type { Notice } from '../faults/fault.ts';
import type { JobOrder } from '../jobs/job-queue.ts';
import type { JobKind } from '../jobs/port.ts';
import type { VaultPlace } from '../jobs/tasks/vault-place.ts';
import type { Settings } from '../settings/settings.ts';
import type { LocalQdrant } from './local-qdrant.ts';
import type { JobHandle, Warning } from './types.ts';

/** What jobs are started with. */
export interface VaultParts {
  readonly settings: Settings;
  readonly local: LocalQdrant;
  readonly generator: string;
  /** Work that is no job, in turn with the jobs of that key. */
  readonly inTurn: <T>(key: string, work: () => Promise<T>) => Promise<T>;
  readonly handle: <K extends JobKind, T>(order: JobOrder<K, T>) => JobHandle<T>;
}

export const warnings = (notices: readonly Notice[]): Warning[] => notices.map(explainNotice);

export const perSecond = (points: number, ms: number): number => (ms > 0 ? Math.round((points * 1000) / ms) : points);

/** Jobs of this process that write to one vault wait for each other. */
export const vaultKey = ({ dir }: Pick<VaultPlace, 'dir'>): string => `vault ${dir}`;
