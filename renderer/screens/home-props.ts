import type { AppState, JobView, ProtectionView } from '../../preload/api.ts';
import type { Origin } from '../backups.ts';
import type { Collections } from '../live.ts';
import type { Backups } from '../use-backups.ts';
import type { ActivityWays } from './activity.tsx';

/** What Home shows and can set going. */
export interface HomeProps {
  readonly state: AppState;
  readonly collections: Collections;
  /** null while it is not known. */
  readonly protection: ProtectionView | null;
  /** Work that is going on, and ends that nobody has looked at yet. */
  readonly activity: readonly JobView[];
  readonly backups: Backups;
  readonly ways: ActivityWays;
  readonly onBackUp: (collection: string) => void;
  /** Restores the last backup into a scratch index and compares. */
  readonly onTest: (collection: string) => void;
  /** null: of all indexes. */
  readonly onBackups: (origin: Origin | null) => void;
  readonly onChooseVault: () => Promise<void>;
  readonly onExport: (collection: string | null) => void;
  readonly onImport: (collection: string | null) => void;
  readonly onHistory: (collection: string) => void;
  readonly onSettings: () => void;
  /** Goes through the setup of protection. */
  readonly onSetUp: () => void;
  readonly onAddConnection: () => void;
  readonly onEditConnection: (name: string) => void;
  readonly onSample: () => void;
}

/** The same where a Qdrant is in use. */
export type ConnectedProps = HomeProps & { readonly connection: string };
