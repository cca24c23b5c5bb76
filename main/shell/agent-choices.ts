import type { AuditLog } from '../mcp/audit-log.ts';
import { allowFolder, forbidFolder } from '../settings/agents.ts';
import type { Settings } from '../settings/settings.ts';
import type { HandlerParts } from './handlers.ts';

/** What the person chooses about agents; a running endpoint goes by it from the next call on. */
export function createAgentChoices(settings: Settings, audit: AuditLog): HandlerParts['agents'] {
  return {
    choose: (change) => void settings.setEndpoint(change),
    allowFolder: (path) => allowFolder(settings, path),
    forbidFolder: (path) => forbidFolder(settings, path),
    calls: () => audit.last(),
  };
}
