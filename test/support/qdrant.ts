/** Real Qdrant servers for tests: own ports, own storage, gone with the test process. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { qdrantPath } from '../../scripts/runtimes.mjs';
import { freePorts } from '../../main/qdrant/free-ports.ts';

export interface QdrantOptions {
  /** More environment for the server, e.g. `QDRANT__SERVICE__API_KEY`; wins over what is set here. */
  readonly env?: Readonly<Record<string, string>>;
  /** Storage folder to use and keep (a restart on the same data). Default: a temporary one, removed by stop(). */
  readonly dir?: string;
}

export interface Qdrant {
  readonly url: string;
  readonly port: number;
  readonly grpcPort: number;
  readonly dir: string;
  readonly pid: number;
  /** e.g. `1.16.3` */
  readonly version: string;
  /** What the server printed lately, for a test that fails. */
  log(): string;
  /** Ends the server and removes its temporary storage (a given `dir` is kept, and the end is a clean one). May be called twice. */
  stop(): Promise<void>;
  /** SIGKILL, as a crash; storage stays until stop(). */
  kill(): Promise<void>;
}

export interface QdrantCluster {
  readonly peers: readonly Qdrant[];
  /** REST URL of the first peer. */
  readonly url: string;
  stop(): Promise<void>;
}

const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 5_000;
const LOG_LIMIT = 64 * 1024;
const PORT_ATTEMPTS = 5;

// A test run that is itself killed must not leave servers behind: the kernel ends them (setpriv), and where there is
// no setpriv the exit handler does.
const dieWithParent = spawnSync('setpriv', ['--pdeathsig', 'KILL', 'true']).status === 0;
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts a server and waits until it answers, about half a second. */
export async function startQdrant(options: QdrantOptions = {}): Promise<Qdrant> {
  const { server } = await launch({ env: options.env ?? {}, dir: options.dir });
  return server;
}

/** Starts peers and waits until they agree on who they are, a few seconds. */
export async function startCluster(count = 3, options: Pick<QdrantOptions, 'env'> = {}): Promise<QdrantCluster> {
  const env = { QDRANT__CLUSTER__ENABLED: 'true', ...options.env };
  const peers: Qdrant[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(peers.map((peer) => peer.stop()));
  };
  try {
    const first = await launch({ env, cluster: {} });
    peers.push(first.server);
    while (peers.length < count) peers.push((await launch({ env, cluster: { bootstrap: first.uri } })).server);
    const headers = { 'api-key': options.env?.['QDRANT__SERVICE__API_KEY'] ?? '' };
    const agreed = async (peer: Qdrant): Promise<boolean> => {
      const response = await fetch(`${peer.url}/cluster`, { headers });
      const { result } = (await response.json()) as {
        result: { peers?: object; raft_info?: { leader: number | null; pending_operations: number } };
      };
      const { peers: known = {}, raft_info: raft } = result;
      return Object.keys(known).length === count && raft?.leader !== null && raft?.pending_operations === 0;
    };
    await until('the peers to agree', async () => (await Promise.all(peers.map(agreed))).every(Boolean));
    return { peers, url: first.server.url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Spec {
  readonly env: Readonly<Record<string, string>>;
  readonly dir?: string | undefined;
  readonly cluster?: { readonly bootstrap?: string };
}

async function launch(spec: Spec): Promise<{ server: Qdrant; uri: string }> {
  const binary = qdrantPath();
  const temporary = spec.dir === undefined;
  const dir = spec.dir ?? (await mkdtemp(join(tmpdir(), 'vectorkeep-qdrant-')));
  for (let attempt = 1; ; attempt++) {
    const [port = 0, grpcPort = 0, p2pPort = 0] = await freePorts(3);
    const uri = `http://127.0.0.1:${p2pPort}`;
    const joining = spec.cluster?.bootstrap === undefined ? [] : ['--bootstrap', spec.cluster.bootstrap];
    const args = spec.cluster ? ['--uri', uri, ...joining] : [];
    const [program, ...before] = dieWithParent ? ['setpriv', '--pdeathsig', 'KILL', binary] : [binary];
    const child = spawn(program, [...before, ...args], {
      cwd: dir,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        QDRANT__SERVICE__HOST: '127.0.0.1',
        QDRANT__SERVICE__HTTP_PORT: String(port),
        QDRANT__SERVICE__GRPC_PORT: String(grpcPort),
        QDRANT__CLUSTER__P2P__PORT: String(p2pPort),
        QDRANT__STORAGE__STORAGE_PATH: join(dir, 'storage'),
        QDRANT__STORAGE__SNAPSHOTS_PATH: join(dir, 'snapshots'),
        QDRANT__TELEMETRY_DISABLED: 'true',
        ...spec.env,
      },
    });
    running.add(child);
    let printed = '';
    const collect = (chunk: Buffer): void => {
      printed = (printed + chunk.toString()).slice(-LOG_LIMIT);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    const exited = once(child, 'close').then(() => void running.delete(child));
    const kill = async (): Promise<void> => {
      child.kill('SIGKILL');
      await exited;
    };
    const stop = async (): Promise<void> => {
      // A polite end waits for kept-alive connections; storage that is thrown away needs no manners.
      child.kill(temporary ? 'SIGKILL' : 'SIGTERM');
      const forced = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
      await exited;
      clearTimeout(forced);
      if (temporary) await rm(dir, { recursive: true, force: true });
    };
    const url = `http://127.0.0.1:${port}`;
    try {
      const version = await ready(child, url, () => printed);
      return {
        server: { url, port, grpcPort, dir, pid: child.pid ?? 0, version, log: () => printed, stop, kill },
        uri,
      };
    } catch (error) {
      await kill();
      if (printed.includes('Address already in use') && attempt < PORT_ATTEMPTS) continue;
      if (temporary) await rm(dir, { recursive: true, force: true });
      throw new Error(`Qdrant did not start.\n${printed}`, { cause: error });
    }
  }
}

/** Waits for both listeners of this very process (another server may answer on a port that was snatched). */
async function ready(child: ChildProcess, url: string, printed: () => string): Promise<string> {
  let version = '';
  await until('Qdrant to answer', async () => {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error('It exited.');
    if (printed().includes('Error while starting')) throw new Error('It could not listen.');
    if (!/starting service: "actix-web/.test(printed()) || !printed().includes('gRPC listening')) return false;
    const response = await fetch(`${url}/readyz`).catch(() => undefined);
    if (response?.ok !== true || printed().includes('Error while starting')) return false;
    version = /Version: (\d+\.\d+\.\d+)/.exec(printed())?.[1] ?? '';
    return true;
  });
  return version;
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const limit = Date.now() + START_LIMIT_MS;
  while (!(await holds())) {
    if (Date.now() > limit) throw new Error(`Waited ${START_LIMIT_MS / 1000} s for ${what}.`);
    await pause(20);
  }
}
