import type { Notice } from '../faults/fault.ts';
import { findAcceptedBody } from './accepted-body.ts';
import { exactSettings, section, type CollectionSettings } from './collection-settings.ts';
import { isExactObject, ownValue, type ExactJson, type ExactObject } from './exact-json.ts';
import type { Exchange } from './exchange.ts';
import { accepted } from './recreate.ts';
import { readSettings } from './settings-reader.ts';
import { differenceNotices, settingDifferences } from './settings-difference.ts';

/** An index over a million points takes minutes. */
const INDEX_LIMIT_MS = 3_600_000;

/**
 * Creates every payload index with all its params, one after another, each finished before the next, and reports
 * what the target did not take by reading it back. Indexes that exist already are left or changed to match.
 */
export async function createPayloadIndexes(
  exchange: Exchange,
  name: string,
  settings: CollectionSettings,
): Promise<Notice[]> {
  const wanted = section(exactSettings(settings), 'payload_indexes');
  for (const [field, params] of Object.entries(wanted)) {
    if (!isExactObject(params)) continue;
    const put = (schema: ExactObject): Promise<boolean> =>
      accepted(() =>
        exchange.exact(
          { operation: 'create a payload index', right: 'write', collection: name, timeoutMs: INDEX_LIMIT_MS },
          {
            method: 'PUT',
            path: `/collections/${encodeURIComponent(name)}/index?wait=true`,
            body: { field_name: field, field_schema: schemaOf(schema) },
          },
        ),
      );
    // The last request that succeeds is the one that counts, so trying a body and using it are the same.
    if (!(await put(params))) await findAcceptedBody(params, ([key]) => key === 'type', put, put);
  }
  return differenceNotices(settingDifferences(settings, await readSettings(exchange, name), ['payload_indexes']));
}

/** The bare name of the type when there are no params: it is what every version takes, and reads back the same. */
function schemaOf(params: ExactObject): ExactJson {
  return Object.keys(params).length === 1 ? (ownValue(params, 'type') ?? params) : params;
}
