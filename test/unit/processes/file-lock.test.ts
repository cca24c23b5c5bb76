import { fork, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { FileLock, type LockOptions } from '../../../main/processes/file-lock.ts';
import { newNote, noteText, parseNote } from '../../../main/processes/lock-note.ts';
import { asNobody, faultOf, temporaryFolder } from '../../support/archives.ts';

let folder = '';
let path = '';
beforeEach(() => {
  folder = temporaryFolder();
  path = join(folder, 'lock');
});

const acquire = (more: Partial<LockOptions> = {}): Promise<FileLock> =>
  FileLock.acquire(path, { purpose: 'test', waitMs: 0, ...more });
const content = (): string => readFileSync(path, 'utf8');
const busy = { code: 'VAULT_BUSY' };

const module = new URL('../../../main/processes/file-lock.ts', import.meta.url).href;

/** Another process, which does what it is told: `acquire`, `release`, `assert`. */
async function other(): Promise<{ child: ChildProcess; ask: (what: string) => Promise<string> }> {
  const script = join(temporaryFolder(), 'other.mjs');
  writeFileSync(
    script,
    `import { FileLock } from ${JSON.stringify(module)};
     let lock;
     const steps = {
       acquire: async () => { lock = await FileLock.acquire(${JSON.stringify(path)}, { purpose: 'other', waitMs: 0 }); },
       patient: async () => { lock = await FileLock.acquire(${JSON.stringify(path)}, { purpose: 'other', waitMs: 60000 }); },
       assert: () => lock.assertHeld(),
       release: () => lock.release(),
     };
     process.on('message', (what) => steps[what]().then(() => process.send('done'), (error) => process.send(error.code)));
     process.send('ready');`,
  );
  const child = fork(script, { stdio: 'inherit', execArgv: [] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const answer = async (): Promise<string> => ((await once(child, 'message')) as [string])[0];
  expect(await answer()).toBe('ready');
  const ask = (what: string): Promise<string> => {
    child.send(what);
    return answer();
  };
  return { child, ask };
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

const deadNote = (): string => noteText({ ...newNote('dead'), pid: spawnSync('true').pid }, 0);

describe('a lock', () => {
  test('is held by one, says who that is, and leaves nothing', async () => {
    const lock = await acquire({ purpose: 'backup of docs' });
    await lock.assertHeld();
    expect(parseNote(content())).toMatchObject({ pid: process.pid, host: hostname(), purpose: 'backup of docs' });
    const fault = await faultOf(acquire());
    expect(fault).toMatchObject({
      code: 'VAULT_BUSY',
      params: { pid: process.pid, host: hostname(), purpose: 'backup of docs' },
    });
    expect(Date.parse(String(fault?.params['since']))).toBeGreaterThan(Date.now() - 60_000);
    await lock.release();
    await lock.release();
    expect(readdirSync(folder)).toEqual([]);
    await (await acquire()).release();
  });

  test('of a killed process is taken over at once; of one that only stopped it is not', async () => {
    const { child, ask } = await other();
    expect(await ask('acquire')).toBe('done');
    child.kill('SIGSTOP');
    expect(await faultOf(acquire({ waitMs: 300, beatMs: 20 }))).toMatchObject({
      code: 'VAULT_BUSY',
      params: { pid: child.pid, purpose: 'other' },
    });
    child.kill('SIGCONT');
    expect(await ask('assert')).toBe('done');
    await kill(child);
    const lock = await acquire();
    expect(await (await other()).ask('acquire')).toBe('VAULT_BUSY');
    await lock.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  test('of a process whose number is used again is taken over', async () => {
    writeFileSync(path, noteText({ ...newNote('dead'), pid: process.ppid, startedAt: '1' }, 0));
    await (await acquire()).release();
    // Its own number too, as in a container.
    writeFileSync(path, noteText({ ...newNote('dead'), startedAt: '1' }, 0));
    await (await acquire()).release();
    expect(readdirSync(folder)).toEqual([]);
  });

  test('goes round among many in one thread and in other processes, one at a time', async () => {
    let inside = 0;
    const turns: number[] = [];
    const turn = async (number: number): Promise<void> => {
      const lock = await acquire({ waitMs: 15_000 });
      expect(++inside).toBe(1);
      await lock.assertHeld();
      turns.push(number);
      inside--;
      await lock.release();
    };
    await Promise.all(Array.from({ length: 12 }, (_, number) => turn(number)));
    expect(turns).toHaveLength(12);
    expect(readdirSync(folder)).toEqual([]);
    const lock = await acquire();
    const { ask } = await other();
    const waiting = ask('patient');
    await lock.release();
    expect(await waiting).toBe('done');
  });

  test('is not waited for any longer after a cancellation', async () => {
    const lock = await acquire();
    const controller = new AbortController();
    const waiting = faultOf(acquire({ waitMs: 60_000, signal: controller.signal }));
    controller.abort();
    expect(await waiting).toMatchObject({ code: 'CANCELLED' });
    expect(await faultOf(acquire({ signal: controller.signal }))).toMatchObject({ code: 'CANCELLED' });
    await lock.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  test('where nobody may write is the fault of the file system', async () => {
    expect(await faultOf(FileLock.acquire(join(folder, 'missing', 'lock'), { purpose: '', waitMs: 0 }))).toMatchObject({
      code: 'FILE_NOT_READABLE',
      params: { reason: 'there is no such folder' },
    });
    chmodSync(folder, 0o555);
    const denied = await asNobody(() => faultOf(acquire({ waitMs: 60_000 })));
    chmodSync(folder, 0o755);
    expect(denied).toMatchObject({ code: 'FILE_NOT_READABLE', params: { path, reason: 'permission is denied' } });
    mkdirSync(path);
    expect(await faultOf(acquire())).toMatchObject({ params: { reason: 'it is a folder' } });
    rmSync(path, { recursive: true });
    symlinkSync('nowhere', path);
    expect(await faultOf(acquire())).toMatchObject(busy);
  });

  test('in a folder that disappears is lost, and nothing else happens', async () => {
    const lock = await acquire({ beatMs: 5 });
    renameSync(folder, `${folder}.gone`);
    onTestFinished(() => rmSync(`${folder}.gone`, { recursive: true }));
    mkdirSync(folder);
    expect(await faultOf(lock.assertHeld())).toMatchObject(busy);
    rmSync(`${folder}.gone/lock`);
    rmSync(folder, { recursive: true });
    expect(await faultOf(lock.assertHeld())).toMatchObject(busy);
    await lock.release();
    expect(existsSync(folder)).toBe(false);
  });

  test('does not keep its process alive', () => {
    const script = `import(${JSON.stringify(module)}).then(({ FileLock }) => FileLock.acquire(${JSON.stringify(path)}, { purpose: '', waitMs: 0 }))`;
    expect(spawnSync(process.execPath, ['-e', script], { timeout: 10_000 }).status).toBe(0);
    expect(existsSync(path)).toBe(true);
  });
});

describe('of a holder on another machine', () => {
  const elsewhere = { ...newNote('far away'), host: 'elsewhere', boot: 'another' };

  test('a lock is taken over when it is silent for four beats, however short the patience', async () => {
    writeFileSync(path, noteText(elsewhere, 7));
    const before = performance.now();
    const lock = await acquire({ beatMs: 100 });
    expect(performance.now() - before).toBeGreaterThan(400);
    // The other one wakes up: its beats reach nobody, and it notices.
    await lock.assertHeld();
    await lock.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  test('a lock is left alone while it beats', async () => {
    writeFileSync(path, noteText(elsewhere, 0));
    let beats = 0;
    const timer = setInterval(() => writeFileSync(path, noteText(elsewhere, ++beats)), 50);
    onTestFinished(() => clearInterval(timer));
    const fault = await faultOf(acquire({ beatMs: 100, waitMs: 1200 }));
    expect(fault).toMatchObject({ code: 'VAULT_BUSY', params: { host: 'elsewhere', purpose: 'far away' } });
    expect(parseNote(content())?.token).toBe(elsewhere.token);
  });

  test('its own beats are there to be seen, in place and of one length', async () => {
    const lock = await acquire({ beatMs: 5 });
    const first = content();
    const { ino } = statSync(path);
    await expect.poll(content).not.toBe(first);
    expect(content()).toHaveLength(first.length);
    expect(statSync(path).ino).toBe(ino);
    expect(parseNote(content())?.token).toBe(parseNote(first)?.token);
    await lock.release();
  });

  test('one that lost it is told, does not write into the new one, and leaves it there', async () => {
    const lock = await acquire({ beatMs: 5 });
    rmSync(path);
    const { ask } = await other();
    expect(await ask('acquire')).toBe('done');
    const theirs = content();
    expect(await faultOf(lock.assertHeld())).toMatchObject({ code: 'VAULT_BUSY', params: { purpose: 'other' } });
    await lock.release();
    expect(content()).toBe(theirs);
    expect(await ask('assert')).toBe('done');
  });
});

test.each(['', '{', '{"pid":"x"}'])('garbage of a crash, %j, is taken over when it is 10 s old', async (garbage) => {
  writeFileSync(path, garbage);
  const controller = new AbortController();
  const waiting = faultOf(acquire({ signal: controller.signal }));
  await expect.poll(() => readdirSync(folder)).toEqual(['lock']);
  controller.abort();
  expect(await waiting).toMatchObject({ code: 'CANCELLED' });
  expect(content()).toBe(garbage);
  utimesSync(path, Date.now() / 1000 - 11, Date.now() / 1000 - 11);
  await (await acquire()).release();
  expect(readdirSync(folder)).toEqual([]);
});

test('of a thread that was ended by force it is taken over when it is silent, or cleared for it', async () => {
  const run = async (): Promise<number> => {
    const source = `import(${JSON.stringify(module)}).then(async ({ FileLock }) => {
      await FileLock.acquire(${JSON.stringify(path)}, { purpose: 'thread', waitMs: 0, beatMs: 20 });
      require('node:worker_threads').parentPort.postMessage('held');
      setInterval(() => undefined, 1000);
    })`;
    const worker = new Worker(source, { eval: true });
    await once(worker, 'message');
    const { threadId } = worker;
    expect(await faultOf(acquire({ beatMs: 50, waitMs: 500 }))).toMatchObject({ params: { purpose: 'thread' } });
    await FileLock.clearAfterThread(path, threadId + 1);
    expect(existsSync(path)).toBe(true);
    await worker.terminate();
    return threadId;
  };
  await run();
  await (await acquire({ beatMs: 50 })).release();
  await FileLock.clearAfterThread(path, await run());
  expect(readdirSync(folder)).toEqual([]);
});

describe('of several who wait for a dead lock', () => {
  test('exactly one gets it, each time', async () => {
    const others = await Promise.all([other(), other(), other()]);
    const rounds = 60;
    for (let round = 0; round < rounds; round++) {
      writeFileSync(path, deadNote());
      const here = acquire().then(
        (lock) => lock,
        () => null,
      );
      const answers = await Promise.all(others.map(({ ask }) => ask('acquire')));
      const lock = await here;
      expect([...answers, lock === null ? 'VAULT_BUSY' : 'done'].sort()).toEqual([
        ...Array.from({ length: 3 }, () => 'VAULT_BUSY'),
        'done',
      ]);
      await lock?.assertHeld();
      for (const [index, { ask }] of others.entries()) {
        if (answers[index] !== 'done') continue;
        expect(await ask('assert')).toBe('done');
        expect(await ask('release')).toBe('done');
      }
      await lock?.release();
      expect(readdirSync(folder)).toEqual([]);
    }
  }, 60_000);

  test('one that died while taking over does not block the rest, and nor does the one that died at that', async () => {
    const [first, second] = [newNote('dead'), newNote('dead')];
    const dead = spawnSync('true').pid;
    writeFileSync(path, noteText({ ...first, pid: dead }, 0));
    writeFileSync(`${path}.after-${first.token}`, noteText({ ...second, pid: dead }, 0));
    writeFileSync(`${path}.after-${second.token}`, deadNote());
    writeFileSync(join(folder, `.lock.${dead}-0123456789ab.partial`), '');
    await (await acquire()).release();
    expect(readdirSync(folder)).toEqual([]);
  });

  test('nobody gets it while one is at it who only stopped', async () => {
    const { child } = await other();
    const dead = newNote('dead');
    writeFileSync(path, noteText({ ...dead, startedAt: '1' }, 0));
    const startedAt = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[19] ?? '';
    writeFileSync(`${path}.after-${dead.token}`, noteText({ ...newNote('slow'), pid: child.pid ?? 0, startedAt }, 0));
    expect(await faultOf(acquire())).toMatchObject(busy);
    await kill(child);
    await (await acquire()).release();
    expect(readdirSync(folder)).toEqual([]);
  });
});
