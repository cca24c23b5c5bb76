/** `mcp.json` in the settings folder: how programs of the same user find the running endpoint. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writePrivateFile } from '../settings/private-file.ts';

const discovery = z.object({ url: z.string(), token: z.string(), pid: z.number() });

/** Written once the endpoint listens. Throws the error of the file system. */
export function announce(home: string, url: string, token: string): void {
  writePrivateFile(join(home, 'mcp.json'), `${JSON.stringify({ url, token, pid: process.pid })}\n`);
}

/** Removes the file, unless another endpoint has announced itself since. */
export function withdraw(home: string, url: string): void {
  const path = join(home, 'mcp.json');
  try {
    const found = discovery.parse(JSON.parse(readFileSync(path, 'utf8')));
    if (found.pid === process.pid && found.url === url) rmSync(path, { force: true });
  } catch {
    // Gone already, or not ours to judge.
  }
}
