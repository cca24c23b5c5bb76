import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { version } from '../package.json';
import { explainFault } from './faults/explain.ts';
import { Fault } from './faults/fault.ts';
import type { Endpoint } from './mcp/endpoint.ts';
import { findBinary } from './qdrant/local-binary.ts';
import { createService } from './service/backup-service.ts';
import type { ConnectionRef } from './service/types.ts';
import type { Protection } from './protection/protection.ts';
import { wallClock } from './protection/wall-clock.ts';
import { agentChoicesOf, agentFolders } from './settings/agents.ts';
import { settingsHome } from './settings/home.ts';
import { withSessionChoice } from './settings/session-choice.ts';
import { withSessionConnection } from './settings/session-connection.ts';
import type { Settings } from './settings/settings.ts';
import { agentsCommand } from './terminal/agents-command.ts';
import { backupCommand } from './terminal/backup-commands.ts';
import { BACKUP_COMMANDS } from './terminal/backup-program.ts';
import { exportCommand, importCommand, validateCommand } from './terminal/commands.ts';
import { connectionFrom, placesIn } from './terminal/common-options.ts';
import { printError, printWarnings, type Streams } from './terminal/output.ts';
import { parseCommandLine, type Invocation } from './terminal/program.ts';
import { howTo, scheduleCommand } from './terminal/schedule-commands.ts';
import { SCHEDULE_COMMANDS } from './terminal/schedule-program.ts';
import { serveCommand } from './terminal/serve.ts';
import { settingsFor } from './terminal/settings-for.ts';
import type { Terminal } from './terminal/terminal.ts';

// The command line: the same parts as the app, without Electron.

const streams: Streams = { out: process.stdout, err: process.stderr };

async function run(invocation: Invocation, signal: AbortSignal): Promise<number> {
  if (invocation.command === 'mcp') {
    // Only here: the protocol's client is nothing to other commands.
    const { mcpCommand } = await import('./terminal/mcp.ts');
    return mcpCommand(invocation.options, version, signal);
  }
  const { options } = invocation;
  const connection = connectionFrom(options, process.env);
  const { settings: stored, home, notices } = await settingsFor(invocation, connection);
  let told = 0;
  const tellNews = (): void => {
    printWarnings(streams, notices().slice(told));
    told = notices().length;
  };
  tellNews();
  const vault = options.vault === undefined ? undefined : resolve(options.vault);
  const settings = forSession(invocation, stored, connection, vault);
  const qdrantBinary = findBinary({
    runtimesDir: fileURLToPath(new URL('../../.runtimes', import.meta.url)),
    env: process.env,
  });
  const service = createService({
    settings,
    home,
    qdrantBinary,
    workerScript: new URL('./worker.js', import.meta.url),
    generator: `vectorkeep ${version}`,
  });
  const json = options.json === true;
  const protection = async (): Promise<Protection> => {
    // Only here, as below: what works out schedules is nothing to other commands.
    const { Protection } = await import('./protection/protection.ts');
    const folder = home ?? settingsHome(options.home, process.env, process.cwd());
    // A vault that is named has to be there; `serve` may be the one that makes it.
    const named = vault !== undefined && invocation.command !== 'serve';
    const looking = named ? { ...service, listBackups: () => service.listBackups({ vault }) } : service;
    return Protection.open({
      ...{ service: looking, settings, home: folder, clock: wallClock },
      builtin: qdrantBinary !== undefined,
    });
  };
  const terminal: Terminal = {
    ...{ service, streams, json, connection, vault, places: placesIn(options), signal },
    ...{ cwd: process.cwd(), now: new Date(), protection },
  };
  try {
    switch (invocation.command) {
      case 'export':
        return await exportCommand(terminal, invocation.source, invocation.options);
      case 'import':
        return await importCommand(terminal, invocation.path, invocation.options);
      case 'validate':
        return await validateCommand(terminal, invocation.path);
      case 'serve':
        return await serve(terminal, settings, invocation);
      case 'status':
      case 'schedule':
      case 'pause':
      case 'resume':
      case 'connect':
        return await scheduleCommand(terminal, invocation);
      case 'agents':
        return agentsCommand(terminal, settings, invocation);
      default:
        return await backupCommand(terminal, invocation);
    }
  } finally {
    await service.close();
    tellNews();
  }
}

async function serve(
  terminal: Terminal,
  settings: Settings,
  { options }: Extract<Invocation, { command: 'serve' }>,
): Promise<number> {
  const { service, streams: to, json, signal } = terminal;
  const { port } = settings.endpoint();
  const protection = await terminal.protection();
  const home = settingsHome(options.home, process.env, process.cwd());
  const exportFolder = settings.exportFolder();
  const start = async (): Promise<Endpoint> => {
    // Only here: the protocol's libraries are a third of what any other command loads.
    const [{ startEndpoint }, { openAuditLog }] = await Promise.all([
      import('./mcp/endpoint.ts'),
      import('./mcp/audit-log.ts'),
    ]);
    return startEndpoint({
      ...{ service, home, version, port: options.port ?? port },
      audit: openAuditLog(home),
      protection: () => protection.view(),
      agents: () => ({ ...agentChoicesOf(settings), ...agentFolders(settings, home) }),
    });
  };
  return serveCommand({
    ...{ streams: to, json, signal, service, exportFolder, vaultFolder: settings.vaultFolder() },
    start: options.endpoint ? start : undefined,
    protection,
    discoveryFile: join(home, 'mcp.json'),
    howToSchedule: howTo(terminal),
    endWhenIdle: options.endWhenIdle,
  });
}

/** For what goes on running, the vault and the Qdrant of the command line: where an agent names none, it is those. */
function forSession(
  { command }: Invocation,
  stored: Settings,
  connection: ConnectionRef | undefined,
  vault: string | undefined,
): Settings {
  if (command !== 'serve') return stored;
  const settings = vault === undefined ? stored : { ...stored, vaultFolder: () => vault };
  if (connection === undefined) return settings;
  if (!('url' in connection)) return withSessionChoice(settings, connection);
  return withSessionConnection(settings, { name: 'given', url: connection.url, apiKey: connection.apiKey ?? null });
}

const interrupted = new AbortController();
// The settings library listens too and raises every signal once more (when-exit), for programs that do not: its echo
// is not a person who is pressing Ctrl-C again.
const ECHO_MS = 500;
let askedAt = 0;
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    if (!interrupted.signal.aborted) askedAt = performance.now();
    // The second time means now.
    else if (performance.now() - askedAt > ECHO_MS) process.exit(130);
    interrupted.abort();
  });
}
// Whoever reads our output may stop reading (`| head`): that is no reason to break off, or to print a stack. Any other
// reason why a result cannot be printed, as a full disk, makes the command one that failed.
process.stderr.on('error', () => undefined);
process.stdout.on('error', ({ code = 'unknown' }: NodeJS.ErrnoException) => {
  if (code === 'EPIPE') return;
  const unprinted = new Fault(code === 'ENOSPC' ? 'NO_SPACE' : 'WRITE_FAILED', { path: 'The output', reason: code });
  process.stderr.write(`Error: ${explainFault(unprinted).message}\n`);
  process.once('exit', () => (process.exitCode ||= 1));
});
const COMMANDS = [...BACKUP_COMMANDS, ...SCHEDULE_COMMANDS, 'export', 'import', 'validate', 'serve', 'mcp', 'agents'];
const words = process.argv.slice(2);
try {
  const invocation = parseCommandLine(words, version, streams);
  process.exitCode = invocation === null ? 0 : await run(invocation, interrupted.signal);
} catch (error) {
  process.exitCode = printError(
    streams,
    error,
    words.includes('--json'),
    COMMANDS.find((name) => name === words[0]),
  );
}
