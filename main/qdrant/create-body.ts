import { section } from './collection-settings.ts';
import { isExactObject, ownValue, type ExactJson, type ExactObject } from './exact-json.ts';
import type { SettingPath } from './accepted-body.ts';

/** Where a section goes in `PUT /collections/{name}`; reading answers `optimizer_config`, creating wants `optimizers_config`. */
const SECTION_KEYS = {
  vectors: 'vectors',
  sparse_vectors: 'sparse_vectors',
  hnsw: 'hnsw_config',
  optimizers: 'optimizers_config',
  wal: 'wal_config',
  quantization: 'quantization_config',
  strict_mode: 'strict_mode_config',
  metadata: 'metadata',
} as const;

/** Settings that exist only in `PATCH /collections/{name}`. */
const PATCH_ONLY = ['read_fan_out_factor', 'read_fan_out_delay_ms'];

/** Never taken from a file: old servers would fill the new collection with points of another. */
const FORBIDDEN = ['init_from'];

export interface CreateOptions {
  /** Leave strict mode to `applyStrictMode` after the points: its limits are meant for users, not for a restore. */
  readonly deferStrictMode?: boolean;
}

/** The body that creates a collection with all these settings (exact, see exactSettings). */
export function createBody(settings: ExactObject, options: CreateOptions = {}): ExactObject {
  const body: Record<string, ExactJson> = {
    ...pick(section(settings, 'other'), FORBIDDEN),
    ...withoutNulls(pick(section(settings, 'params'), [...FORBIDDEN, ...PATCH_ONLY])),
  };
  for (const [name, key] of Object.entries(SECTION_KEYS)) {
    const value = section(settings, name);
    const skip = name === 'strict_mode' && options.deferStrictMode === true;
    // Sections of one name win over whatever a file calls the same under params or other.
    body[key] = skip
      ? null
      : name === 'metadata'
        ? value
        : name === 'vectors'
          ? withDistance(value)
          : withoutNulls(value);
  }
  return Object.fromEntries(
    Object.entries(body).filter(([key, value]) => key === 'vectors' || !(value === null || isEmpty(value))),
  );
}

/** The body for `PATCH /collections/{name}` after creation; null when there is nothing for it. */
export function patchBody(settings: ExactObject): ExactObject | null {
  const params = Object.entries(section(settings, 'params')).filter(
    ([key, value]) => PATCH_ONLY.includes(key) && value !== null,
  );
  return params.length === 0 ? null : { params: Object.fromEntries(params) };
}

/** Tells what a collection made from `body` cannot be without; the rest may be left out for a server that refuses it. */
export function coreOf(body: ExactObject): (path: SettingPath) => boolean {
  const named = !isUnnamed(section(body, 'vectors'));
  return ([top, ...rest]) => {
    if (top === 'metadata') return rest.length > 0; // as a whole or not at all
    if (top === 'sparse_vectors') return rest.length <= 1;
    if (top !== 'vectors') return false;
    const setting = named ? rest[1] : rest[0];
    return setting === undefined || ['size', 'distance', 'multivector_config'].includes(setting);
  };
}

const isUnnamed = (vectors: ExactObject): boolean => {
  const size = ownValue(vectors, 'size');
  return size !== undefined && !isExactObject(size);
};

function withDistance(vectors: ExactObject): ExactObject {
  const complete = (params: ExactObject): ExactObject => ({ distance: 'Cosine', ...withoutNulls(params) });
  if (isUnnamed(vectors)) return complete(vectors);
  return Object.fromEntries(
    Object.entries(vectors).map(([name, params]) => [name, isExactObject(params) ? complete(params) : params]),
  );
}

/** Null means "not set" and is best said by silence: older servers do not take it everywhere. */
function withoutNulls(value: ExactObject): ExactObject {
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== null)
      .map(([key, inner]) => [key, isExactObject(inner) ? withoutNulls(inner) : inner]),
  );
}

function pick(value: ExactObject, except: readonly string[]): ExactObject {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !except.includes(key)));
}

const isEmpty = (value: ExactJson): boolean => isExactObject(value) && Object.keys(value).length === 0;
