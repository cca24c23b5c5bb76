/** The process of the built-in server: how it is started, known and ended. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, copyFileSync, openSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Fault } from '../faults/fault.ts';
import { freePorts } from './free-ports.ts';
import { identify, isAlive, signalProcess, type ProcessIdentity } from '../processes/process-identity.ts';

/** Its log inside the server's folder; the part before it, when it grew too long, ends in `.old`. */
export const LOG_NAME = 'qdrant.log';
const LOG_LIMIT = 1024 * 1024;
const ANSWER_LIMIT_MS = 2_000;
const END_LIMIT_MS = 5_000;

export interface Started {
  readonly server: ProcessIdentity;
  readonly port: number;
  readonly grpcPort: number;
  /** Whether it found one of its ports taken. It does not end by itself when that is the gRPC port. */
  portTaken(): boolean;
}

/** Starts the program with storage in `dir`; does not wait for it to answer. Throws NO_LOCAL_SERVER when it cannot be run. */
export async function spawnServer(given: { binary: string; dir: string; apiKey: string }): Promise<Started> {
  const { binary, dir, apiKey } = given;
  const [port = 0, grpcPort = 0] = await freePorts(2);
  const logPath = join(dir, LOG_NAME);
  const log = openSync(logPath, 'a', 0o600);
  const before = statSync(logPath).size;
  // A process group of its own: Ctrl-C on the command line must reach us first, in the middle of an export. Output goes
  // to a file and not through us, so that it can outlive us.
  const child = spawn(binary, [], {
    cwd: dir,
    detached: true,
    stdio: ['ignore', log, log],
    windowsHide: true,
    env: {
      ...(process.env['SystemRoot'] === undefined ? {} : { SystemRoot: process.env['SystemRoot'] }),
      QDRANT__LOG_LEVEL: 'WARN',
      QDRANT__TELEMETRY_DISABLED: 'true',
      QDRANT__SERVICE__HOST: '127.0.0.1',
      QDRANT__SERVICE__HTTP_PORT: String(port),
      QDRANT__SERVICE__GRPC_PORT: String(grpcPort),
      QDRANT__SERVICE__API_KEY: apiKey,
      QDRANT__SERVICE__ENABLE_CORS: 'false',
      QDRANT__SERVICE__ENABLE_STATIC_CONTENT: 'false',
      QDRANT__STORAGE__STORAGE_PATH: join(dir, 'storage'),
      QDRANT__STORAGE__SNAPSHOTS_PATH: join(dir, 'snapshots'),
    },
  });
  try {
    await once(child, 'spawn');
  } catch (error) {
    throw new Fault('NO_LOCAL_SERVER', { reason: 'not_executable', path: binary }, { cause: error });
  } finally {
    closeSync(log);
  }
  child.unref();
  const pid = child.pid ?? 0;
  return {
    server: identify(pid) ?? { pid, startedAt: null },
    port,
    grpcPort,
    portTaken: () => readFileSync(logPath).subarray(before).includes('Error while starting'),
  };
}

/**
 * Whether the server on that loopback port is the one with that key: it takes the key and refuses to do without. The key
 * is random, so no other server passes.
 */
export async function answersAsOurs(port: number, apiKey: string): Promise<boolean> {
  return (await statusOf(port, apiKey)) === 200 && (await statusOf(port, '')) === 401;
}

/**
 * Ends that very process and waits until it is gone: SIGINT, and SIGKILL after 5 s. Both SIGINT and SIGTERM are clean ends to
 * Qdrant, but on SIGTERM its web server first waits five seconds for kept-alive connections to go (measured: 0.3 s
 * against 5.3 s).
 */
export async function endProcess(server: ProcessIdentity): Promise<void> {
  const limit = Date.now() + END_LIMIT_MS;
  signalProcess(server, 'SIGINT');
  while (isAlive(server)) {
    if (Date.now() > limit) signalProcess(server, 'SIGKILL');
    await pause(10);
  }
}

/** Keeps the log under a mebibyte while the server goes on writing to it (it appends, so it can be emptied). */
export function trimLog(dir: string): void {
  const path = join(dir, LOG_NAME);
  try {
    if (statSync(path).size <= LOG_LIMIT) return;
    copyFileSync(path, `${path}.old`);
    truncateSync(path);
  } catch {
    // A log that cannot be trimmed is no reason to trouble the server.
  }
}

/** HTTP status of a harmless request, 0 when there is no answer. Its connection is not kept: that would delay the end. */
function statusOf(port: number, apiKey: string): Promise<number> {
  return new Promise((resolve) => {
    const asked = request({
      host: '127.0.0.1',
      port,
      path: '/collections',
      agent: false,
      headers: apiKey === '' ? {} : { 'api-key': apiKey },
      timeout: ANSWER_LIMIT_MS,
    });
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => resolve(0));
    asked.on('response', (answer) => {
      answer.resume();
      answer.on('error', () => resolve(0));
      answer.on('end', () => resolve(answer.statusCode ?? 0));
    });
    asked.end();
  });
}
