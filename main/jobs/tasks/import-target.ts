import type { Notice } from '../../faults/fault.ts';
import type { Control } from '../../qdrant/control.ts';
import type { QdrantHttp } from '../../qdrant/http.ts';
import type { ProgressMeter } from '../progress-meter.ts';
import { fingerprintOf } from './hash-points.ts';
import type { ImportPlan } from './import-plan.ts';
import type { ImportTask } from './import-task.ts';
import { fingerprintIn, takeAway, takeSafetyCopy } from './safety-copy.ts';
import { requireTarget } from './target-condition.ts';
import { withVault, type VaultPlace } from './vault-place.ts';

interface Means {
  readonly control: Control;
  readonly http: QdrantHttp;
  readonly signal: AbortSignal;
  readonly meter: ProgressMeter;
}

/** What a target held before an import. */
export interface TargetBefore {
  /** As in ImportOutcome. */
  readonly fingerprint: string | null;
  readonly safety: SafetyCopy | null;
}

/** A backup of it. */
export interface SafetyCopy {
  readonly name: string;
  readonly vaultId: string;
  /** What is to be said of it. */
  readonly notices: readonly Notice[];
  /** Takes it away again, if it can be: nothing was written that it could be needed for. */
  readonly discard: () => Promise<void>;
}

/**
 * Looks at all that the target holds, by a safety copy or for its fingerprint, where it is asked for. Throws PLAN_OUTDATED,
 * and what `withVault` and `takeBackup` throw; then no copy stays.
 */
export async function targetBefore(
  task: ImportTask,
  { name: collection, before }: ImportPlan,
  { control, http, signal, meter }: Means,
): Promise<TargetBefore> {
  const { safety, ifTarget } = task;
  const replaces = task.onConflict !== 'skip';
  const nothing = { fingerprint: null, safety: null };
  if (before === 0) return nothing;
  if (safety !== undefined && replaces && !task.dryRun) {
    const purpose = { purpose: 'import', create: true, signal };
    return withVault(safety.vault, purpose, async (vault, catalog) => {
      const to = { vault, catalog, textsIn: safety.vault.textsIn };
      const wish = { ...task, ...safety, collection };
      const { copy, notices } = await takeSafetyCopy(wish, { control, http }, to, { signal, meter });
      const fingerprint = fingerprintIn(copy);
      const { name } = copy.manifest;
      try {
        signal.throwIfAborted();
        requireTarget(task, fingerprint);
      } catch (error) {
        await takeAway(vault, name).catch(() => undefined);
        throw error;
      }
      const discard = (): Promise<void> => takeAwayFrom(safety.vault, name);
      return { fingerprint, safety: { name, vaultId: vault.id, notices, discard } };
    });
  }
  if (ifTarget === undefined && !(task.fingerprint === true && replaces)) return nothing;
  meter.begin('comparing', before === null ? {} : { points: before });
  const fingerprint = await fingerprintOf(http, { collection, signal, meter });
  requireTarget(task, fingerprint);
  return { fingerprint, safety: null };
}

/** Also after a cancel. Where another process has the vault by now the copy stays, as safety copies do. */
async function takeAwayFrom(place: VaultPlace, name: string): Promise<void> {
  const { signal } = new AbortController();
  await withVault(place, { purpose: 'import', create: false, signal }, (vault, catalog) =>
    takeAway(vault, name, catalog),
  ).catch(() => undefined);
}
