import { Fault } from '../faults/fault.ts';
import { modelInMetadata } from '../jobs/tasks/import-checks.ts';
import { dimensionsOf, schemaFromParams } from '../points/vector-schema.ts';
import type { Control } from '../qdrant/control.ts';
import type { CollectionSummary } from './types.ts';

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

/** All collections, by name. One that goes away meanwhile is left out. */
export async function listCollections(
  control: Control,
  modelOf: (collection: string) => string | null,
  usualModel: string | null,
): Promise<CollectionSummary[]> {
  const names = await control.list();
  const found = new Map<string, CollectionSummary>();
  const queue = [...names];
  const work = async (): Promise<void> => {
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
      try {
        const summary = await summarize(control, name, modelOf(name));
        found.set(name, { ...summary, model: summary.model ?? usualModel });
      } catch (error) {
        if (!(error instanceof Fault) || error.code !== 'COLLECTION_NOT_FOUND') throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return names.flatMap((name) => found.get(name) ?? []);
}
