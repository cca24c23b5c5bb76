// Which tools there are, asked of the product itself: a serve of this checkout, through the bridge that is being packed.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { root, SetupError } from './runtimes.mjs';

/** Name and description of each. `bridge`: the script. */
export async function toolsThrough(bridge) {
  const home = mkdtempSync(join(tmpdir(), 'vectorkeep-tools-'));
  const words = [join(root, 'bin', 'vectorkeep.js'), 'serve', '--home', home, '--port', '0', '--json'];
  const serve = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(serve, 'exit');
  try {
    // It prints its address once it can be asked.
    const begun = await Promise.race([once(serve.stdout, 'data').then(() => true), ended.then(() => false)]);
    if (!begun) throw new SetupError('vectorkeep serve could not be started.');
    const client = new Client({ name: 'bundle', version: '1' });
    await client.connect(new StdioClientTransport({ command: process.execPath, args: [bridge, '--home', home] }));
    const { tools } = await client.listTools();
    await client.close();
    return tools.map(({ name, description }) => ({ name, description }));
  } finally {
    serve.kill();
    await ended;
    rmSync(home, { recursive: true, force: true });
  }
}
