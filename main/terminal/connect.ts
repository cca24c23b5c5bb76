import { Fault } from '../faults/fault.ts';
import { cleanName, normalizeUrl } from '../settings/connections.ts';
import { tell } from './answers.ts';
import { count, plain, shellWords } from './output.ts';
import type { ScheduleInvocation } from './schedule-program.ts';
import type { Terminal } from './terminal.ts';

type Connect = Extract<ScheduleInvocation, { command: 'connect' }>;

/** Saves a server under a name, once it answers. Throws USAGE for a name that leads elsewhere now, and what reaching it throws. */
export async function connect(terminal: Terminal, { name, options }: Connect): Promise<number> {
  const { service, connection } = terminal;
  const { url, apiKey } = connection !== undefined && 'url' in connection ? connection : { url: '', apiKey: undefined };
  const input = { name, kind: 'url' as const, url };
  const before = addressOf(terminal, name);
  const moved = before !== null && before !== normalizeUrl(url);
  // Its schedules would be about other indexes from then on, and nobody may have meant that.
  if (moved && options.replace !== true)
    throw new Fault('USAGE', {
      reason: `"${cleanName(name)}" is ${before === '' ? 'the built-in Qdrant' : before} already. To give it the new address: --replace.`,
    });
  const test = await service.testConnection({ ...input, ...(apiKey === undefined ? {} : { apiKey }) });
  // The key is in the environment, and stays there.
  const saved = await service.saveConnection(input);
  const isCurrent = service.connections().current === saved.name;
  tell(terminal, { connection: saved, ...test, isCurrent, replaced: moved ? before : null }, [
    `Saved ${plain(saved.name)}: Qdrant ${plain(test.version)} at ${plain(saved.url)}, ${count(test.collections)} ${test.collections === 1 ? 'index' : 'indexes'}`,
    ...(moved && before !== '' ? [`Before, it was ${plain(before)}.`] : []),
    ...(apiKey === undefined
      ? []
      : [`Its key is not stored: give it with --connection ${shellWords([saved.name])} --api-key-env each time.`]),
  ]);
  return 0;
}

/** Where a name leads now, empty for the built-in server; null: nowhere. */
function addressOf({ service }: Terminal, name: string): string | null {
  const wanted = cleanName(name);
  return service.connections().connections.find((known) => known.name === wanted)?.url ?? null;
}
