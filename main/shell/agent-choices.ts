import { isAbsolute } from 'node:path';
import { Fault } from '../faults/fault.ts';
import type { AuditLog } from '../mcp/audit-log.ts';
import type { Settings } from '../settings/settings.ts';
import type { HandlerParts } from './handlers.ts';

/** A bound on the file, and on what is looked at for every path of an agent. */
const MOST_FOLDERS = 50;

/** What the person chooses about agents; a running endpoint goes by it from the next call on. */
export function createAgentChoices(settings: Settings, audit: AuditLog): HandlerParts['agents'] {
  return {
    choose: (change) => void settings.setEndpoint(change),
    allowFolder: (path) => {
      const { allowedFolders } = settings.endpoint();
      if (!isAbsolute(path)) throw new Fault('USAGE', { field: 'allowedFolders', reason: 'relative' });
      const others = allowedFolders.filter((folder) => folder !== path);
      if (others.length >= MOST_FOLDERS) throw new Fault('USAGE', { field: 'allowedFolders', reason: 'too-many' });
      settings.setEndpoint({ allowedFolders: [...others, path] });
    },
    forbidFolder: (path) => {
      const { allowedFolders } = settings.endpoint();
      settings.setEndpoint({ allowedFolders: allowedFolders.filter((folder) => folder !== path) });
    },
    calls: () => audit.last(),
  };
}
