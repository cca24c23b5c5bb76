/** What somebody else does to a server at an exact moment: while it happens, nothing else in this thread goes on. */
import { spawnSync } from 'node:child_process';

const PROGRAM = `
  const [url, method, body] = process.argv.slice(1);
  const response = await fetch(url, { method, ...(body === '' ? {} : { body, headers: { 'content-type': 'application/json' } }) });
  const text = await response.text();
  if (response.status !== 200) throw new Error(method + ' ' + url + ': ' + response.status + ' ' + text);
`;

/** One request to its end; any status but 200 is an error that shows the answer. */
export function callNow(url: string, method: string, path: string, body = ''): void {
  const program = ['--input-type=module', '-e', PROGRAM, `${url}${path}`, method, body];
  const { status, stderr } = spawnSync(process.execPath, program, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}
