import { describe, expect, test } from 'vitest';
import { ARCHIVE_REASONS } from '../../../main/faults/archive-reasons.ts';
import { errorReport, explainFault, explainNotice } from '../../../main/faults/explain.ts';
import { Fault, FAULT_CODES, NOTICE_CODES, type FaultCode, type FaultParams } from '../../../main/faults/fault.ts';
import { LOCAL_SERVER_REASONS } from '../../../main/faults/local-server-reasons.ts';
import { PATH_REASONS } from '../../../main/faults/path-reasons.ts';
import { REACH_REASONS } from '../../../main/faults/reach-reasons.ts';

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
    APPROVAL_NEEDED: ['nobody', 'asked'],
    BUSY: ['writing', 'approval', 'endpoint'],
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
      expect([1, 2, 3, 4, 130]).toContain(exitCode);
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
      if (!['BAD_ARCHIVE', 'INTERNAL', 'CANCELLED', 'QDRANT_UNREACHABLE', 'QDRANT_REFUSED'].includes(code)) continue;
      expect(message).toContain('after at least 1,200 of 20,000 points were written');
      expect(hint).not.toMatch(/nothing was/i);
      expect(exitCode).not.toBe(3);
    }
    expect(explainFault(new Fault('BAD_ARCHIVE', { reason: 'changed', written: 0, total: 5 }))).toMatchObject({
      exitCode: 3,
    });
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
