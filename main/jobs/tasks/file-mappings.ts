import type { Notice } from '../../faults/fault.ts';
import type { PointScanner } from '../../points/point-scanner.ts';

/** Payload keys under which indexers keep the path of the file a point comes from, likeliest first. */
const PATH_KEYS = [
  'filePath',
  'file_path',
  'path',
  'relativePath',
  'relative_path',
  'file',
  'fileName',
  'filename',
  'source',
  'uri',
];
const HASH_KEYS = ['fileHash', 'file_hash', 'contentHash', 'content_hash', 'hash'];

export interface MappingKeys {
  readonly pathKey: string | null;
  readonly hashKey: string | null;
}

/**
 * Which payload keys hold path and hash, from a few payloads: a key counts when at least half of them carry it as a
 * string. `chosen` is a key that somebody set, and wins.
 */
export function detectMappingKeys(payloads: readonly unknown[], chosen: string | null): MappingKeys {
  const usual = (key: string): boolean => {
    const holders = payloads.filter((payload) => {
      const value = isRecord(payload) ? payload[key] : undefined;
      return typeof value === 'string' && value !== '';
    });
    return holders.length > 0 && holders.length * 2 >= payloads.length;
  };
  return { pathKey: chosen ?? PATH_KEYS.find(usual) ?? null, hashKey: HASH_KEYS.find(usual) ?? null };
}

/** How much the `files` of an export may become: entries, and bytes of JSON text. */
export interface MappingLimits {
  readonly files: number;
  readonly bytes: number;
}

/**
 * All of it lies in memory until the last point is read, as seven times its text. 400,000 paths are as many as the largest
 * repositories have; an index with more of them has a path of its own for each point, and a list of those says nothing.
 */
const LIMITS: MappingLimits = { files: 400_000, bytes: 24 << 20 };

/** What an entry takes besides path and hash: `:{"points":1234567890,"hash":},` and a line break. */
const FRAME = 32;

/**
 * The `files` of an export, collected point by point: path -> number of points, and the hash when they agree on one.
 * At the limit it takes no further paths, but goes on counting for those it has.
 */
export class FileMappings {
  readonly #files = new Map<string, { points: number; hash: string | null; disputed: boolean }>();
  readonly #limits: MappingLimits;
  #bytes = 0;
  /** Points whose path found no room. */
  #unlisted = 0;

  constructor(limits: MappingLimits = LIMITS) {
    this.#limits = limits;
  }

  add(scanner: PointScanner): void {
    const { path, hash } = scanner;
    if (path.start < 0) return;
    const key = scanner.text(path.start, path.end);
    const value = hash.start < 0 ? null : scanner.text(hash.start, hash.end);
    const known = this.#files.get(key);
    if (known !== undefined) {
      known.points++;
      if (known.hash !== value) known.disputed = true;
      return;
    }
    const bytes = this.#bytes + FRAME + path.end - path.start + (hash.start < 0 ? 0 : hash.end - hash.start);
    // Once one is left out, so are all after it: the list is of the first files, not of those with short names.
    if (this.#unlisted > 0 || this.#files.size >= this.#limits.files || bytes > this.#limits.bytes) {
      this.#unlisted++;
      return;
    }
    this.#bytes = bytes;
    this.#files.set(key, { points: 1, hash: value, disputed: false });
  }

  get size(): number {
    return this.#files.size;
  }

  /** That files are missing from the list, if any are. */
  notices(): Notice[] {
    if (this.#unlisted === 0) return [];
    return [{ code: 'FILES_NOT_ALL_LISTED', params: { listed: this.size, points: this.#unlisted } }];
  }

  /** JSON text; paths and hashes are the source text of the payloads. */
  text(): string {
    const entries: string[] = [];
    for (const [path, { points, hash, disputed }] of this.#files) {
      entries.push(`${path}:{"points":${points}${hash === null || disputed ? '' : `,"hash":${hash}`}}`);
    }
    return entries.length === 0 ? '{}' : `{\n${entries.join(',\n')}\n}`;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
