import { expect, test } from 'vitest';
import { Fault } from '../../../main/faults/fault.ts';
import { commandHint } from '../../../main/terminal/hints.ts';

const hint = (fault: Fault, command = 'restore'): string => commandHint(fault, command);

test('the next step is told with the options that take it', () => {
  expect(hint(new Fault('SCHEMA_MISMATCH', { of: 'backup' }))).toContain('--to NAME');
  expect(hint(new Fault('SCHEMA_MISMATCH'), 'import')).toContain('--collection NAME');
  expect(hint(new Fault('BACKUP_NOT_FOUND', { choices: 'a, b' }))).toBe('The newest are: a, b. All: vectorkeep list.');
  expect(hint(new Fault('BACKUP_NOT_FOUND'))).toMatch(/vectorkeep list.+--vault/);
  expect(hint(new Fault('NOT_A_VAULT'))).toMatch(/Nothing was written.+--vault/);
  expect(hint(new Fault('BACKUP_DAMAGED', { reason: 'missing' }))).toMatch(
    /vectorkeep verify --full, with the same --vault\.$/,
  );
});

test('after something was written no hint says that nothing was', () => {
  expect(hint(new Fault('SCHEMA_MISMATCH', { of: 'backup', written: 5, total: 9 }))).not.toContain('Nothing was');
});
