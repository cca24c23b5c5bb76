import { describe, expect, test } from 'vitest';
import { ARCHIVE_REASONS } from '../../../main/faults/archive-reasons.ts';
import { errorReport, explainFault } from '../../../main/faults/explain.ts';
import {
  Fault,
  FAULT_CODES,
  NOTICE_CODES,
  type FaultCode,
  type FaultParams,
  type NoticeCode,
} from '../../../main/faults/fault.ts';
import { explainNotice } from '../../../main/faults/notices.ts';
import { LOCAL_SERVER_REASONS } from '../../../main/faults/local-server-reasons.ts';
import { PATH_REASONS } from '../../../main/faults/path-reasons.ts';
import { REACH_REASONS } from '../../../main/faults/reach-reasons.ts';
import { VAULT_REASONS } from '../../../main/faults/vault-reasons.ts';

/** What faults are thrown with. */
const FULL: FaultParams = {
  path: '/home/ann/code.json.gz',
  folder: '/home/ann/Exports',
  url: 'http://localhost:6333',
  collection: 'code',
  target: 'text-embedding-3-small',
  file: 'nomic-embed-code',
  connection: 'work',
  choices: 'code, notes',
  right: 'write',
  points: 12,
  listed: 1000,
  job: '17',
  tool: 'restore_backup',
  most: 16,
  pid: 4711,
  setting: 'hnsw_config.m',
  wanted: '32',
  got: '16',
  expected: '768',
  before: 100,
  after: 101,
  alias: 'live',
  vector: 'text',
  of: 'file',
  count: 2,
  seconds: 12,
  limit: 128,
  what: 'point',
  key: 'version',
  version: '2.0',
  name: 'state.json',
  detail: 'E_DETAIL',
  offset: 1234,
  point: '42',
  log: '/home/ann/qdrant.log',
  location: 'https://elsewhere',
  tip: 'port 6333',
  backup: 'code-20261122T140302Z',
  purpose: 'backup',
  host: 'desk',
  since: '2026-11-22T14:03:02.123Z',
  at: '2036-11-22T14:03:02.000Z',
  segments: 2,
  keptAs: '/home/ann/settings.damaged.json',
};

/** Reasons of NOT_QDRANT; the others are of QDRANT_UNREACHABLE. */
const STRANGERS = ['grpc_port', 'not_http', 'web_page', 'redirect', 'not_json', 'shape'];

/** Every fault that can be told apart, with all that it may carry and with nothing. */
const cases: [FaultCode, FaultParams][] = FAULT_CODES.flatMap((code): [FaultCode, FaultParams][] => {
  const reasons: Partial<Record<FaultCode, readonly string[]>> = {
    BAD_ARCHIVE: Object.keys(ARCHIVE_REASONS),
    QDRANT_UNREACHABLE: Object.keys(REACH_REASONS).filter((reason) => !STRANGERS.includes(reason)),
    NOT_QDRANT: STRANGERS,
    PATH_NOT_ALLOWED: Object.keys(PATH_REASONS),
    APPROVAL_NEEDED: ['nobody', 'unanswered'],
    APPROVAL_DENIED: ['policy', 'lately', 'client', 'nobody'],
    BUSY: ['writing', 'approval', 'endpoint', 'jobs'],
    BACKUP_DAMAGED: Object.keys(VAULT_REASONS),
    NO_LOCAL_SERVER: Object.keys(LOCAL_SERVER_REASONS),
  };
  return (reasons[code] ?? [code === 'USAGE' ? 'A sentence of its own.' : 'a reason of its own']).map((reason) => [
    code,
    { ...FULL, reason },
  ]);
});

function checkWords(words: string): void {
  expect(words).not.toMatch(/undefined|\bnull\b|NaN(?!, Infinity)|\[object|\s{2}|\s[.,:;]|[.:?]\.|\(\)/);
  expect(words).toMatch(/^[A-Z/"].*[.?]$/s);
}

describe('every fault', () => {
  test.each(cases)('%s %j has a sentence and a next step', (code, params) => {
    for (const given of [params, { ...params, written: 1200, total: 20_000 }]) {
      const { message, hint, exitCode } = explainFault(new Fault(code, given));
      checkWords(message);
      checkWords(hint);
      expect([1, 2, 3, 4, 5, 130]).toContain(exitCode);
    }
  });

  test.each(FAULT_CODES)('%s has one even if nothing is known', (code) => {
    const { message, hint } = explainFault(new Fault(code));
    expect(`${message} ${hint}`).not.toMatch(/undefined|\[object|: \.|\(\)/);
    expect(message).toMatch(/[.?]$/);
  });

  test('that came after a write never says that nothing was written', () => {
    for (const [code, params] of cases) {
      const { message, hint, exitCode } = explainFault(new Fault(code, { ...params, written: 1200, total: 20_000 }));
      if (
        ![
          'BAD_ARCHIVE',
          'BACKUP_DAMAGED',
          'VAULT_GONE',
          'INTERNAL',
          'CANCELLED',
          'QDRANT_UNREACHABLE',
          'QDRANT_REFUSED',
        ].includes(code)
      )
        continue;
      expect(message).toContain('after at least 1,200 of 20,000 points were written');
      expect(hint).not.toMatch(/nothing was|no index was/i);
      expect(exitCode).not.toBe(3);
    }
    expect(explainFault(new Fault('BAD_ARCHIVE', { reason: 'changed', written: 0, total: 5 }))).toMatchObject({
      exitCode: 3,
    });
  });

  test('of a restore speaks of a backup, and never of running it again where the backup is damaged', () => {
    const of = { of: 'backup', collection: 'code', file: 'm', target: 'n', written: 0, total: 20 };
    expect(explainFault(new Fault('SCHEMA_MISMATCH', of))).toMatchObject({
      message: 'The backup does not fit the index "code".',
      hint: 'Nothing was written. Restore it into a new index instead.',
    });
    expect(explainFault(new Fault('MODEL_MISMATCH', of)).message).toMatch(/^The backup was made with the model m,/);
    const half = { ...of, written: 12 };
    expect(explainFault(new Fault('QDRANT_UNREACHABLE', half)).hint).toMatch(
      /^Run the same restore again to finish it/,
    );
    expect(explainFault(new Fault('CANCELLED', { ...half, safety: 's' })).hint).toBe(
      'Run it again to finish. What was there before is the backup "s".',
    );
    const damaged = explainFault(new Fault('BACKUP_DAMAGED', { ...half, backup: 'b', path: 'x', reason: 'missing' }));
    expect(damaged).toEqual({
      message: 'The backup "b" is damaged: x is missing after at least 12 of 20 points were written.',
      hint: 'The index holds only a part of it. Verify the vault to see which backups are whole, and restore one of those.',
      exitCode: 5,
    });
  });

  test('about the files of a vault says as much as is known', () => {
    const words = (params: FaultParams): string => explainFault(new Fault('BACKUP_DAMAGED', params)).message;
    expect(words({})).toBe('A backup is damaged: a file of it is damaged.');
    expect(words({ path: '/v/vault.json', reason: 'checksum' })).toBe(
      'The vault is damaged: /v/vault.json was changed after it was written: its checksum does not match.',
    );
    expect(words({ backup: 'b', reason: 'rows' })).toMatch(
      /"b" is damaged: a file of it holds another number of points/,
    );
    const busy = (params: FaultParams): string => explainFault(new Fault('VAULT_BUSY', params)).message;
    expect(busy({})).toBe('Something else is writing to this vault.');
    expect(busy({ purpose: 'prune', pid: 7, host: 'desk', since: 'noon' })).toBe(
      'Something else is writing to this vault (prune, process 7 on desk, since noon).',
    );
  });

  test('about a cancelled import mentions the index that it made', () => {
    const cancelled = (created: boolean): string =>
      explainFault(new Fault('CANCELLED', { written: 0, total: 5, created })).hint;
    expect(cancelled(false)).toBe('Nothing was left behind.');
    expect(cancelled(true)).toMatch(/new index stays/);
  });

  test('reads like this', async () => {
    const lines = cases.map(([code, params]) => {
      const { message, hint, exitCode } = explainFault(new Fault(code, params));
      return `${exitCode} ${code}\n  ${message}\n  ${hint}`;
    });
    const notices = NOTICE_CODES.map((code) => `${code}\n  ${explainNotice({ code, params: FULL }).message}`);
    await expect([...lines, ...notices, ''].join('\n')).toMatchFileSnapshot('sentences.txt');
  });

  test('about a file says where in it, as far as that is known', () => {
    const words = (params: FaultParams): string =>
      explainFault(new Fault('BAD_ARCHIVE', { reason: 'missing_id', ...params })).message;
    expect(words({})).toBe('This file holds a point without an id.');
    expect(words({ offset: 0 })).toBe('This file holds a point without an id (byte 0).');
    expect(words({ offset: 5, nth: 3, point: '' })).toBe(
      'This file holds a point without an id (byte 5, point number 3 in the file).',
    );
    expect(words({ offset: 5, nth: 3, point: '7' })).toBe('This file holds a point without an id (byte 5, point 7).');
  });
});

describe('notices', () => {
  test('of a restore speak of a backup', () => {
    const words = (code: NoticeCode): string =>
      explainNotice({ code, params: { of: 'backup', count: 1, file: 'm', target: 'n' } }).message;
    expect(words('COMPANIONS_NOT_RESTORED')).toBe('The backup carries 1 companion file; it stays in it.');
    expect(words('MODEL_DIFFERS')).toBe('The backup was made with m, the index with n; it was restored as asked.');
  });

  test.each(NOTICE_CODES)('%s has a sentence', (code) => checkWords(explainNotice({ code, params: FULL }).message));
});

describe('anything thrown', () => {
  test('becomes a fault, and a report without its raw message in words', () => {
    const report = errorReport(new TypeError('x is not a function'));
    expect(report).toMatchObject({ code: 'INTERNAL', details: { reason: 'x is not a function' } });
    expect(report.message).not.toContain('function');
    expect(Fault.from('text')).toMatchObject({ code: 'INTERNAL', params: { reason: 'text' } });
    expect(Fault.from(undefined).code).toBe('INTERNAL');
    expect(Fault.from(AbortSignal.abort().reason).code).toBe('CANCELLED');
    const fault = new Fault('BUSY', { collection: 'a' });
    expect(Fault.from(fault)).toBe(fault);
  });

  test('crosses a port as plain data', () => {
    const fault = new Fault('NO_SPACE', { path: '/x' }, { cause: new Error('ENOSPC') }).with({ written: 3 });
    expect(fault.params).toEqual({ path: '/x', written: 3 });
    expect(fault.cause).toBeInstanceOf(Error);
    const again = Fault.fromData(structuredClone(fault.toData()));
    expect(again).toBeInstanceOf(Fault);
    expect(again.toData()).toEqual(fault.toData());
  });
});

test('what was cancelled with its first points on their way does not say that nothing was left behind', () => {
  const said = (params: FaultParams): string => {
    const { message, hint } = explainFault(new Fault('CANCELLED', params));
    return `${message} ${hint}`;
  };
  expect(said({ written: 0, sending: false, total: 10 })).toBe('Cancelled. Nothing was left behind.');
  expect(said({ written: 0, sending: true, total: 10, safety: 'code-1' })).toBe(
    'Cancelled while the first points were on their way: some of them may have been written. Run it again to finish. What was there before is the backup "code-1".',
  );
});
