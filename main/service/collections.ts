import { createHash } from 'node:crypto';
import { Fault } from '../faults/fault.ts';
import { modelInMetadata } from '../jobs/tasks/import-checks.ts';
import { dimensionsOf, schemaFromParams } from '../points/vector-schema.ts';
import { isScratchName } from '../qdrant/collection-name.ts';
import type { CollectionSettings } from '../qdrant/collection-settings.ts';
import type { Control } from '../qdrant/control.ts';
import type { Json } from '../qdrant/exact-json.ts';
import type { CollectionSummary, SeenCollection } from './types.ts';

/** Requests about collections that are under way at once. */
const AT_ONCE = 4;

/** What a list shows of one collection. */
export async function summarize(control: Control, name: string, model: string | null): Promise<CollectionSummary> {
  const settings = await control.settings(name);
  const [{ count }, { status }] = await Promise.all([control.measure(name), control.status(name)]);
  return {
    name,
    points: count,
    dimensions: dimensionsOf(schemaFromParams(settings.vectors, settings.sparse_vectors)),
    model: model ?? modelInMetadata(settings.metadata),
    status,
  };
}

/** The collections that `wanted` names, at a glance. One that goes away meanwhile is left out. */
export async function lookAt(control: Control, wanted: (name: string) => boolean): Promise<SeenCollection[]> {
  const names = (await control.list()).filter((name) => !isScratchName(name) && wanted(name));
  return each(names, async (collection) => {
    try {
      const [settings, { count, exact }] = await Promise.all([
        control.settings(collection),
        control.measure(collection),
      ]);
      return { collection, points: count, exact, shape: shapeOf(settings) };
    } catch (error) {
      // One that cannot be looked at is there all the same, and the others can.
      if (!(error instanceof Fault) || !OF_ONE.has(error.code)) throw error;
      return { collection, points: null, exact: false, shape: '' };
    }
  });
}

/** What may be wrong with one collection and not with its server. */
const OF_ONE: ReadonlySet<string> = new Set(['QDRANT_REFUSED', 'QDRANT_FORBIDDEN']);

/** Of vectors, what an update cannot change. */
function shapeOf({ vectors, sparse_vectors }: CollectionSettings): string {
  const fixed = [...schemaFromParams(vectors, sparse_vectors)].sort(([a], [b]) => (a < b ? -1 : 1));
  const distances = 'distance' in vectors ? vectors['distance'] : Object.entries(vectors).map(distanceOf).sort();
  return createHash('sha256')
    .update(JSON.stringify([fixed, distances]))
    .digest('hex')
    .slice(0, 16);
}

const distanceOf = ([name, params]: [string, Json]): string => {
  const distance = typeof params === 'object' && params !== null && 'distance' in params ? params['distance'] : null;
  return JSON.stringify([name, distance]);
};

/** All collections, by name. One that goes away meanwhile is left out. */
export async function listCollections(
  control: Control,
  modelOf: (collection: string) => string | null,
  usualModel: string | null,
): Promise<CollectionSummary[]> {
  const names = (await control.list()).filter((name) => !isScratchName(name));
  return each(names, async (name) => {
    const summary = await summarize(control, name, modelOf(name));
    return { ...summary, model: summary.model ?? usualModel };
  });
}

/** What is found for each name, in their order, several at a time. */
async function each<T>(names: readonly string[], find: (name: string) => Promise<T>): Promise<T[]> {
  const found = new Map<string, T>();
  const queue = [...names];
  const work = async (): Promise<void> => {
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
      try {
        found.set(name, await find(name));
      } catch (error) {
        if (!(error instanceof Fault) || error.code !== 'COLLECTION_NOT_FOUND') throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return names.flatMap((name) => found.get(name) ?? []);
}
