import { resolve } from 'node:path';
import type { AgentChoices } from '../../preload/api.ts';
import { Fault } from '../faults/fault.ts';
import { agentChoicesOf, agentFolders, allowFolder, forbidFolder } from '../settings/agents.ts';
import type { Settings } from '../settings/settings.ts';
import type { AgentsInvocation, AgentsOptions } from './agents-program.ts';
import { tell } from './answers.ts';
import { plain } from './output.ts';
import { connectionOf, type Terminal } from './terminal.ts';

/** Sets what agents may do, where anything was given, and tells how it is. Throws USAGE, NO_SPACE, WRITE_FAILED. */
export function agentsCommand(terminal: Terminal, settings: Settings, { options }: AgentsInvocation): number {
  const { cwd } = terminal;
  const change = changeOf(terminal, options);
  for (const folder of options.allowFolder ?? []) allowFolder(settings, resolve(cwd, folder));
  for (const folder of options.forbidFolder ?? []) forbidFolder(settings, resolve(cwd, folder));
  if (Object.keys(change).length > 0) settings.setEndpoint(change);
  const choices = agentChoicesOf(settings);
  const { exportFolder, allowedFolders } = agentFolders(settings, '');
  const { enabled } = settings.endpoint();
  tell(terminal, { enabled, ...choices, exportFolder, allowedFolders: [...allowedFolders] }, [
    `In the app: ${enabled ? 'on' : 'off'}. ${APPROVAL[choices.approval]}`,
    `Without a window: ${HEADLESS[choices.headless]}`,
    choices.readOnly
      ? 'Read-only: agents see no tool that writes.'
      : 'Agents may write: backups, exports, new indexes.',
    choices.index === null
      ? 'Where an agent names no index, the only one is meant.'
      : `Where an agent names no index: ${plain(choices.index.collection)} on ${plain(choices.index.connection)}.`,
    'Their files:',
    ...[exportFolder, ...allowedFolders].map((folder) => `  ${plain(folder)}`),
  ]);
  return 0;
}

const APPROVAL = {
  ask: 'What could lose points asks the person each time.',
  allow: 'What could lose points goes on after a safety copy.',
  refuse: 'What could lose points is refused.',
};
const HEADLESS = {
  allow: 'what could lose points goes on after a safety copy.',
  refuse: 'what could lose points is refused.',
};

function changeOf(terminal: Terminal, options: AgentsOptions): Partial<AgentChoices> {
  const { approval, headless, readOnly, index, noIndex } = options;
  const connectionName = (): string => {
    const found = connectionOf(terminal);
    if ('url' in found) throw new Fault('USAGE', { reason: 'Name a connection that is saved, with --connection.' });
    return found.name;
  };
  return {
    ...(approval === undefined ? {} : { approval }),
    ...(headless === undefined ? {} : { headless }),
    ...(readOnly === undefined ? {} : { readOnly }),
    ...(noIndex === true ? { index: null } : {}),
    ...(index === undefined ? {} : { index: { connection: connectionName(), collection: index } }),
  };
}
