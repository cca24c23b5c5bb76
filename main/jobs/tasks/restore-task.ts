import type { QdrantTarget } from '../../qdrant/target.ts';
import type { RestoreStrategy } from '../../vault/restore-plan.ts';
import type { VaultPlace } from './vault-place.ts';

export interface RestoreTask {
  readonly target: QdrantTarget;
  readonly vault: VaultPlace;
  readonly backup: string;
  readonly collection: string;
  readonly onConflict: RestoreStrategy;
  /** Globs of the files whose points are meant, each one such as any of them matches; null: all points. */
  readonly paths: readonly string[] | null;
  readonly dryRun: boolean;
  readonly safetyCopy: boolean;
  readonly allowModelMismatch: boolean;
  /** Nobody was asked whether points may be replaced or removed: refuse, as APPROVAL_NEEDED, a target that holds any by now. */
  readonly mustBeEmpty?: boolean;
  /** As in Conditional: else PLAN_OUTDATED, before anything is written. */
  readonly ifTarget?: string | null | undefined;
  /** Folder for companion files; null: they stay where they are. */
  readonly companionsTo: string | null;
  /** Of the target: address of the Qdrant, or `builtin`. */
  readonly source: string;
  /** As in ImportTask. */
  readonly targetModel: string | null;
  readonly usualModel: string | null;
  /** Somebody noted that a run of this restore began to make the target. */
  readonly unfinished: boolean;
  readonly pathKey: string | null;
  readonly generator: string;
}
