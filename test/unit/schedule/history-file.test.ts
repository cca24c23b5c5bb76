import { appendFileSync, chmodSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { HistoryFile } from '../../../main/schedule/history-file.ts';
import type { HistoryRecord, IndexRef } from '../../../main/schedule/history.ts';
import { temporaryFolder } from '../../support/archives.ts';

const code: IndexRef = { connection: 'work', collection: 'code' };
const moment = (n: number): string => new Date(Date.UTC(2026, 4, 1) + n * 3_600_000).toISOString();
const failed = (n: number, index = code): HistoryRecord => ({
  ...{ kind: 'run', at: moment(n), index, slot: moment(n), caughtUp: false, durationMs: 5, backup: null },
  ...{ reason: 'daily', rotation: null, warnings: [] },
  ...{ fault: { code: 'NO_SPACE', message: 'No space.', hint: '' }, unreachable: false },
});

let path: string;
beforeEach(() => {
  path = join(temporaryFolder(), 'history.jsonl');
});

test('what is noted is there at the next start, for nobody else to read', async () => {
  const file = await HistoryFile.open(path);
  expect(file.records).toEqual([]);
  await Promise.all([file.note(failed(1)), file.note(failed(2))]);
  expect(file.trouble).toBeNull();
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const again = await HistoryFile.open(path);
  expect(again.records).toEqual([failed(1), failed(2)]);
  expect(again.histories.of(code)).toMatchObject({ attempts: 2, failedAt: Date.parse(moment(2)) });
});

test('a line that was cut by a crash is passed over, and the next one is whole', async () => {
  const file = await HistoryFile.open(path);
  await file.note(failed(1));
  appendFileSync(path, '{"kind":"run","at":"2026-');
  const again = await HistoryFile.open(path);
  expect(again.records).toEqual([failed(1)]);
  await again.note(failed(2));
  expect((await HistoryFile.open(path)).records).toEqual([failed(1), failed(2)]);
});

test('lines of a newer version and nonsense are passed over', async () => {
  writeFileSync(path, `{"kind":"drill"}\n\0\0\n[]\n${JSON.stringify(failed(3))}\n`);
  expect((await HistoryFile.open(path)).records).toEqual([failed(3)]);
});

test('it does not grow for ever, and forgets no index', async () => {
  const old: IndexRef = { connection: 'work', collection: 'old' };
  const lines = [failed(0, old), ...Array.from({ length: 50_500 }, (_, n) => failed(n + 1))];
  writeFileSync(path, lines.map((record) => `${JSON.stringify(record)}\n`).join(''));
  const file = await HistoryFile.open(path);
  expect(file.records).toHaveLength(50_501);
  await file.keep();
  expect(file.records).toHaveLength(40_001);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(file.histories.of(old).attemptedAt).toBe(Date.parse(moment(0)));
  expect(readFileSync(path, 'utf8').trim().split('\n')).toHaveLength(40_001);
  expect((await HistoryFile.open(path)).records.at(-1)).toEqual(failed(50_500));
});

describe('where it cannot be written', () => {
  test('what happened is known all the same, and told once it can be', async () => {
    const file = await HistoryFile.open(path);
    mkdirSync(path);
    await file.note(failed(1));
    expect(file.trouble).toMatchObject({ code: 'FILE_NOT_READABLE' });
    expect(file.histories.of(code).attempts).toBe(1);
    rmSync(path, { recursive: true });
    await file.note(failed(2));
    expect(file.trouble).toBeNull();
    expect((await HistoryFile.open(path)).records).toEqual([failed(2)]);
  });

  test('nor read, it counts as empty', async () => {
    mkdirSync(path);
    chmodSync(path, 0o700);
    const file = await HistoryFile.open(path);
    expect(file.trouble).not.toBeNull();
    expect(file.records).toEqual([]);
  });
});

test('nor while a program runs for months', async () => {
  const lines = Array.from({ length: 50_000 }, (_, n) => failed(n));
  writeFileSync(path, lines.map((record) => `${JSON.stringify(record)}\n`).join(''));
  const file = await HistoryFile.open(path);
  await file.keep();
  expect(file.records).toHaveLength(50_000);
  await file.note(failed(50_001));
  expect(file.records).toHaveLength(40_000);
  expect((await HistoryFile.open(path)).records.at(-1)).toEqual(failed(50_001));
});

test('of a file that is far too long the end counts', async () => {
  writeFileSync(path, `${'x'.repeat(65 << 20)}\n${JSON.stringify(failed(7))}\n`);
  const file = await HistoryFile.open(path);
  expect([file.records, file.trouble]).toEqual([[failed(7)], null]);
});

test('a connection takes its history along to another name', async () => {
  const file = await HistoryFile.open(path);
  await file.note(failed(1));
  await file.rename('work', 'office');
  await file.note(failed(2, { ...code, connection: 'office' }));
  const again = await HistoryFile.open(path);
  expect(again.histories.of({ ...code, connection: 'office' }).attempts).toBe(2);
  expect([again.histories.of(code), file.histories.of(code)].map(({ attempts }) => attempts)).toEqual([0, 0]);
});
