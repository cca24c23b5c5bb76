import type { FaultParams } from './fault.ts';

/** Why a file is not a good export: sub-codes of BAD_ARCHIVE, each with the words that follow "This file…". */
export const ARCHIVE_REASONS = {
  empty: () => 'is empty',
  not_json: () => 'is not a Vectorkeep export: it does not begin with a JSON object',
  not_an_export: (p) => `is JSON, but not an export: it has no "${String(p['key'] ?? 'vectors')}"`,
  syntax: (p) => `is broken JSON: ${String(p['expected'] ?? 'unexpected text')}`,
  truncated: () => 'ends in the middle: it was cut off',
  bad_gzip: () => 'is damaged: its compressed data cannot be read',
  trailing: () => 'has more text after the end of the export',
  unknown_version: (p) => `has format version ${String(p['version'])}, which this program does not know`,
  dimension: (p) =>
    `holds a vector${named(p)} with ${String(p['got'])} dimensions where ${String(p['expected'])} were expected`,
  not_finite: (p) => `holds a number${named(p)} that is not finite: NaN, Infinity or out of range`,
  vector_kind: (p) =>
    `holds a vector${named(p)} of the wrong kind: expected ${String(p['expected'])}, found ${String(p['got'])}`,
  unknown_vector: (p) => `holds a vector${named(p)} that its own description does not name`,
  too_many_vectors: (p) => `names more than ${String(p['limit'])} different vectors`,
  name_too_long: (p) => `holds a vector whose name is longer than ${String(p['limit'])} bytes`,
  shard_keys: (p) => `names more than ${String(p['limit'])} shard keys, or a very long one`,
  sparse_index: (p) => `holds a sparse vector${named(p)} with a repeated or invalid index`,
  sparse_length: (p) =>
    `holds a sparse vector${named(p)} with ${String(p['got'])} values for ${String(p['expected'])} indices`,
  duplicate_id: () => 'holds the same point twice',
  bad_id: () => 'holds a point whose id is neither a 64-bit number nor a UUID',
  missing_id: () => 'holds a point without an id',
  payload_kind: () => 'holds a payload that is not an object',
  too_deep: (p) => `is nested deeper than ${String(p['limit'])} levels`,
  too_large: (p) => `holds a ${String(p['what'] ?? 'value')} larger than ${String(p['limit'])} MiB`,
  bad_utf8: () => 'holds text that is not valid UTF-8',
  lone_surrogate: () => 'holds text with half of a surrogate pair, which Qdrant cannot store',
  duplicate_key: (p) => `names "${String(p['key'])}" twice`,
  bad_metadata: (p) => `has a broken description: ${String(p['detail'] ?? 'metadata')}`,
  count: (p) => `says it holds ${String(p['expected'])} points but holds ${String(p['got'])}`,
  changed: () => 'was changed while it was being read',
  checksum: () => 'was changed after it was written: its checksum does not match',
  companion_checksum: (p) =>
    `carries a companion file (${String(p['name'])}) that was changed: its checksum does not match`,
} as const satisfies Record<string, (params: FaultParams) => string>;

export type ArchiveReason = keyof typeof ARCHIVE_REASONS;

function named(params: FaultParams): string {
  const vector = params['vector'];
  return typeof vector === 'string' && vector !== '' ? ` ("${vector}")` : '';
}

/** "ends in the middle: it was cut off (byte 1234, point 17)". */
export function describeArchiveReason(params: FaultParams): string {
  const reason = params['reason'];
  const words = isReason(reason) ? ARCHIVE_REASONS[reason](params) : 'is not a good export';
  const where = [
    typeof params['offset'] === 'number' ? `byte ${params['offset']}` : '',
    typeof params['point'] === 'string' && params['point'] !== ''
      ? `point ${params['point']}`
      : typeof params['nth'] === 'number'
        ? `point number ${params['nth']} in the file`
        : '',
  ].filter((part) => part !== '');
  return where.length > 0 ? `${words} (${where.join(', ')})` : words;
}

function isReason(value: unknown): value is ArchiveReason {
  return typeof value === 'string' && Object.hasOwn(ARCHIVE_REASONS, value);
}
