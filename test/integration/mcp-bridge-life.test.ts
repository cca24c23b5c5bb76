import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bridgeGround, discoveryIn, errorIn, NOT_RUNNING } from '../support/mcp-bridges.ts';

const ground = bridgeGround();

describe('the bridge ends', () => {
  it('with its input, after the answers that are due', async () => {
    await ground.serve();
    const { child, send, out, ended } = ground.bridge();
    send({ id: 1, method: 'tools/list' });
    child.stdin.end();
    expect(await ended).toBe(0);
    expect(out()).toContain('export_index');
  });

  it('with its input, although a call goes on, and its job goes on without it', async () => {
    await ground.serve();
    const { child, send, ended, answer } = ground.bridge();
    const call = (name: string, args: object) => ({ method: 'tools/call', params: { name, arguments: args } });
    send({ id: 1, ...call('create_backup', { collection: 'code', wait_seconds: 0 }) });
    const started = await answer(1);
    const job = (started['result'] as { structuredContent: { job_id: string } }).structuredContent.job_id;
    send({ id: 2, ...call('get_job', { job_id: job, wait_seconds: 45 }) });
    child.stdin.end();
    expect(await ended).toBe(0);
    const later = ground.bridge();
    later.send({ id: 3, ...call('get_job', { job_id: job, wait_seconds: 45 }) });
    expect(await later.answer(3)).toHaveProperty('result.structuredContent.status', 'done');
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('with %s', async (signal) => {
    const { child, send, answer, ended } = ground.bridge();
    send('x');
    await answer(null);
    child.kill(signal);
    expect(await ended).toBe(0);
  });

  it('quietly when nobody reads what it writes', async () => {
    const { child, send, answer, said, ended } = ground.bridge();
    send('x');
    await answer(null);
    child.stdout.destroy();
    send('y');
    expect(await ended).toBe(0);
    expect(said()).toBe(`${NOT_RUNNING}\n`);
  });
});

describe('with --start', () => {
  it('two at once start one serve, which goes on without them', async () => {
    const { home } = ground;
    const [one, two] = await Promise.all([
      ground.client('sdk 1.x', '--start'),
      ground.client('client 2.x, 2026-07-28', '--start'),
    ]);
    const { pid } = discoveryIn(home);
    try {
      const wordsOf = (process: string): string[] => {
        try {
          return readFileSync(`/proc/${process}/cmdline`, 'utf8').split('\0').slice(0, -1);
        } catch {
          return [];
        }
      };
      const serves = readdirSync('/proc').filter((each) => {
        const words = wordsOf(each);
        return words.includes('serve') && words.includes(home);
      });
      expect(serves).toEqual([String(pid)]);
      const words = ['serve', '--home', home, '--port', '0', '--end-when-idle', '15'];
      expect(wordsOf(String(pid)).slice(-words.length)).toEqual(words);
      expect((await one.call('list_collections', {})).isError).toBeUndefined();
      await Promise.all([one.close(), two.close()]);
      process.kill(pid, 0);
    } finally {
      process.kill(pid, 'SIGTERM');
    }
    await expect.poll(() => existsSync(join(home, 'mcp.json')), { timeout: 20_000 }).toBe(false);
  });

  it('says why it could not', async () => {
    // A folder where the token belongs: no endpoint can begin.
    mkdirSync(join(ground.home, 'mcp-token', 'x'), { recursive: true });
    const { send, answer } = ground.bridge('--start');
    send({ id: 1, method: 'tools/list' });
    expect(errorIn(await answer(1))?.message).toMatch(
      /^Vectorkeep could not be started: .+\. Run "vectorkeep serve" in a terminal to see why\.$/,
    );
  });

  it('nothing is started without it', async () => {
    const { send, answer } = ground.bridge();
    send({ id: 1, method: 'tools/list' });
    expect(errorIn(await answer(1))?.message).toBe(NOT_RUNNING);
    expect(readdirSync(ground.home).filter((name) => name.startsWith('mcp'))).toEqual([]);
  });
});

it('serve ends when nobody uses it, and not before', async () => {
  const { ended } = await ground.serve('--end-when-idle', '0.05');
  const until = performance.now() + 6000;
  const bridged = await ground.client('sdk 1.x');
  while (performance.now() < until) await bridged.call('list_collections', {});
  const last = performance.now();
  const { code, stderr } = await ended;
  expect(performance.now() - last).toBeGreaterThan(2900);
  expect(code).toBe(0);
  expect(stderr).toMatch(/Ended: nobody has asked for anything for a while\.\n$/);
  expect(existsSync(join(ground.home, 'mcp.json'))).toBe(false);
  await expect(bridged.call('list_collections', {})).rejects.toThrow(NOT_RUNNING);
});
