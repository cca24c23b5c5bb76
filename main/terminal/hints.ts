import { explainFault } from '../faults/explain.ts';
import type { Fault, FaultCode } from '../faults/fault.ts';
import { cameSomeWay } from '../faults/words.ts';

const WAYS: Partial<Record<FaultCode, string>> = {
  FILE_EXISTS: 'Choose another name with -o, or replace it with --force.',
  SCHEMA_MISMATCH: 'Nothing was written. Import it into a new index instead: --collection NAME.',
  MODEL_MISMATCH:
    'Nothing was written. Vectors of different models do not mix; if you are sure: --allow-model-mismatch.',
  BACKUP_NOT_FOUND: 'See vectorkeep list; another vault is named with --vault DIR.',
  VAULT_GONE:
    'If the vault is on a drive, connect it and try again. If it is gone for good, vectorkeep backup --new-vault begins another.',
  NOT_A_VAULT: 'Nothing was written there. Name an empty folder, or one that is a vault, with --vault DIR.',
  NO_LOCAL_SERVER: 'Connect to a Qdrant of your own: --url URL.',
};

/** The next step as a command line takes it: what `explainFault` says, with the options that do it. `command`: as far as known. */
export function commandHint(fault: Fault, command: string | undefined): string {
  const { hint } = explainFault(fault);
  const { code, params } = fault;
  if (cameSomeWay(params)) return hint;
  if (code === 'USAGE' && params['field'] === 'port') return `${hint} The option is --port.`;
  if (code === 'USAGE') return `See vectorkeep ${command === undefined ? '' : `${command} `}--help.`;
  if (code === 'QDRANT_FORBIDDEN') return `${hint} The option is --api-key-env VARIABLE.`;
  if (code === 'CONNECTION_NOT_FOUND' && command === 'schedule' && params['choices'] === undefined)
    return 'Save one first: vectorkeep connect NAME --url URL.';
  if (code === 'CONNECTION_NOT_FOUND')
    return `${params['choices'] === undefined ? '' : `${hint} `}Name one with --connection or give a --url.`;
  if (code === 'SCHEMA_MISMATCH' && command === 'restore')
    return 'Nothing was written. Restore it into a new index instead: --to NAME.';
  if (code === 'FILE_EXISTS' && (command === 'restore' || command === 'import'))
    return 'Nothing was written. Name another folder with --companions-to.';
  if (code === 'BACKUP_NOT_FOUND' && params['choices'] !== undefined) return `${hint} All: vectorkeep list.`;
  if (code === 'BACKUP_DAMAGED') return `${hint} The command is vectorkeep verify --full, with the same --vault.`;
  if (code === 'BUSY' && params['reason'] === 'endpoint') return `${hint} The option is --home.`;
  return WAYS[code] ?? hint;
}
