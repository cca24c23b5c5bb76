import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Contest, Measured } from './contests.ts';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Runs a contest in a fresh process. Throws when it fails; what it printed on stderr is on ours. */
export async function measure(contest: Contest): Promise<Measured> {
  const output = await nodeOutput([at('contestant.ts'), JSON.stringify(contest)], {});
  return JSON.parse(output) as Measured;
}

/** An export by the built command line, as a person types it; gives the peak memory of that process in MiB. */
export async function commandLineExport(
  dir: string,
  url: string,
  collection: string,
): Promise<{ peakMiB: number; ms: number }> {
  const memory = join(dir, 'peak');
  const file = join(dir, 'command-line.json.gz');
  const program = at('../../bin/vectorkeep.js');
  const words = ['export', collection, '--url', url, '-o', file, '--json', '--home', join(dir, 'home')];
  const output = await nodeOutput(['--import', at('report-memory.ts'), program, ...words], {
    VECTORKEEP_BENCH_MEMORY: memory,
  });
  const { duration_ms: ms } = JSON.parse(output) as { duration_ms: number };
  const peakMiB = Number(await readFile(memory, 'utf8'));
  await rm(file);
  return { peakMiB, ms };
}

async function nodeOutput(args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`A measurement failed (exit code ${String(code)}): ${args.slice(1).join(' ')}`);
  return output;
}
