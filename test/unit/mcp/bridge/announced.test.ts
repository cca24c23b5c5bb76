import { chmodSync, chownSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { announcedIn } from '../../../../main/mcp/bridge/announced.ts';
import { announce } from '../../../../main/mcp/discovery.ts';

let home = '';
const path = () => join(home, 'mcp.json');
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'vk-announced-'));
});
afterEach(() => rmSync(home, { recursive: true }));

const put = (content: unknown, mode = 0o600): void => {
  writeFileSync(path(), typeof content === 'string' ? content : JSON.stringify(content));
  chmodSync(path(), mode);
};
const good = { url: 'http://127.0.0.1:7411/mcp', token: 'secret', pid: process.pid };
const distrusted = (why: string) => ({ kind: 'distrusted', path: path(), why });

it('is what the endpoint announced', () => {
  expect(announcedIn(home)).toEqual({ kind: 'none' });
  announce(home, good.url, good.token);
  expect(announcedIn(home)).toEqual({ kind: 'found', at: { url: good.url, token: good.token } });
});

it('is nobody where the announcer is gone, or the folder', () => {
  put({ ...good, pid: 2 ** 22 + 1 });
  expect(announcedIn(home)).toEqual({ kind: 'none' });
  expect(announcedIn(join(home, 'nowhere'))).toEqual({ kind: 'none' });
});

describe('a file that somebody else could have written', () => {
  it.each([0o644, 0o660, 0o606, 0o601])('is not trusted with mode %o', (mode) => {
    put(good, mode);
    expect(announcedIn(home)).toEqual(distrusted('shared'));
  });

  it.runIf(process.getuid?.() === 0)('is not trusted when it is another user’s', () => {
    put(good);
    chownSync(path(), 12_345, 12_345);
    expect(announcedIn(home)).toEqual(distrusted('foreign'));
  });

  it('is not trusted as a link, a folder or a pipe', () => {
    put(good);
    renameSync(path(), join(home, 'elsewhere.json'));
    symlinkSync(join(home, 'elsewhere.json'), path());
    expect(announcedIn(home)).toEqual(distrusted('no-file'));
    rmSync(path());
    mkdirSync(path());
    expect(announcedIn(home)).toEqual(distrusted('no-file'));
    rmSync(path(), { recursive: true });
    execFileSync('mkfifo', ['-m', '600', path()]);
    expect(announcedIn(home)).toEqual(distrusted('no-file'));
  });
});

it.each([
  'https://127.0.0.1:7411/mcp',
  'http://localhost:7411/mcp',
  'http://127.0.0.2:7411/mcp',
  'http://127.0.0.1:7411/mcp/',
  'http://127.0.0.1:7411/mcp?x=1',
  'http://127.0.0.1:7411@evil.example/mcp',
  'http://evil.example:7411/mcp',
  'http://127.0.0.1:0/mcp',
  'http://127.0.0.1:65536/mcp',
  'http://127.0.0.1/mcp',
  'http://127.0.0.1:7411/mcp\n',
  ' http://127.0.0.1:7411/mcp',
])('sends no token to %j', (url) => {
  put({ ...good, url });
  expect(announcedIn(home)).toEqual(distrusted('elsewhere'));
});

it.each([
  '',
  '{',
  'null',
  '[]',
  '{"url":1}',
  { ...good, token: 'a\r\nb' },
  { ...good, token: '' },
  { ...good, pid: -1 },
])('is damaged as %j', (content) => {
  put(content);
  expect(announcedIn(home)).toEqual(distrusted('malformed'));
});

it('is damaged when it is huge', () => {
  put({ ...good, more: 'x'.repeat(100_000) });
  expect(announcedIn(home)).toEqual(distrusted('malformed'));
});
