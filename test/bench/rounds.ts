import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Contest, Measured } from './contests.ts';
import { benchCollection } from './fill.ts';
import { finding, rate, speedRatio, spread, timeRatio, type Asked, type Finding, type Side } from './figures.ts';
import { ASKED_DIMENSIONS } from './options.ts';
import { measure } from './processes.ts';

export interface Bench {
  readonly url: string;
  /** For files; gone afterwards. */
  readonly dir: string;
  readonly say: (line: string) => void;
}

export type Runs = Readonly<Record<string, readonly Measured[]>>;

/** Creates the collection anew and empty. */
export async function freshCollection(url: string, name: string, dimensions: number): Promise<void> {
  await ask(url, 'DELETE', name);
  await ask(url, 'PUT', name, benchCollection(dimensions));
}

export async function dropCollection(url: string, name: string): Promise<void> {
  await ask(url, 'DELETE', name);
}

async function ask(url: string, method: string, collection: string, body?: object): Promise<void> {
  const response = await fetch(`${url}/collections/${collection}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  if (!response.ok) throw new Error(`${method} ${collection}: ${await response.text()}`);
}

/**
 * Everything at one number of dimensions: each round runs every contestant once, those that are compared one right
 * after the other, so that whatever else the machine does hits both.
 */
export async function runRounds(
  bench: Bench,
  size: { readonly dimensions: number; readonly points: number; readonly rounds: number },
): Promise<Runs> {
  const { url, dir, say } = bench;
  const { dimensions, points, rounds } = size;
  const source = `bench_${dimensions}`;
  const target = `${source}_target`;
  const requests = join(dir, 'requests.json');
  const archive = join(dir, 'kept.json.gz');
  const path = join(dir, 'out.json');
  const vault = join(dir, 'vault');
  say(`${dimensions} dimensions: filling ${points} points`);
  await freshCollection(url, source, dimensions);
  await measure({ kind: 'fill', url, collection: source, points, dimensions });
  await measure({ kind: 'record-scroll', url, collection: source, path: requests });
  await measure({ kind: 'export', url, collection: source, path: archive, compress: true });

  const contests: Readonly<Record<string, Contest>> = {
    exportGzip: { kind: 'export', url, collection: source, path, compress: true },
    backup: { kind: 'backup', url, collection: source, vault, fresh: true },
    scroll: { kind: 'scroll', url, collection: source, requests, points },
    backupAgain: { kind: 'backup', url, collection: source, vault, fresh: false },
    verifyBackup: { kind: 'verify-backup', vault, points },
    diff: { kind: 'diff', vault },
    exportPlain: { kind: 'export', url, collection: source, path, compress: false },
    clientExport: { kind: 'client-export', url, collection: source, path },
    import: { kind: 'import', url, collection: target, path: archive },
    restore: { kind: 'restore', url, collection: target, vault },
    readyBodies: { kind: 'ready-bodies', url, collection: target, path: archive, points },
    clientUpsert: { kind: 'client-upsert', url, collection: target, path: archive },
    validate: { kind: 'validate', path: archive },
    gunzip: { kind: 'gunzip', path: archive, points },
  };
  const runs = Object.fromEntries(Object.keys(contests).map((name) => [name, [] as Measured[]]));
  for (let round = 1; round <= rounds; round++) {
    for (const [name, contest] of Object.entries(contests)) {
      if ('collection' in contest && contest.collection === target) await freshCollection(url, target, dimensions);
      const run = await measure(contest);
      if (run.points !== points) throw new Error(`${name} saw ${run.points} points instead of ${points}.`);
      runs[name]?.push(run);
      await rm(path, { force: true });
      say(`  round ${round} of ${rounds}  ${name.padEnd(12)} ${(run.ms / 1000).toFixed(2)} s`);
    }
  }
  await dropCollection(url, target);
  await rm(vault, { recursive: true, force: true });
  return runs;
}

const perSecond = (side: Side): string => `${Math.round(rate(side)).toLocaleString('en')}/s`;
const seconds = (side: Side): string => `${((side.runs[0]?.points ?? 0) / rate(side)).toFixed(2)} s`;

/** What the rounds say, beside what is asked. */
export function compare(dimensions: number, runs: Runs): Finding[] {
  const side = (name: string, ms?: Side['ms']): Side => ({ name, runs: runs[name] ?? [], ...(ms ? { ms } : {}) });
  const asks = (asked: Asked): Asked => (dimensions === ASKED_DIMENSIONS ? asked : null);
  const faster = (what: string, ours: Side, baseline: Side, atLeast: number | null): Finding =>
    finding({
      ...{ dimensions, what, ours: perSecond(ours), against: perSecond(baseline), unit: 'x' },
      value: speedRatio(ours, baseline),
      asked: atLeast === null ? null : asks({ atLeast }),
    });
  const gzip = side('exportGzip');
  const plain = side('exportPlain');
  const scroll = side('scroll');
  const client = side('clientUpsert');
  const sending = side('import', (run) => run.more['sendingMs'] ?? Number.NaN);
  const backup = side('backup');
  const restoring = side('restore', (run) => run.more['sendingMs'] ?? Number.NaN);
  const validate = side('validate');
  const gunzip = side('gunzip');
  const sizes = gzip.runs.map(({ more }) => (more['rawBytes'] ?? 0) / (more['bytes'] ?? 0));
  const [size = Number.NaN] = sizes;
  return [
    faster('export to JSON.gz against (a) client', gzip, side('clientExport'), 9),
    faster('export to JSON.gz against (b) scroll alone', gzip, scroll, 0.4),
    faster('export to JSON against (b) scroll alone', plain, scroll, 0.75),
    faster('import, sending, against (c) client', sending, client, 2.5),
    faster('import, sending, against (d) ready bodies', sending, side('readyBodies'), 0.8),
    faster('import, all of it, against (c) client', side('import'), client, null),
    finding({
      ...{ dimensions, what: 'validation takes, of (e) gzip -dc', ours: seconds(validate), against: seconds(gunzip) },
      ...{ value: timeRatio(validate, gunzip), unit: 'x', asked: asks({ atMost: 2 }) },
    }),
    faster('first backup against (b) scroll alone', backup, scroll, 0.6),
    faster('unchanged backup against (b) scroll alone', side('backupAgain'), scroll, 0.8),
    faster('full verify of a backup against taking it', side('verifyBackup'), backup, 4),
    faster('restore, sending, against (d) ready bodies', restoring, side('readyBodies'), 0.5),
    faster('restore and comparison against (d)', side('restore'), side('readyBodies'), null),
    finding({
      ...{ dimensions, what: 'diff of two backups', ours: '', against: '', unit: 'ms', asked: asks({ atMost: 1000 }) },
      value: spread(side('diff').runs.map(({ ms }) => ms)),
    }),
    finding({
      ...{ dimensions, what: 'first backup, of the JSON export', ours: '', against: '', unit: 'x', asked: null },
      value: spread(backup.runs.map(({ more }) => (more['bytesAdded'] ?? 0) / (gzip.runs[0]?.more['rawBytes'] ?? 0))),
    }),
    finding({
      ...{ dimensions, what: 'JSON.gz smaller than JSON', ours: '', against: '', unit: 'x', asked: null },
      value: { median: size, min: size, max: size },
    }),
  ];
}
