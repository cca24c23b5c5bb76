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

/** The `files` of an export, collected point by point: path -> number of points, and the hash when they agree on one. */
export class FileMappings {
  readonly #files = new Map<string, { points: number; hash: string | null; disputed: boolean }>();

  add(scanner: PointScanner): void {
    const { path, hash } = scanner;
    if (path.start < 0) return;
    const key = scanner.text(path.start, path.end);
    const value = hash.start < 0 ? null : scanner.text(hash.start, hash.end);
    const known = this.#files.get(key);
    if (known === undefined) this.#files.set(key, { points: 1, hash: value, disputed: false });
    else {
      known.points++;
      if (known.hash !== value) known.disputed = true;
    }
  }

  get size(): number {
    return this.#files.size;
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
