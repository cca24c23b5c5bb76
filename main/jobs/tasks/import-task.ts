import type { QdrantTarget } from '../../qdrant/target.ts';
import type { VaultPlace } from './vault-place.ts';

export interface ImportTask {
  readonly target: QdrantTarget;
  readonly path: string;
  /** As for `openFile`. */
  readonly within?: string | undefined;
  /** Its stamp, see `FileSource.open`. */
  readonly ifFile?: string | undefined;
  readonly collection: string;
  readonly onConflict: 'skip' | 'overwrite' | 'merge';
  readonly dryRun: boolean;
  readonly allowModelMismatch: boolean;
  /** What was learnt of the target's model. */
  readonly targetModel: string | null;
  /** The model to assume where neither that nor the target itself says. */
  readonly usualModel: string | null;
  /** An earlier import created the target and did not finish: its indexes and aliases are still to come. */
  readonly unfinished: boolean;
  /** Nobody was asked whether points may be replaced: refuse, as APPROVAL_NEEDED, a target that holds any by now. */
  readonly mustBeEmpty?: boolean;
  /** As in Conditional: else PLAN_OUTDATED, before anything is written. */
  readonly ifTarget?: string | null | undefined;
  /** Where a backup of the target goes, before anything in it is replaced; absent: none is taken. The rest as in BackupWish. */
  readonly safety?: {
    readonly vault: VaultPlace;
    readonly source: string;
    readonly pathKey: string | null;
    readonly generator: string;
  };
  /** Tell the fingerprint of all that the target holds, where the strategy may replace some of it. */
  readonly fingerprint?: boolean;
  /** Folder for companion files; null: they stay in the file. */
  readonly companionsTo?: string | null;
}
