// `npm run bench -- mcp`: how soon `vectorkeep serve` answers agents while it takes backups. See docs/benchmarks.md.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { root } from '../../scripts/runtimes.mjs';
import { defaultSettings } from '../../main/settings/schema.ts';
import { freePorts } from '../../main/qdrant/free-ports.ts';
import { startQdrant } from '../support/qdrant.ts';
import { benchCollection, fill } from './fill.ts';

const SECONDS = Number(process.env['VECTORKEEP_MCP_SECONDS'] ?? 60);
const POINTS = Number(process.env['VECTORKEEP_MCP_POINTS'] ?? 60_000);
const DIMENSIONS = 768;
const CALLS_PER_SECOND = 50;
const ASKED_MS = 200;
/** Calls that read, in turn. */
const READING = ['get_status', 'list_backups', 'list_collections'];
const START_MS = 60_000;

const discovery = z.object({ url: z.string(), token: z.string() });
type Found = z.infer<typeof discovery>;

const told = z.object({
  result: z
    .looseObject({ isError: z.boolean().optional(), structuredContent: z.looseObject({}).optional() })
    .optional(),
  error: z.object({ message: z.string() }).optional(),
});

const agent = new Agent({ keepAlive: true, maxSockets: 16 });

/** One call as most clients make it; the outcome of the tool. */
async function call(to: Found, method: string, params: object): Promise<Readonly<Record<string, unknown>>> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
  const headers = {
    ...{ authorization: `Bearer ${to.token}`, 'content-type': 'application/json' },
    ...{ accept: 'application/json, text/event-stream', 'content-length': Buffer.byteLength(body) },
  };
  const sent = request(to.url, { method: 'POST', agent, headers });
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [AsyncIterable<Buffer> & { statusCode: number }];
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part);
  const text = Buffer.concat(parts).toString();
  if (response.statusCode !== 200) throw new Error(`${response.statusCode} ${text}`);
  const data = text.split('\n').findLast((line) => line.startsWith('data: {'));
  const { result, error } = told.parse(JSON.parse(data?.slice('data: '.length) ?? text));
  if (result === undefined || result.isError === true) throw new Error(error?.message ?? text);
  return result.structuredContent ?? result;
}

interface Timed {
  readonly name: string;
  readonly ms: number;
}

const tool = (to: Found, name: string, args: object = {}) => call(to, 'tools/call', { name, arguments: args });

/**
 * Calls at their times, whether or not those before were answered: a call is as late as its answer is after the moment
 * when it was due.
 */
async function load(to: Found, tools: readonly string[]): Promise<Timed[]> {
  const count = SECONDS * CALLS_PER_SECOND;
  const begun = performance.now();
  const calls: Promise<Timed>[] = [];
  for (let n = 0; n < count; n++) {
    const due = begun + (n * 1000) / CALLS_PER_SECOND;
    const wait = due - performance.now();
    if (wait > 0) await pause(wait);
    const name = tools[n % tools.length] ?? '';
    calls.push(tool(to, name).then(() => ({ name, ms: performance.now() - due })));
  }
  return Promise.all(calls);
}

/** One backup after the other, each of a changed index, until told to stop; how many there were. */
async function keepBackingUp(to: Found, url: string, signal: AbortSignal): Promise<number> {
  let taken = 0;
  for (; !signal.aborted; taken++) {
    const started = await tool(to, 'create_backup', { collection: 'bench', reason: `load-${taken}`, wait_seconds: 0 });
    const job_id = started['job_id'];
    for (let status: unknown = 'running'; status === 'running';)
      status = (await tool(to, 'get_job', { job_id, wait_seconds: 45 }))['status'];
    // Every point anew: each backup has everything to store.
    await change(url, taken);
  }
  return taken;
}

async function change(url: string, n: number): Promise<void> {
  const response = await fetch(`${url}/collections/bench/points/payload?wait=true`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', connection: 'close' },
    body: JSON.stringify({ payload: { load: n }, filter: { must_not: [{ key: 'load', match: { value: n } }] } }),
  });
  if (!response.ok) throw new Error(await response.text());
}

function say(what: string, calls: readonly Timed[], asked: boolean): void {
  const { text, p99 } = spreadOf(calls);
  const verdict = asked ? `, asked for: p99 ≤ ${ASKED_MS} ms, ${p99 <= ASKED_MS ? 'met' : 'NOT MET'}` : '';
  console.log(`${what}: ${calls.length} calls, ${text}${verdict}`);
  for (const name of new Set(calls.map((each) => each.name)))
    console.log(`  ${name}: ${spreadOf(calls.filter((each) => each.name === name)).text}`);
}

function spreadOf(calls: readonly Timed[]): { text: string; p99: number } {
  const sorted = calls.map(({ ms }) => ms).sort((one, other) => one - other);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  const [p50, p95, p99, most] = [at(0.5), at(0.95), at(0.99), at(1)].map((ms) => `${ms.toFixed(1)} ms`);
  return { text: `p50 ${p50}, p95 ${p95}, p99 ${p99}, longest ${most}`, p99: at(0.99) };
}

async function serve(dir: string, url: string): Promise<{ child: ChildProcess; to: Found }> {
  const home = join(dir, 'home');
  mkdirSync(home, { mode: 0o700 });
  const plain = defaultSettings();
  const [port = 0] = await freePorts(1);
  const settings = {
    ...plain,
    connections: [{ name: 'work', kind: 'url', url, model: null, pathKey: null, key: null }],
    ...{ current: 'work', vaultFolder: join(dir, 'vault'), exportFolder: join(dir, 'exports') },
    endpoint: { ...plain.endpoint, port },
  };
  writeFileSync(join(home, 'settings.json'), JSON.stringify(settings), { mode: 0o600 });
  const child = spawn(process.execPath, [join(root, 'bin', 'vectorkeep.js'), 'serve', '--home', home], {
    stdio: 'ignore',
  });
  const limit = Date.now() + START_MS;
  while (!existsSync(join(home, 'mcp.json'))) {
    if (child.exitCode !== null || Date.now() > limit) throw new Error('serve did not start.');
    await pause(50);
  }
  return { child, to: discovery.parse(JSON.parse(readFileSync(join(home, 'mcp.json'), 'utf8'))) };
}

async function main(): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'vectorkeep-bench-'));
  const qdrant = await startQdrant();
  let child: ChildProcess | undefined;
  try {
    const loadBefore = loadavg()[0] ?? 0;
    await fetch(`${qdrant.url}/collections/bench`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(benchCollection(DIMENSIONS)),
    });
    await fill(qdrant.url, 'bench', POINTS, DIMENSIONS);
    const served = await serve(dir, qdrant.url);
    child = served.child;
    const { to } = served;
    const list = (await call(to, 'tools/list', {})) as { tools?: { name: string }[] };
    const tools = READING.filter((name) => list.tools?.some((each) => each.name === name));
    console.log(
      `${cpus().length} processors, load before ${loadBefore.toFixed(1)}, Node ${process.version}, Qdrant ${qdrant.version}; ` +
        `${POINTS} points of ${DIMENSIONS} dimensions; ${CALLS_PER_SECOND} calls a second for ${SECONDS} s of ${tools.join(', ')}`,
    );
    await tool(to, 'create_backup', { collection: 'bench', reason: 'first', wait_seconds: 45 });
    say('while nothing else is done', await load(to, tools), false);
    const stop = new AbortController();
    const backups = keepBackingUp(to, qdrant.url, stop.signal);
    const times = await load(to, tools);
    stop.abort();
    say('while backups are taken', times, true);
    console.log(`${await backups} backups, one after the other`);
  } finally {
    agent.destroy();
    child?.kill('SIGTERM');
    if (child?.exitCode === null) await once(child, 'exit');
    await qdrant.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

await main();
