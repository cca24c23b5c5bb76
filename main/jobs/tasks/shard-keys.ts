import { Fault } from '../../faults/fault.ts';
import type { PointScanner } from '../../points/point-scanner.ts';
import { exactSettings, type CollectionSettings } from '../../qdrant/collection-settings.ts';
import { isExactObject, ownValue, printExact } from '../../qdrant/exact-json.ts';

/** More than any cluster has shards; they stay in memory. */
const MOST_KEYS = 10_000;
/** In bytes of text; Qdrant's are a fraction of it. */
const LONGEST_KEY = 4096;

/** The shard keys that the points of a file name, collected point by point. */
export class SeenShardKeys {
  /** As JSON text: `"eu"`, `18446744073709551615`. */
  readonly #keys = new Set<string>();
  /** A point without a key. */
  #bare: string | null = null;

  add(scanner: PointScanner): void {
    const { start, end } = scanner.shardKey;
    if (start < 0 || scanner.buf[start] === 0x6e) this.#bare ??= scanner.idString();
    else {
      if (end - start <= LONGEST_KEY) this.#keys.add(scanner.text(start, end));
      if (end - start > LONGEST_KEY || this.#keys.size > MOST_KEYS)
        throw new Fault('BAD_ARCHIVE', { reason: 'shard_keys', limit: MOST_KEYS, point: scanner.idString() });
    }
  }

  /**
   * With custom sharding every point goes to the shard of its key, and there is none for a key that the index does not
   * have. Throws SCHEMA_MISMATCH for the first point that could not be written. Pure.
   */
  checkAgainst(settings: CollectionSettings, collection: string): void {
    if (!hasCustomSharding(settings)) return;
    const refuse = (reason: string): never => {
      throw new Fault('SCHEMA_MISMATCH', { collection, what: 'shard_key', reason });
    };
    if (this.#bare !== null)
      refuse(`it is divided by shard keys, and point ${this.#bare} of the file has no shard key`);
    const has = new Set(shardKeysOf(settings));
    for (const key of this.#keys) {
      const plain = key.startsWith('"') ? JSON.stringify(JSON.parse(key)) : key;
      if (!has.has(plain)) refuse(`the file has points with the shard key ${plain}, which does not exist there`);
    }
  }
}

const hasCustomSharding = ({ params }: CollectionSettings): boolean => ownValue(params, 'sharding_method') === 'custom';

/** With custom sharding and no key yet there is no shard to hold any. */
export const canHoldPoints = (settings: CollectionSettings): boolean =>
  !hasCustomSharding(settings) || shardKeysOf(settings).length > 0;

/** Shard keys of a collection with custom sharding, as JSON text; none for any other. */
export function shardKeysOf(settings: CollectionSettings): string[] {
  if (!hasCustomSharding(settings)) return [];
  const keys = ownValue(exactSettings(settings), 'shard_keys');
  const list: readonly unknown[] = Array.isArray(keys) ? keys : [];
  return list.map((entry) => printExact(isExactObject(entry) ? (ownValue(entry, 'key') ?? null) : null));
}
