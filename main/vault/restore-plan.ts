/** How a target stands to what is to be restored, in points. */
export interface Standing {
  /** Only in the backup. */
  readonly missing: number;
  /** In both, and not the same. */
  readonly different: number;
  readonly same: number;
  /** Only in the target. */
  readonly extra: number;
}

export type RestoreStrategy = 'skip' | 'overwrite' | 'merge' | 'exact';

export interface RestorePlan {
  readonly new: number;
  readonly updated: number;
  /** Left as they are: the same already, or kept by the strategy. */
  readonly skipped: number;
  readonly removed: number;
  /** Something that is there now will not be there afterwards: a safety copy comes first. */
  readonly destroys: boolean;
}

/** What a restore would do. Pure. */
export function planRestore({ missing, different, same, extra }: Standing, strategy: RestoreStrategy): RestorePlan {
  const updated = strategy === 'skip' ? 0 : different;
  const removed = strategy === 'exact' ? extra : 0;
  return {
    new: missing,
    updated,
    skipped: same + different - updated,
    removed,
    destroys: updated + removed > 0,
  };
}

export interface Outcome extends Standing {
  /** Of `missing` and `different`: points that the strategy left alone or could only add to. */
  readonly tolerated: number;
}

/** Whether the target is as the strategy promised. `created`: nobody else's points belong in it. Pure. */
export function keptPromise({ missing, different, extra, tolerated }: Outcome, only: boolean): boolean {
  return missing + different - tolerated === 0 && (!only || extra === 0);
}
