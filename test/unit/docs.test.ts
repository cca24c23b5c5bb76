import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { FAULT_CODES } from '../../main/faults/fault.ts';
import * as inputs from '../../main/mcp/tool-inputs.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

test('every test that a promise names is there', () => {
  const page = readFileSync(join(root, 'docs', 'promises.md'), 'utf8');
  const named = [...page.matchAll(/`(test\/[^`]+)`/g)].map(([, path]) => path ?? '');
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

test('the page about the endpoint tells of every tool, of all that each takes, and shows calls that are taken', () => {
  const page = readFileSync(join(root, 'docs', 'mcp.md'), 'utf8');
  const told = new Map(
    [...page.matchAll(/^### (\w+)\n([^]*?)(?=^##)/gm)].map(([, name = '', text = '']) => [name, text]),
  );
  const given = { ...inputs };
  const tools = Object.entries(given).map(([name, input]) => ({
    name: TOOLS[name as keyof typeof given],
    input,
  }));
  expect([...told.keys()].sort()).toEqual(tools.map(({ name }) => name).sort());
  for (const { name, input } of tools) {
    const text = told.get(name) ?? '';
    for (const key of Object.keys(input.shape)) expect(text, name).toContain(`\`${key}\``);
    const example = JSON.parse(/```json\n([^]*?)```/.exec(text)?.[1] ?? '') as { name: string; arguments: unknown };
    expect(example.name).toBe(name);
    input.parse(example.arguments);
  }
});

/** Which tool takes what. */
const TOOLS = {
  listCollectionsInput: 'list_collections',
  getStatusInput: 'get_status',
  createBackupInput: 'create_backup',
  listBackupsInput: 'list_backups',
  verifyBackupInput: 'verify_backup',
  diffBackupsInput: 'diff_backups',
  restoreBackupInput: 'restore_backup',
  exportInput: 'export_index',
  importInput: 'import_index',
  getJobInput: 'get_job',
  cancelJobInput: 'cancel_job',
};

test('the codes that the page about the endpoint names are those there are', () => {
  const page = readFileSync(join(root, 'docs', 'mcp.md'), 'utf8');
  const codes = new Set([...page.matchAll(/\b[A-Z]{2,}(?:_[A-Z]+)+\b/g)].map(([code]) => code));
  const known: readonly string[] = [...FAULT_CODES, 'BACKUP_REUSED'];
  expect([...codes].filter((code) => !known.includes(code))).toEqual([]);
  expect(codes.size).toBeGreaterThan(25);
});
