/** What a tool call means when it leaves out a connection or a collection. */
import { Fault } from '../faults/fault.ts';
import type { Service } from '../service/service.ts';
import type { AllowedFile } from './allowed-path.ts';
import { inTime } from './in-time.ts';
import type { Desk } from './tool-desk.ts';

/** Choices named in an error, at most. */
const MOST_CHOICES = 20;

/** How long a file may be read for its collection's name; our own files tell it in their first bytes. */
const PEEK_MS = 20_000;

const list = (names: readonly string[]): string =>
  names.slice(0, MOST_CHOICES).join(', ') + (names.length > MOST_CHOICES ? ', …' : '');

/** The name of a configured connection. Throws CONNECTION_NOT_FOUND with the choices. */
export function chooseConnection(service: Service, wanted: string | undefined): string {
  const { connections, current } = service.connections();
  const name = wanted ?? current;
  if (name !== null && connections.some((each) => each.name === name)) return name;
  const choices = list(connections.map((each) => each.name));
  throw new Fault('CONNECTION_NOT_FOUND', { connection: wanted, ...(choices === '' ? {} : { choices }) });
}

/**
 * The index that is meant: as named; else the one that the person chose for this, where it is on that connection; else the
 * only one there is. Throws CONNECTION_NOT_FOUND, COLLECTION_AMBIGUOUS with the choices.
 */
export async function chooseIndex(
  { service, choices }: Pick<Desk, 'service' | 'choices'>,
  named: { readonly connection?: string | undefined; readonly collection?: string | undefined },
): Promise<{ readonly connection: string; readonly collection: string }> {
  const { index } = choices();
  const preferred = named.connection === undefined || named.connection === index?.connection ? index : null;
  if (named.collection === undefined && preferred !== null)
    return { connection: chooseConnection(service, preferred.connection), collection: preferred.collection };
  const connection = chooseConnection(service, named.connection);
  if (named.collection !== undefined) return { connection, collection: named.collection };
  const names = (await inTime(service.collections({ name: connection }))).map((each) => each.name);
  const [only] = names;
  if (only !== undefined && names.length === 1) return { connection, collection: only };
  throw new Fault('COLLECTION_AMBIGUOUS', { choices: list(names) });
}

/**
 * The collection that an export file is of. Throws BAD_ARCHIVE for a bad file, USAGE when the file
 * names none or is too large to be looked through now: then the caller has to name it.
 */
export async function targetInFile(service: Service, file: AllowedFile, signal: AbortSignal): Promise<string> {
  const limit = AbortSignal.timeout(PEEK_MS);
  try {
    return await service.collectionIn(file, AbortSignal.any([signal, limit]));
  } catch (error) {
    if (!limit.aborted) throw error;
    throw new Fault('USAGE', { field: 'collection', reason: 'needed' }, { cause: error });
  }
}
