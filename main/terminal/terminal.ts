import { statSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { Fault } from '../faults/fault.ts';
import type { Protection } from '../protection/protection.ts';
import type { Service } from '../service/service.ts';
import type { ConnectionRef, JobHandle } from '../service/types.ts';
import type { Places } from './common-options.ts';
import type { Streams } from './output.ts';
import { showProgress } from './progress-bar.ts';

/** What every command gets. */
export interface Terminal {
  readonly service: Service;
  readonly streams: Streams;
  readonly json: boolean;
  /** undefined: the current connection of the settings. */
  readonly connection: ConnectionRef | undefined;
  /** Absolute; undefined: the one of the settings. */
  readonly vault: string | undefined;
  readonly places: Places;
  /** What is backed up by itself, as it stands; it does not begin to run. For commands about the settings. */
  readonly protection: () => Promise<Protection>;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  readonly cwd: string;
  readonly now: Date;
}

/** Waits for a job, showing its progress; Ctrl-C cancels it. */
export async function attend<T>(terminal: Terminal, handle: JobHandle<T>): Promise<T> {
  const hide = showProgress(handle, terminal.streams);
  const cancel = (): void => handle.cancel();
  terminal.signal.addEventListener('abort', cancel, { once: true });
  if (terminal.signal.aborted) cancel();
  try {
    return await handle.result;
  } finally {
    terminal.signal.removeEventListener('abort', cancel);
    hide();
  }
}

/** The Qdrant that is meant. Throws CONNECTION_NOT_FOUND. */
export function connectionOf({ service, connection }: Terminal): ConnectionRef {
  if (connection !== undefined) return connection;
  const { current } = service.connections();
  if (current === null) throw new Fault('CONNECTION_NOT_FOUND');
  return { name: current };
}

/** Where an export goes: the path given, or a file of that name in the folder given or here. */
export function outputPath(cwd: string, output: string | undefined, name: string): string {
  const chosen = resolve(cwd, output ?? '.');
  // `-o backups/` means a folder, even where there is none yet: that is told, not taken for a file's name.
  const isFolder = output === undefined || output.endsWith('/') || output.endsWith(sep) || isDirectory(chosen);
  return isFolder ? join(chosen, name) : chosen;
}

/** What cannot be looked at is told by whoever opens it. */
function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
