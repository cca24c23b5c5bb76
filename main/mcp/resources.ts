/** What agents can read besides calling tools: the manifests of backups, and the work that agents have begun. */
import {
  ProtocolError,
  ProtocolErrorCode,
  ResourceNotFoundError,
  ResourceTemplate,
} from '@modelcontextprotocol/server';
import type { McpServer, ReadResourceResult } from '@modelcontextprotocol/server';
import { Fault } from '../faults/fault.ts';
import { backupUri, jobUri } from './resource-names.ts';
import { plainData, plainText } from './plain-text.ts';
import { outcomeOf, type Desk } from './tool-desk.ts';

/** Of each kind, newest first; list_backups has all. */
const MOST_LISTED = 100;
const JSON_TYPE = 'application/json';

export function offerResources(server: McpServer, desk: Desk): void {
  const { service, jobs } = desk;

  server.registerResource(
    'backup',
    new ResourceTemplate('vectorkeep://backups/{name}', {
      list: async () => {
        // A vault that is away has nothing to read; why, the tools say.
        const list = await service.listBackups({}).catch(() => ({ backups: [] }));
        return {
          resources: list.backups.slice(0, MOST_LISTED).map(({ backupName, collection, createdAt, totalVectors }) => ({
            uri: backupUri(backupName),
            name: plainText(backupName),
            description: plainText(`Backup of ${collection}, ${totalVectors} points, taken ${createdAt}`),
            mimeType: JSON_TYPE,
          })),
        };
      },
    }),
    { title: 'Backup', description: 'The manifest of a backup: what it holds, and of what', mimeType: JSON_TYPE },
    (uri, { name }) => read(uri, name, (backup) => service.manifestOf(backup)),
  );

  server.registerResource(
    'job',
    new ResourceTemplate('vectorkeep://jobs/{id}', {
      list: () => ({
        resources: jobs
          .all()
          .slice(0, MOST_LISTED)
          .map(({ id, tool, status, job }) => ({
            uri: jobUri(id),
            name: plainText(id),
            description: plainText(`${tool}${job === null ? '' : ` of ${job.title}`}: ${status}`),
            mimeType: JSON_TYPE,
          })),
      }),
    }),
    { title: 'Job', description: 'Work that was started here: how it stands, and its result', mimeType: JSON_TYPE },
    (uri, { id }) => read(uri, id, async (job) => Promise.resolve(outcomeOf(jobs.look(job)))),
  );
}

/** Of what `part` of the address names. Where there is no such thing the protocol has an error of its own. */
async function read(
  uri: URL,
  part: string | string[] | undefined,
  content: (name: string) => Promise<unknown>,
): Promise<ReadResourceResult> {
  const name = decoded(String(part));
  if (name === null) throw new ResourceNotFoundError(uri.href);
  try {
    const text = JSON.stringify(plainData(await content(name)));
    return { contents: [{ uri: uri.href, mimeType: JSON_TYPE, text }] };
  } catch (error) {
    const { code } = Fault.from(error);
    if (['BACKUP_NOT_FOUND', 'JOB_NOT_FOUND', 'VAULT_GONE'].includes(code)) throw new ResourceNotFoundError(uri.href);
    // What nobody foresaw may hold anything.
    throw new ProtocolError(ProtocolErrorCode.InternalError, code);
  }
}

/** The library gives parts of addresses as they stand there. null: that is no name. */
function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}
