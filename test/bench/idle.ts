// `npm run bench -- idle`: what Vectorkeep costs while nobody looks at it. See docs/benchmarks.md.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startDisplay } from '../../scripts/display.mjs';
import { electronPath, root } from '../../scripts/runtimes.mjs';
import { defaultSettings } from '../../main/settings/schema.ts';
import { startQdrant } from '../support/qdrant.ts';

const INDEXES = 6;
const POINTS = 2000;
/** The start itself, and the first look at everything, are no idling. */
const WARM_UP_MS = 30_000;
const IDLE_MS = Number(process.env['VECTORKEEP_IDLE_SECONDS'] ?? 180) * 1000;
/** Runs of the schedule that make up an hour with one a minute, one a second. */
const HOUR = 60;
const TICKS_PER_SECOND = 100;

/** The app in the tray, no window, a schedule of once an hour. */
async function idle(dir: string, url: string): Promise<void> {
  const home = join(dir, 'home');
  mkdirSync(home, { mode: 0o700 });
  const since = new Date().toISOString();
  const plain = defaultSettings();
  const rule = { connection: 'work', collection: null, schedule: { kind: 'hourly', minute: minuteFarAway() }, since };
  const settings = {
    ...plain,
    connections: [{ name: 'work', kind: 'url', url, model: null, pathKey: null, key: null }],
    current: 'work',
    vaultFolder: join(dir, 'vault'),
    protection: { ...plain.protection, rules: [rule] },
  };
  writeFileSync(join(home, 'settings.json'), JSON.stringify(settings));
  const display = await startDisplay();
  const app = spawn(electronPath(), [root, '--no-sandbox', '--hidden', '--home', home], {
    stdio: 'ignore',
    env: { ...display.env },
  });
  try {
    await pause(WARM_UP_MS);
    if (app.exitCode !== null) throw new Error('The app has ended.');
    const before = { ticks: ticksOf(app), rss: residentMiB(app) };
    await pause(IDLE_MS);
    const share = ((ticksOf(app) - before.ticks) * 1000) / TICKS_PER_SECOND / IDLE_MS;
    console.log(
      `in the tray, without a window, ${IDLE_MS / 1000} s: ${(share * 100).toFixed(2)} % of a core (asked for: under 1 %), ` +
        `${before.rss.toFixed(0)} → ${residentMiB(app).toFixed(0)} MiB in all its processes`,
    );
  } finally {
    app.kill('SIGTERM');
    await once(app, 'exit');
    display.stop();
  }
}

/** The service alone, with the runs of an hour, one a second. */
async function hour(dir: string, url: string): Promise<void> {
  const script = fileURLToPath(new URL('idle-hour.ts', import.meta.url));
  const child = spawn(process.execPath, ['--expose-gc', script, url, join(dir, 'hour'), String(HOUR)], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error('The hour did not come to its end.');
}

/** No run falls into the measurement. */
const minuteFarAway = (): number => (new Date().getMinutes() + 50) % 60;

function tree(pid: number): number[] {
  const children = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && parentOf(name) === pid);
  return [pid, ...children.flatMap((name) => tree(Number(name)))];
}

function statOf(name: number | string): string[] {
  try {
    return readFileSync(`/proc/${name}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  } catch {
    return [];
  }
}

const parentOf = (name: string): number => Number(statOf(name)[1] ?? -1);
/** Of user and kernel. */
const ticksOf = ({ pid = 0 }: ChildProcess): number =>
  tree(pid).reduce((sum, one) => sum + Number(statOf(one)[11] ?? 0) + Number(statOf(one)[12] ?? 0), 0);
const residentMiB = ({ pid = 0 }: ChildProcess): number =>
  tree(pid).reduce((sum, one) => sum + (Number(statOf(one)[21] ?? 0) * 4096) / 2 ** 20, 0);

async function fill(url: string, collection: string): Promise<void> {
  const send = async (path: string, body: unknown): Promise<void> => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${url}${path}`, { method: 'PUT', headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(await response.text());
  };
  await send(`/collections/${collection}`, { vectors: { size: 64, distance: 'Cosine' } });
  const vector = (): number[] => Array.from({ length: 64 }, () => Math.random());
  const points = Array.from({ length: POINTS }, (_, id) => ({
    id,
    vector: vector(),
    payload: { path: `src/${id}.ts` },
  }));
  await send(`/collections/${collection}/points?wait=true`, { points });
}

const dir = await mkdtemp(join(tmpdir(), 'vectorkeep-idle-'));
const qdrant = await startQdrant();
try {
  for (let n = 0; n < INDEXES; n++) await fill(qdrant.url, `index-${n}`);
  console.log(`${INDEXES} indexes of ${POINTS} points, all under a schedule`);
  await idle(dir, qdrant.url);
  await hour(dir, qdrant.url);
} finally {
  await qdrant.stop();
  await rm(dir, { recursive: true, force: true });
}
