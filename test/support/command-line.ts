/** The real command line as processes: `bin/vectorkeep.js`, which runs what `npm run build` made. */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

const program = fileURLToPath(new URL('../../bin/vectorkeep.js', import.meta.url));
const built = fileURLToPath(new URL('../../out/main/cli.js', import.meta.url));

export interface CommandOptions {
  /** Settings folder. */
  readonly home: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The Node to run it; default: the one that runs the tests. */
  readonly node?: string;
}

export interface Ended {
  /** Exit code; null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  readonly ended: Promise<Ended>;
}

/** The command line's entry, for those who start it through another program. Throws one clear line where it is not built. */
export function entry(): string {
  if (!existsSync(built)) throw new Error('The command line is not built: run "npm run build" first.');
  return program;
}

export function start(
  args: readonly string[],
  { home, cwd, env = {}, node = process.execPath }: CommandOptions,
): Running {
  const child = spawn(node, [entry(), ...args], {
    cwd: cwd ?? home,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], HOME: home, VECTORKEEP_HOME: home, ...env },
  });
  return { child, ended: end(child) };
}

/** Runs a command to its end. */
export function vectorkeep(args: readonly string[], options: CommandOptions): Promise<Ended> {
  return start(args, options).ended;
}

/** Collects what a process prints until it is gone. */
export function end(child: ChildProcessByStdio<null, Readable, Readable>): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** The one object that a command printed with --json, and nothing besides. */
export function object({ stdout, stderr }: Ended): Record<string, unknown> {
  expect(stdout.endsWith('\n')).toBe(true);
  expect(stdout.trimEnd()).not.toContain('\n');
  expect(stderr).toBe('');
  return JSON.parse(stdout) as Record<string, unknown>;
}

export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly details: Record<string, unknown>;
}
/** The same for one that failed, with this exit code. */
export function failure(ended: Ended, code: number): Failure {
  const answer = object(ended);
  expect(Object.keys(answer)).toEqual(['error']);
  const error = answer['error'] as Failure;
  expect(Object.keys(error)).toEqual(['code', 'message', 'hint', 'details']);
  expect([error.code, ended.code]).toEqual([error.code, code]);
  return error;
}
