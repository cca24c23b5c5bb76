import { chmodSync, mkdtempSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { AgentCall } from '../../../preload/api.ts';
import { clientName, digestOf, openAuditLog } from '../../../main/mcp/audit-log.ts';

let home = '';
const file = () => join(home, 'audit.jsonl');
beforeEach(() => (home = mkdtempSync(join(tmpdir(), 'vk-audit-'))));
afterEach(() => rmSync(home, { recursive: true }));

const call = (n: number): AgentCall => ({
  ...{ at: new Date(Date.UTC(2026, 0, 1) + n * 1000).toISOString(), client: 'a 1', tool: `tool-${n}` },
  ...{ arguments: digestOf({ n }), outcome: 'done', code: null, jobId: null, durationMs: n },
});

it('keeps every call, for its owner alone, and shows the last hundred after a new start', async () => {
  const log = openAuditLog(home);
  for (let n = 0; n < 130; n++) log.note(call(n));
  await log.settled();
  expect(statSync(file()).mode & 0o777).toBe(0o600);
  expect(readFileSync(file(), 'utf8').split('\n')).toHaveLength(131);
  const again = openAuditLog(home).last();
  expect(again).toEqual(log.last());
  expect(again.map(({ tool }) => tool)).toEqual(Array.from({ length: 100 }, (_, n) => `tool-${129 - n}`));
});

it('a line that a crash has cut, or that is nobody’s, costs no other', async () => {
  writeFileSync(file(), `${JSON.stringify(call(1))}\nnonsense\n{"at":"20`);
  chmodSync(file(), 0o644);
  const log = openAuditLog(home);
  log.note(call(2));
  await log.settled();
  expect(openAuditLog(home).last()).toEqual([call(2), call(1)]);
  expect(statSync(file()).mode & 0o777).toBe(0o600);
});

it('begins a new file in time and keeps the one before, and no more', async () => {
  const log = openAuditLog(home, 1000);
  for (let n = 0; n < 60; n++) log.note(call(n));
  await log.settled();
  expect(statSync(file()).size).toBeLessThan(1400);
  expect(openAuditLog(home, 1000).last().length).toBeGreaterThan(5);
  expect(openAuditLog(home, 1000).last()[0]).toEqual(call(59));
});

it('a folder that cannot be written to loses no call that is shown, and says why', async () => {
  mkdirSync(file());
  const log = openAuditLog(home);
  log.note(call(1));
  await log.settled();
  expect(log.last()).toEqual([call(1)]);
  expect(log.trouble).toBe('EISDIR');
});

it('tells nothing of the arguments, and names of clients are one short line', () => {
  expect(digestOf({ collection: 'secret-project' })).toMatch(/^[0-9a-f]{16}$/);
  expect(digestOf({ a: 1 })).toBe(digestOf({ a: 1 }));
  expect(digestOf({ a: 1 })).not.toBe(digestOf({ a: 2 }));
  expect(digestOf(undefined)).toBe(digestOf({}));
  expect(clientName(`a\n\u001b[2J${'x'.repeat(500)}`)).toMatch(/^a \[2Jx+…$/);
});
