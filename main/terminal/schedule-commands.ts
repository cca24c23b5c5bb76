import { explainFault } from '../faults/explain.ts';
import { Fault, FAULT_CODES } from '../faults/fault.ts';
import type { Protection } from '../protection/protection.ts';
import type { Service } from '../service/service.ts';
import type { ConnectionRef, PruneRequest, PruneResult, Warning } from '../service/types.ts';
import { normalizeUrl } from '../settings/connections.ts';
import { tell, warn, write } from './answers.ts';
import { firstOf, type Lines } from './backup-reports.ts';
import { paintFor } from './colour.ts';
import { connect } from './connect.ts';
import { bytes, columnsOf, count, plain, printJson, shellWords } from './output.ts';
import type { ScheduleInvocation } from './schedule-program.ts';
import { nextRunsOf, ruleName, rulesOf, scheduleReport } from './schedule-report.ts';
import { isScheduled, keeperWords, keepWords, scheduleWords, slotTime, someOf } from './schedule-words.ts';
import { statusReport } from './status-report.ts';
import { connectionOf, type Terminal } from './terminal.ts';

/** Something is overdue, failing, or did not come back as it was when it was tested. */
const NOT_SAFE = 1;
const RESULTS = 5;

/** Runs a command about what is backed up by itself; the exit code. Throws what service and settings throw. */
export async function scheduleCommand(terminal: Terminal, invocation: ScheduleInvocation): Promise<number> {
  switch (invocation.command) {
    case 'status':
      return status(terminal);
    case 'connect':
      return connect(terminal, invocation);
    case 'schedule':
      return schedule(terminal, invocation);
    case 'pause':
    case 'resume': {
      const protection = await terminal.protection();
      const wasPaused = protection.view().paused !== null;
      if (invocation.command === 'pause') protection.pause(invocation.until);
      else protection.resume();
      const { paused, sentence } = protection.view();
      const goOn = wasPaused ? 'Scheduled backups go on.' : 'Scheduled backups are not paused: they go on as they did.';
      tell(terminal, { paused, sentence, wasPaused }, [paused === null ? goOn : sentenceOfPause(paused.until)]);
      return 0;
    }
  }
}

const sentenceOfPause = (until: string | null): string =>
  until === null
    ? 'Scheduled backups wait until you resume them: vectorkeep resume'
    : `Scheduled backups wait until ${slotTime(until)}. Sooner: vectorkeep resume`;

async function status(terminal: Terminal): Promise<number> {
  const protection = await terminal.protection();
  const view = protection.view();
  const { entries } = protection.history({ limit: RESULTS });
  const safe = view.tone !== 'failed';
  const [trouble] = view.warnings;
  const code = trouble === undefined ? (safe ? 0 : NOT_SAFE) : exitCodeOf(trouble.code);
  const { streams, json, now } = terminal;
  if (json) {
    // The strip of thirty days is for eyes.
    const indexes = view.indexes.map((index) => ({ ...index, days: undefined }));
    printJson(streams, { ok: code === 0, ...view, indexes, results: entries });
    return code;
  }
  const paint = paintFor(streams.out, process.env);
  const width = columnsOf(streams.out);
  write(terminal, statusReport(view, entries, { width, now: now.getTime(), paint }));
  if (!isScheduled(view)) write(terminal, ['To have an index backed up by itself:', `  ${howTo(terminal)}`]);
  // Where the vault is what there is to say, that was said.
  warn(
    terminal,
    view.warnings.filter(({ message }) => !view.sentence.includes(message)),
  );
  tellKeeper(terminal, protection);
  return code;
}

/** That of a vault or a history that cannot be read. */
function exitCodeOf(code: string): number {
  const known = FAULT_CODES.find((one) => one === code);
  return known === undefined ? NOT_SAFE : explainFault(new Fault(known)).exitCode;
}

type Setting = Extract<ScheduleInvocation, { command: 'schedule' }>;

async function schedule(terminal: Terminal, setting: Setting): Promise<number> {
  const { service, streams, json, now } = terminal;
  const { collection = null, schedule: when, keep, options } = setting;
  const dryRun = options.dryRun === true;
  const protection = await terminal.protection();
  const said: string[] = [];
  const unknown: Warning[] = [];
  let preview: PruneResult | null = null;
  let covered: readonly string[] | null = null;
  // All that can be refused comes before the first change.
  const connection = when === undefined && collection === null ? null : savedConnection(terminal);
  const vault = terminal.vault === undefined ? {} : { vault: terminal.vault };
  // What would come of it is in the vault: where there is none, `list` says so too.
  if (dryRun && (keep !== undefined || terminal.vault !== undefined)) await service.listBackups(vault);
  if (keep != null) preview = await whatGoes(service, { keep, ...vault });
  if (when !== undefined && connection !== null) {
    covered = when !== null && when.kind !== 'off' ? await indexesOf(service, connection) : null;
    if (!dryRun) protection.setSchedule({ connection: connection.name, collection }, when);
    said.push(...whenLines(protection, { connection: connection.name, collection }, when, covered));
    if (collection !== null && covered !== null && !covered.includes(collection))
      unknown.push({ code: 'COLLECTION_NOT_FOUND', message: unknownWords(terminal, collection, covered, dryRun) });
  }
  if (keep !== undefined) {
    if (!dryRun) protection.setKeep(keep);
    said.push(`Rotation ${keepWords(keep)}.`, ...(preview === null ? [] : goneLines(preview)));
  }
  const view = protection.view();
  const rules = rulesOf(view, (one) => protection.nextTimes(one)).filter(
    (rule) => connection === null || when !== undefined || sameRule(rule, connection.name, collection),
  );
  if (json) {
    const nextRuns = nextRunsOf(rules).map(({ at, of }) => ({
      at,
      indexes: of.map(({ connection: on, collection: name }) => ({ connection: on, collection: name })),
    }));
    const { keep: kept, drill, paused, keeper, warnings } = view;
    printJson(streams, {
      ...{ rules, nextRuns, keep: kept, drill, paused, keeper, dryRun },
      ...{ preview, indexes: covered, warnings: [...unknown, ...warnings] },
    });
    return 0;
  }
  const how = howTo(terminal);
  const report =
    said.length > 0 ? said : scheduleReport(view, rules, { width: columnsOf(streams.out), now: now.getTime(), how });
  write(terminal, dryRun ? [...report, 'Nothing was changed.'] : report);
  warn(terminal, [...unknown, ...(preview?.warnings ?? []), ...view.warnings]);
  if (!dryRun) tellKeeper(terminal, protection);
  return 0;
}

/** "There is no index "cod" on this Qdrant now. It has: code. To take the schedule back: vectorkeep schedule cod --as-all" */
function unknownWords({ places }: Terminal, collection: string, covered: readonly string[], dryRun: boolean): string {
  const undo = shellWords(['vectorkeep', 'schedule', collection, '--as-all', ...places.qdrant, ...places.home]);
  const has = covered.length === 0 ? 'It has none' : `It has: ${someOf(covered)}`;
  return `There is no index "${collection}" on this Qdrant now. ${has}.${dryRun ? '' : ` To take the schedule back: ${undo}`}`;
}

/** Of one index: its own, or the one for all. */
const sameRule = (rule: { connection: string; collection: string | null }, on: string, name: string | null): boolean =>
  rule.connection === on && (rule.collection === name || rule.collection === null);

/** Schedules are of connections that are saved. Throws CONNECTION_NOT_FOUND, USAGE. */
function savedConnection(terminal: Terminal): { name: string; apiKey?: string } {
  const chosen = connectionOf(terminal);
  const { connections } = terminal.service.connections();
  const key = chosen.apiKey === undefined ? {} : { apiKey: chosen.apiKey };
  if ('name' in chosen) {
    const choices = connections.map(({ name }) => name).join(', ');
    if (connections.some(({ name }) => name === chosen.name)) return chosen;
    throw new Fault('CONNECTION_NOT_FOUND', { connection: chosen.name, ...(choices === '' ? {} : { choices }) });
  }
  const url = normalizeUrl(chosen.url);
  const saved = connections.find((one) => one.kind === 'url' && one.url === url);
  if (saved !== undefined) return { name: saved.name, ...key };
  throw new Fault('USAGE', {
    reason: `A schedule is for a connection that is saved. Save it first: vectorkeep connect NAME --url ${shellWords([url])}`,
  });
}

/** Names of all indexes; null where the server cannot be asked now, which is no reason not to schedule. */
async function indexesOf(service: Service, connection: ConnectionRef): Promise<readonly string[] | null> {
  try {
    return (await service.look(connection, () => true)).map(({ collection }) => collection);
  } catch (error) {
    if (error instanceof Fault) return null;
    throw error;
  }
}

/** null: there is no vault yet. */
async function whatGoes(service: Service, request: Omit<PruneRequest, 'dryRun'>): Promise<PruneResult | null> {
  try {
    return await service.prune({ ...request, dryRun: true });
  } catch (error) {
    if (error instanceof Fault && error.code === 'VAULT_GONE') return null;
    throw error;
  }
}

function goneLines({ removed, bytesFreed }: PruneResult): Lines {
  if (removed.length === 0) return ['No backup that is there now goes by it.'];
  const what = `${count(removed.length)} ${removed.length === 1 ? 'backup' : 'backups'}`;
  return [`After the next backup it removes ${what} and frees ${bytes(bytesFreed)}:`, ...firstOf(removed)];
}

function whenLines(
  protection: Protection,
  of: { connection: string; collection: string | null },
  when: Setting['schedule'],
  covered: readonly string[] | null,
): string[] {
  const name = ruleName(of);
  if (when == null) return [`${name}: as all indexes of ${plain(of.connection)}`];
  const times = protection.nextTimes(when);
  const now =
    of.collection === null && covered !== null ? ` (now ${covered.length === 0 ? 'none' : someOf(covered)})` : '';
  return [
    `${of.collection === null ? name.replace(/^a/, 'A') : name}: ${scheduleWords(when)}${now}`,
    ...times.map((at, n) => `${n === 0 ? 'Next  ' : '      '}${slotTime(at)}`),
  ];
}

/** The command with which the first index is backed up by itself. */
export function howTo({ service, places }: Terminal): string {
  const { connections, current } = service.connections();
  const home = places.home;
  return current === null && connections.length === 0
    ? shellWords(['vectorkeep', 'connect', 'local', '--url', 'http://localhost:6333', ...home])
    : shellWords(['vectorkeep', 'schedule', '--daily', '02:30', ...home]);
}

function tellKeeper(terminal: Terminal, protection: Protection): void {
  const words = keeperWords(protection.view());
  if (words === undefined) return;
  if (protection.view().keeper === 'nobody') warn(terminal, [{ message: words }]);
  else write(terminal, ['', words]);
}
