import type { Fault } from '../faults/fault.ts';
import { openControl } from '../qdrant/control.ts';
import type { QdrantTarget } from '../qdrant/target.ts';

/** Indexes named to whoever asked for one that is not there, at most. */
const MOST_CHOICES = 10;

/** COLLECTION_NOT_FOUND with the names of what is there, where those are to be had; any other fault as it is. */
export async function withChoices(fault: Fault, target: () => Promise<QdrantTarget>): Promise<Fault> {
  if (fault.code !== 'COLLECTION_NOT_FOUND') return fault;
  try {
    const names = await openControl(await target(), undefined, 1).list();
    const more = names.length > MOST_CHOICES ? ', …' : '';
    return fault.with({ choices: names.slice(0, MOST_CHOICES).join(', ') + more });
  } catch {
    return fault;
  }
}
