/** What somebody else does to a server at an exact moment: while it happens, nothing else in this thread goes on. */
import { spawnSync } from 'node:child_process';

const PROGRAM = `
  import { readFileSync } from 'node:fs';
  const [url, method] = process.argv.slice(1);
  const body = readFileSync(0, 'utf8');
  const response = await fetch(url, { method, ...(body === '' ? {} : { body, headers: { 'content-type': 'application/json' } }) });
  const text = await response.text();
  if (response.status !== 200) throw new Error(method + ' ' + url + ': ' + response.status + ' ' + text);
`;

/** One request to its end; any status but 200 is an error that shows the answer. */
export function callNow(url: string, method: string, path: string, body = ''): void {
  const program = ['--input-type=module', '-e', PROGRAM, `${url}${path}`, method];
  const { status, stderr, error } = spawnSync(process.execPath, program, { encoding: 'utf8', input: body });
  if (status !== 0) throw error ?? new Error(stderr);
}
