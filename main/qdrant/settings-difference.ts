import type { Notice } from '../faults/fault.ts';
import { exactSettings, type CollectionSettings } from './collection-settings.ts';
import { isExactObject, ownValue, printExact, sameExact, type ExactJson } from './exact-json.ts';

/** A setting that is not as it was wanted. Values as short JSON text; undefined where there is none. */
export interface SettingDifference {
  /** Dotted path, e.g. `vectors.code.hnsw_config.m`. */
  readonly setting: string;
  readonly wanted: string;
  readonly got: string | undefined;
}

/** Sections of settings that are set when a collection is created. */
export const COLLECTION_SECTIONS = [
  'vectors',
  'sparse_vectors',
  'hnsw',
  'optimizers',
  'wal',
  'quantization',
  'params',
  'strict_mode',
  'metadata',
  'shard_keys',
  'other',
] as const satisfies (keyof CollectionSettings)[];

/**
 * What of `wanted` the collection does not have. What only the collection has (defaults of a newer server) is no
 * difference; null, `{}` and absence mean the same: nothing asked for. An explicit null stands for "off" and is
 * different from a value. Lists are sets to Qdrant (stop words come back sorted), except inside metadata.
 */
export function settingDifferences(
  wanted: CollectionSettings,
  got: CollectionSettings,
  sections: readonly (keyof CollectionSettings)[],
): SettingDifference[] {
  const found: SettingDifference[] = [];
  const compare = (want: ExactJson | undefined, have: ExactJson | undefined, path: readonly string[]): void => {
    if (isExactObject(want)) {
      for (const [key, inner] of Object.entries(want)) {
        compare(inner, isExactObject(have) ? ownValue(have, key) : undefined, [...path, key]);
      }
      return;
    }
    // A whole section that is null was never spoken of; the target's own defaults are no difference.
    if (want === null && path.length === 1) return;
    const nothing = (value: ExactJson | undefined): boolean =>
      value === null || value === undefined || (Array.isArray(value) && value.length === 0);
    const same = path[0] === 'metadata' ? sameExact(want, have) : sameExact(sorted(want), sorted(have));
    if (want === undefined || same || (nothing(want) && nothing(have))) return;
    found.push({ setting: path.join('.'), wanted: short(want), got: nothing(have) ? undefined : short(have ?? null) });
  };
  const [want, have] = [exactSettings(wanted), exactSettings(got)];
  for (const name of sections) compare(ownValue(want, name), ownValue(have, name), [name]);
  return found;
}

export function differenceNotices(differences: readonly SettingDifference[]): Notice[] {
  return differences.map(({ setting, wanted, got }) => ({
    code: 'SETTING_NOT_TAKEN',
    params: { setting, wanted, got },
  }));
}

function sorted(value: ExactJson | undefined): ExactJson | undefined {
  if (!Array.isArray(value)) return value;
  return (value as readonly ExactJson[]).toSorted((a, b) => (printExact(a) < printExact(b) ? -1 : 1));
}

function short(value: ExactJson): string {
  const text = printExact(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
