/**
 * The built-in Qdrant: a real server in a process of its own, on loopback ports, with storage in a folder of ours and a
 * key that only this user can read, so that web pages and other users of the machine are kept out.
 *
 * It outlives a crash of the program that started it (work is not lost, and the next start finds it), but not its
 * quitting. Several programs may use it at once, e.g. app and command line: the last one to leave ends it.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Fault } from '../faults/fault.ts';
import { isExecutable } from './local-binary.ts';
import { answersAsOurs, endProcess, LOG_NAME, spawnServer, trimLog } from './local-process.ts';
import {
  otherUsers,
  readRecord,
  removeRecord,
  thisProcess,
  underLock,
  writeRecord,
  type LocalServerRecord,
} from './local-server-record.ts';
import { isAlive, signalProcess } from '../processes/process-identity.ts';

export interface LocalServerOptions {
  /** Path of the Qdrant program, see `findBinary`. */
  readonly binary: string;
  /** Folder for storage, snapshots, log and record; made when missing. */
  readonly dir: string;
  /** Called once when the server ends without `stop()`. Starting again is then possible. */
  readonly onExit?: () => void;
}

export interface LocalServer {
  /** REST, e.g. `http://127.0.0.1:40001`. */
  readonly url: string;
  readonly grpcPort: number;
  readonly apiKey: string;
  readonly pid: number;
  /** False when another running program uses it too; it then goes on after our `stop()`. */
  readonly owned: boolean;
  /**
   * Leaves the server; ends it when nobody else uses it (SIGINT, SIGKILL after 5 s). May be called twice.
   */
  stop(): Promise<void>;
}

const READY_LIMIT_MS = 60_000;
const STALE_LIMIT_MS = 4_000;
const PORT_ATTEMPTS = 5;
const WATCH_MS = 500;

/**
 * Starts the built-in server, or joins the one that runs on that folder already: one left by a crash, or one that another
 * program uses. Takes about half a second. Throws NO_LOCAL_SERVER with a `reason`.
 */
export async function startLocalServer(options: LocalServerOptions): Promise<LocalServer> {
  const { binary, dir } = options;
  if (!isExecutable(binary)) throw new Fault('NO_LOCAL_SERVER', { reason: 'missing_binary', path: binary });
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    chmodSync(dir, 0o700);
    return await underLock(dir, async () => {
      const id = randomUUID();
      const found = (await reusable(options)) ?? (await startNew(options));
      const others = otherUsers(found, id);
      const record = { ...found, users: [...others, { id, process: thisProcess() }] };
      writeRecord(dir, record);
      return watch(options, record, id, others.length === 0);
    });
  } catch (error) {
    if (error instanceof Fault) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Fault('NO_LOCAL_SERVER', { reason: 'folder', path: dir, detail: code ?? message }, { cause: error });
  }
}

/** The server of the record when it runs, is ours and answers; otherwise it is ended or, with a reused id, forgotten. */
async function reusable({ dir, binary }: LocalServerOptions): Promise<LocalServerRecord | undefined> {
  const record = readRecord(dir);
  if (record === undefined) return undefined;
  const wanted = record.binary === binary || otherUsers(record, '').length > 0;
  const limit = Date.now() + STALE_LIMIT_MS;
  while (wanted && isAlive(record.server) && Date.now() < limit) {
    if (await answersAsOurs(record.port, record.apiKey)) return record;
    await pause(50);
  }
  // Where the system does not tell start times, a server that does not answer may be another program by now.
  if (record.server.startedAt !== null) await endProcess(record.server);
  removeRecord(dir);
  return undefined;
}

async function startNew({ dir, binary }: LocalServerOptions): Promise<LocalServerRecord> {
  const log = join(dir, LOG_NAME);
  for (let attempt = 1; ; attempt++) {
    const apiKey = randomBytes(24).toString('base64url');
    const started = await spawnServer({ binary, dir, apiKey });
    const { server, port, grpcPort } = started;
    const record = { server, port, grpcPort, apiKey, binary, since: new Date().toISOString(), users: [] };
    // Written before the server answers: a crash of ours from here on leaves a server that can be found.
    writeRecord(dir, record);
    const limit = Date.now() + READY_LIMIT_MS;
    while (isAlive(server) && !started.portTaken() && Date.now() < limit) {
      if ((await answersAsOurs(port, apiKey)) && !started.portTaken()) return record;
      await pause(20);
    }
    const late = isAlive(server) && !started.portTaken();
    await endProcess(server);
    removeRecord(dir);
    if (started.portTaken()) {
      if (attempt < PORT_ATTEMPTS) continue;
      throw new Fault('NO_LOCAL_SERVER', { reason: 'ports' });
    }
    throw new Fault('NO_LOCAL_SERVER', { reason: late ? 'timeout' : 'exited', log });
  }
}

/** Looks after a server that runs: tells when it ends, keeps its log small, ends it when this program does. */
function watch(options: LocalServerOptions, record: LocalServerRecord, id: string, owned: boolean): LocalServer {
  const { dir, onExit } = options;
  const { server } = record;
  const timer = setInterval(() => {
    if (isAlive(server)) {
      trimLog(dir);
      return;
    }
    forget();
    onExit?.();
  }, WATCH_MS);
  timer.unref();

  // Nothing asynchronous runs any more at this point; the server ends by itself once it is asked to.
  const atExit = (): void => {
    const now = readRecord(dir);
    if (now?.apiKey !== record.apiKey) return;
    const users = otherUsers(now, id);
    if (users.length > 0) {
      writeRecord(dir, { ...now, users });
      return;
    }
    signalProcess(server, 'SIGINT');
    removeRecord(dir);
  };
  process.on('exit', atExit);

  const forget = (): void => {
    clearInterval(timer);
    process.off('exit', atExit);
  };
  const leave = async (): Promise<void> => {
    forget();
    await underLock(dir, async () => {
      const now = readRecord(dir);
      // Another key is another server: ours ended, and somebody has started anew.
      if (now?.apiKey !== record.apiKey) return;
      const users = otherUsers(now, id);
      if (users.length > 0) {
        writeRecord(dir, { ...now, users });
        return;
      }
      await endProcess(server);
      removeRecord(dir);
    });
  };
  let left: Promise<void> | undefined;
  return {
    url: `http://127.0.0.1:${record.port}`,
    grpcPort: record.grpcPort,
    apiKey: record.apiKey,
    pid: server.pid,
    owned,
    stop: () => (left ??= leave()),
  };
}
