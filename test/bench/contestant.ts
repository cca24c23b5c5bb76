// One contest in a process of its own, so that memory and garbage are its own: takes it as JSON, prints figures as JSON.
import { rm } from 'node:fs/promises';
import { backUp, diff, restore, verifyBackup } from './backups.ts';
import { clientExport, clientUpsert, gunzip, readyBodies, scrollOnly, type Work } from './baselines.ts';
import type { Contest, Measured } from './contests.ts';
import { exportThroughService } from './event-loop.ts';
import { fill } from './fill.ts';
import { peakMiB } from './memory.ts';
import { exportIndex, importFile, recordScroll, validateFile } from './ours.ts';

/** Prepares a contest; what it gives back is what the clock is held to. */
async function prepare(contest: Contest): Promise<Work> {
  switch (contest.kind) {
    case 'fill':
      return () => fill(contest.url, contest.collection, contest.points, contest.dimensions);
    case 'record-scroll':
      return () => recordScroll(contest.url, contest.collection, contest.path);
    case 'export':
      return () => exportIndex(contest.url, contest.collection, contest.path, contest.compress);
    case 'client-export':
      return clientExport(contest.url, contest.collection, contest.path);
    case 'scroll':
      return scrollOnly(contest.url, contest.collection, contest.requests, contest.points);
    case 'import':
      return () => importFile(contest.url, contest.collection, contest.path);
    case 'client-upsert':
      return clientUpsert(contest.url, contest.collection, contest.path);
    case 'ready-bodies':
      return readyBodies(contest.url, contest.collection, contest.path, contest.points);
    case 'backup':
      if (contest.fresh) await rm(contest.vault, { recursive: true, force: true });
      return () => backUp(contest.url, contest.collection, contest.vault);
    case 'verify-backup':
      return () => verifyBackup(contest.vault, contest.points);
    case 'restore':
      return () => restore(contest.url, contest.collection, contest.vault);
    case 'diff':
      return () => diff(contest.vault);
    case 'validate':
      return () => validateFile(contest.path);
    case 'gunzip':
      return gunzip(contest.path, contest.points);
    case 'event-loop':
      return () => exportThroughService(contest.url, contest.collection, contest.path);
  }
}

const work = await prepare(JSON.parse(process.argv[2] ?? '') as Contest);
const cpu = process.cpuUsage();
const begun = performance.now();
const { points, more } = await work();
const ms = performance.now() - begun;
const { user, system } = process.cpuUsage(cpu);
const measured: Measured = { ms, points, peakMiB: peakMiB(), cpuMs: (user + system) / 1000, more };
process.stdout.write(`${JSON.stringify(measured)}\n`, () => process.exit(0));
