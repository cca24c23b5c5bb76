/** The official Inspector's command line, as people run it. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

export type Era = 'legacy' | 'modern';

const program = fileURLToPath(import.meta.resolve('@modelcontextprotocol/inspector/clients/launcher/build/index.js'));

export interface Inspection {
  /** 0, 3 not authorized, 5 the tool failed, 6 schemas that other clients cannot use. */
  readonly exitCode: number | null;
  /** The result of the method, or `{}` where there is none. */
  readonly result: Readonly<Record<string, unknown>>;
  /** The code in the Inspector's own words of failure, or null. */
  readonly failure: string | null;
  /** Everything it printed, without the secret. */
  readonly printed: string;
}

const answer = z.object({ result: z.record(z.string(), z.unknown()) });
const failed = z.object({ error: z.object({ code: z.string() }) });

/**
 * Runs one method. `where` names the server: a URL with its options, or a command. `secret` is taken out of whatever comes
 * back, so that a test that fails does not print it.
 */
export async function inspect(
  where: readonly string[],
  era: Era,
  method: readonly string[],
  secret: string,
): Promise<Inspection> {
  // Nothing of the person at this machine is read or written.
  const home = mkdtempSync(join(tmpdir(), 'vk-inspector-'));
  const args = [program, '--cli', ...where, '--protocol-era', era, '--format', 'json', '--method', ...method];
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], HOME: home, MCP_INSPECTOR_SECRET_STORE: 'memory' },
  });
  const texts = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (part: string) => (texts.out += part));
  child.stderr.setEncoding('utf8').on('data', (part: string) => (texts.err += part));
  try {
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    const clean = (text: string) => text.replaceAll(secret, '<token>');
    const out = answer.safeParse(parsed(clean(texts.out)));
    const err = failed.safeParse(parsed(clean(texts.err)));
    return {
      exitCode,
      result: out.data?.result ?? {},
      failure: err.data?.error.code ?? null,
      printed: clean(texts.out + texts.err),
    };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
