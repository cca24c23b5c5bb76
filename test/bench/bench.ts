// `npm run bench`: ours and the baselines in turn, against one real server. See docs/benchmarks.md.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { startQdrant } from '../support/qdrant.ts';
import { finding, spread, type Finding } from './figures.ts';
import { ASKED_DIMENSIONS, parseOptions, USAGE, type BenchOptions } from './options.ts';
import { commandLineExport, measure } from './processes.ts';
import { compare, dropCollection, freshCollection, runRounds, type Bench, type Runs } from './rounds.ts';
import { table } from './table.ts';

const MEMORY_ROUNDS = 3;

/** Delay of the event loop that the window lives on, while its worker exports. */
async function eventLoop({ url, dir }: Bench, dimensions: number): Promise<{ findings: Finding[]; runs: Runs }> {
  const path = join(dir, 'service.json.gz');
  const run = await measure({ kind: 'event-loop', url, collection: `bench_${dimensions}`, path });
  await rm(path);
  const { p50 = Number.NaN, p99 = Number.NaN, max = Number.NaN } = run.more;
  const shown = { ours: '', against: `longest ${max.toFixed(0)} ms`, unit: 'ms' as const };
  return {
    findings: [
      finding({
        ...{ dimensions, what: 'event loop delay during an export, p99', ...shown, asked: { atMost: 30 } },
        value: { median: p99, min: p50, max: p99 },
      }),
    ],
    runs: { eventLoop: [run] },
  };
}

/** Peak memory of the command line exporting ten times as much, in turn with the usual index. */
async function memory(bench: Bench, { points, pointsLarge }: BenchOptions, dimensions: number): Promise<Finding[]> {
  const { url, dir, say } = bench;
  const large = 'bench_large';
  say(`filling ${pointsLarge} points of ${dimensions} dimensions for the memory figure`);
  await freshCollection(url, large, dimensions);
  await measure({ kind: 'fill', url, collection: large, points: pointsLarge, dimensions });
  const usual: number[] = [];
  const larger: number[] = [];
  for (let round = 0; round < MEMORY_ROUNDS; round++) {
    usual.push((await commandLineExport(dir, url, `bench_${dimensions}`)).peakMiB);
    const { peakMiB, ms } = await commandLineExport(dir, url, large);
    larger.push(peakMiB);
    say(`  ${peakMiB.toFixed(0)} MiB, ${(ms / 1000).toFixed(1)} s`);
  }
  await dropCollection(url, large);
  const ratio = spread(larger.map((peak, i) => peak / (usual[i] ?? Number.NaN)));
  const shown = (values: readonly number[]): string => `${spread(values).median.toFixed(0)} MiB`;
  return [
    finding({
      ...{ dimensions, what: `peak memory, export of ${pointsLarge} points`, ours: '', against: '', unit: 'MiB' },
      ...{ value: spread(larger), asked: { atMost: 300 } },
    }),
    finding({
      ...{ dimensions, what: `the same against ${points} points`, unit: 'x', value: ratio, asked: { atMost: 1.1 } },
      ...{ ours: shown(larger), against: shown(usual) },
    }),
  ];
}

async function main(options: BenchOptions): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'vectorkeep-bench-'));
  const qdrant = await startQdrant();
  const machine = {
    processors: cpus().length,
    model: cpus()[0]?.model ?? '',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    ...{ platform: process.platform, arch: process.arch, node: process.version, qdrant: qdrant.version },
  };
  // What else was going on: with more load than ours the ratios hold better than the speeds, and neither well.
  const loadBefore = loadavg()[0] ?? 0;
  const bench: Bench = { url: qdrant.url, dir, say: (line) => console.log(line) };
  const findings: Finding[] = [];
  const raw: Record<string, Runs> = {};
  try {
    for (const dimensions of options.dimensions) {
      const rounds = options.rounds ?? (dimensions === ASKED_DIMENSIONS ? 5 : 3);
      const runs = await runRounds(bench, { dimensions, points: options.points, rounds });
      findings.push(...compare(dimensions, runs));
      const loop = await eventLoop(bench, dimensions);
      findings.push(...loop.findings);
      raw[dimensions] = { ...runs, ...loop.runs };
      const measuresMemory =
        options.pointsLarge > 0 &&
        dimensions === (options.dimensions.includes(ASKED_DIMENSIONS) ? ASKED_DIMENSIONS : options.dimensions[0]);
      if (measuresMemory) findings.push(...(await memory(bench, options, dimensions)));
      await dropCollection(qdrant.url, `bench_${dimensions}`);
    }
  } finally {
    await qdrant.stop();
    await rm(dir, { recursive: true, force: true });
  }
  const date = new Date().toISOString().slice(0, 10);
  console.log(
    `\n${date}, ${machine.processors} processors (${machine.model}), ${machine.memoryGiB} GiB, Node ${machine.node}, Qdrant ${machine.qdrant}, ${options.points} points`,
  );
  console.log(`Load of the machine before: ${loadBefore.toFixed(1)}`);
  console.log(`Ratios are medians of pairs measured one right after the other.\n\n${table(findings)}\n`);
  await writeFile(
    options.out,
    `${JSON.stringify({ date, machine, loadBefore, options, findings, runs: raw }, null, 2)}\n`,
  );
  console.log(`Raw figures: ${resolve(options.out)}`);
}

try {
  const options = parseOptions(process.argv.slice(2));
  if (options === 'help') process.stdout.write(USAGE);
  else await main(options);
} catch (error) {
  console.error(error instanceof TypeError || !(error instanceof Error) ? error : error.message);
  process.exitCode = 1;
}
