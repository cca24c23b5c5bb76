/** What an endpoint needs besides the service, as a person has it who chose nothing. */
import { join } from 'node:path';
import type { AgentChoices, ProtectionView } from '../../preload/api.ts';
import type { PathPolicy } from '../../main/mcp/allowed-path.ts';
import { openAuditLog, type AuditLog } from '../../main/mcp/audit-log.ts';

const unprotected: ProtectionView = {
  tone: 'attention',
  sentence: 'Nothing is backed up by itself yet.',
  keeper: 'here',
  paused: null,
  keep: null,
  drill: { schedule: { kind: 'off' }, onConnections: false, nextRun: null },
  defaults: [],
  indexes: [],
  nextRun: null,
  warnings: [],
};

export interface EndpointParts {
  readonly agents: () => PathPolicy & AgentChoices;
  readonly protection: () => ProtectionView;
  readonly audit: AuditLog;
}

/** `choices` may be changed while the endpoint runs. Exports go to `exports` in `home`. */
export function endpointParts(home: string, choices: Partial<PathPolicy & AgentChoices> = {}): EndpointParts {
  return {
    agents: () => ({
      ...{ approval: 'ask', headless: 'refuse', readOnly: false, index: null },
      ...{ exportFolder: join(home, 'exports'), allowedFolders: [], ownFolders: [] },
      ...choices,
    }),
    protection: () => unprotected,
    audit: openAuditLog(home),
  };
}
