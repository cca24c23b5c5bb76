import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFinder } from '../../../../main/mcp/bridge/finder.ts';
import { sentences } from '../../../../main/mcp/bridge/sentences.ts';
import { startAndWait, type Starter } from '../../../../main/mcp/bridge/start.ts';
import { appStarter, serveStarter } from '../../../../main/mcp/bridge/starters.ts';
import { announce } from '../../../../main/mcp/discovery.ts';
import { FileLock } from '../../../../main/processes/file-lock.ts';

let home = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'vk-start-'));
});
afterEach(() => {
  for (const pid of started()) process.kill(pid);
  rmSync(home, { recursive: true });
});

const URL_OF_OURS = 'http://127.0.0.1:7/mcp';
const started = (): number[] =>
  existsSync(join(home, 'started')) ? readFileSync(join(home, 'started'), 'utf8').trim().split('\n').map(Number) : [];

/** A program that notes that it was started, and announces an endpoint after a while. */
const announcer = (more = '', token = 't'): Starter => ({
  command: process.execPath,
  args: [
    '-e',
    `const fs = require('node:fs');
     fs.appendFileSync('started', process.pid + '\\n');
     ${more}
     setTimeout(() => {
       fs.writeFileSync('tmp', JSON.stringify({ url: '${URL_OF_OURS}', token: '${token}', pid: process.pid }), { mode: 0o600 });
       fs.renameSync('tmp', 'mcp.json');
     }, 100);
     process.stderr.on('error', () => fs.writeFileSync('unread', ''));
     setInterval(() => process.stderr.write('still here\\n'), 10);`,
  ],
  handsOver: false,
});
const program = (script: string): Starter => ({ command: process.execPath, args: ['-e', script], handsOver: false });
const never = new AbortController().signal;
const start = (starter: Starter, stale: { url: string; token: string } | null = null, signal = never) =>
  startAndWait(home, starter, { stale, signal });

describe('starting', () => {
  it('gives the endpoint that the program announced, and leaves it alone after that', async () => {
    expect(await start(announcer())).toEqual({ url: URL_OF_OURS, token: 't' });
    const [pid = 0] = started();
    // It goes on although nobody reads what it prints any more.
    await expect.poll(() => existsSync(join(home, 'unread'))).toBe(true);
    expect(() => process.kill(pid, 0)).not.toThrow();
    // Its own group: a signal for the terminal's is not for it.
    expect(execFileSync('ps', ['-o', 'pgid=', '-p', String(pid)], { encoding: 'utf8' }).trim()).toBe(String(pid));
    expect(existsSync(join(home, 'mcp-start.lock'))).toBe(false);
  });

  it('of several at once starts one program', async () => {
    const all = await Promise.all([start(announcer()), start(announcer()), start(announcer())]);
    expect(all).toEqual(Array.from({ length: 3 }, () => ({ url: URL_OF_OURS, token: 't' })));
    // Another start takes longer than one that came too late would.
    await start(announcer('', 'other'), { url: URL_OF_OURS, token: 't' });
    expect(started()).toHaveLength(2);
  });

  it('looks past what does not answer, and takes what does', async () => {
    announce(home, URL_OF_OURS, 'old');
    expect(await start(announcer())).toEqual({ url: URL_OF_OURS, token: 'old' });
    expect(await start(announcer(), { url: URL_OF_OURS, token: 'old' })).toEqual({ url: URL_OF_OURS, token: 't' });
    expect(started()).toHaveLength(1);
  });

  it('makes the settings folder', async () => {
    const under = join(home, 'a', 'b');
    const starter = program(`require('node:fs').writeFileSync('mcp.json', '{}', { mode: 0o600 })`);
    await expect(startAndWait(under, starter, { stale: null, signal: never })).rejects.toThrow(/is damaged/);
    expect(existsSync(join(under, 'mcp.json'))).toBe(true);
  });

  it('tells what the program said before it ended', async () => {
    const broken = program(
      `process.stderr.write('A warning.\\nError: No room \\u001b[1mleft.\\n\\nat x\\n'); process.exit(1)`,
    );
    await expect(start(broken)).rejects.toThrow(sentences.startFailed('No room \u001b[1mleft.'));
    expect(sentences.startFailed('No room \u001b[1mleft.')).toContain('started: No room  [1mleft. Run');
    await expect(start(program(''))).rejects.toThrow('could not be started: it ended at once.');
    await expect(start({ command: join(home, 'none'), args: [], handsOver: false })).rejects.toThrow(/ENOENT/);
  });

  it('waits for a program that hands over to one that runs', async () => {
    const opened = start({ ...program('process.exit(0)'), handsOver: true });
    setTimeout(() => announce(home, URL_OF_OURS, 'later'), 300);
    expect(await opened).toEqual({ url: URL_OF_OURS, token: 'later' });
    await expect(start({ ...program('process.exit(1)'), handsOver: true })).resolves.toBeDefined();
    rmSync(join(home, 'mcp.json'));
    await expect(start({ ...program('process.exit(1)'), handsOver: true })).rejects.toThrow(/could not be started/);
  });

  it('ends with its signal', async () => {
    const stop = new AbortController();
    const waits = start(program('setTimeout(() => {}, 2000)'), null, stop.signal);
    setTimeout(() => stop.abort(), 200);
    await expect(waits).rejects.toThrow(sentences.startSlow);
  });

  it('needs a folder that can be written to', async () => {
    const nowhere = startAndWait('/proc/nowhere', announcer(), { stale: null, signal: never });
    await expect(nowhere).rejects.toThrow(/cannot be written/);
  });
});

describe('the finder', () => {
  const finder = (starter?: Starter) =>
    createFinder({
      ...{ home, canStart: true, startObeysSettings: starter?.handsOver === true },
      start: starter && ((stale) => start(starter, stale)),
    });

  it('says who is not there', async () => {
    await expect(finder()(null)).rejects.toThrow(sentences.notRunning(true));
    const lock = await FileLock.acquire(join(home, 'scheduler.lock'), { purpose: 'schedules', waitMs: 0, local: true });
    try {
      await expect(finder()(null)).rejects.toThrow(sentences.switchedOff);
    } finally {
      await lock.release();
    }
    announce(home, URL_OF_OURS, 't');
    expect(await finder()(null)).toEqual({ url: URL_OF_OURS, token: 't' });
    await expect(finder()({ url: URL_OF_OURS, token: 't' })).rejects.toThrow(sentences.notRunning(true));
    expect(await finder()({ url: URL_OF_OURS, token: 'before' })).toEqual({ url: URL_OF_OURS, token: 't' });
  });

  it('starts nothing over a file that is not trusted', async () => {
    mkdirSync(join(home, 'mcp.json'));
    await expect(finder(announcer())(null)).rejects.toThrow(
      /is not trusted: it is a link, or no file at all\. Nothing was sent/,
    );
    expect(started()).toEqual([]);
  });

  it('starts once for many requests', async () => {
    const find = finder(announcer());
    await Promise.all([find(null), find(null), find(null)]);
    expect(started()).toHaveLength(1);
  });

  it('fails once for many requests', async () => {
    const find = finder(announcer('process.exit(1);'));
    const all = await Promise.allSettled([find(null), find(null), find(null)]);
    expect(all.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(started()).toHaveLength(1);
    rmSync(join(home, 'started'));
  });

  it.each([[null], ['{'], ['{"endpoint":{"enabled":false}}']])(
    'starts no app whose endpoint is off: %j',
    async (text) => {
      if (text !== null) writeFileSync(join(home, 'settings.json'), text);
      await expect(finder({ ...announcer(), handsOver: true })(null)).rejects.toThrow(sentences.leftOff);
      expect(started()).toEqual([]);
    },
  );

  it('starts an app whose endpoint is on', async () => {
    writeFileSync(join(home, 'settings.json'), '{"endpoint":{"enabled":true}}');
    expect(await finder({ ...announcer(), handsOver: true })(null)).toEqual({ url: URL_OF_OURS, token: 't' });
  });
});

it('knows the words of each installation', () => {
  expect(serveStarter('/node', '/x/vectorkeep.js', '/h')).toEqual({
    ...{ command: '/node', handsOver: false },
    args: ['/x/vectorkeep.js', 'serve', '--home', '/h', '--port', '0', '--end-when-idle', '15'],
  });
  expect(appStarter(['/electron', '/x'], '/h')).toEqual({
    ...{ command: '/electron', handsOver: true },
    args: ['/x', '--hidden', '--home', '/h'],
  });
});
