// Loaded into the command line with --import: when it ends, its peak memory goes to the file that the environment names.
import { writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import { peakMiB } from './memory.ts';

const path = process.env['VECTORKEEP_BENCH_MEMORY'];
if (isMainThread && path !== undefined) process.on('exit', () => writeFileSync(path, String(peakMiB())));
