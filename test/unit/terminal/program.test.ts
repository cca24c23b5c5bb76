import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { Fault } from '../../../main/faults/fault.ts';
import { connectionFrom, placesIn } from '../../../main/terminal/common-options.ts';
import {
  isAboutSettings,
  parseCommandLine,
  usesQdrant,
  usesVault,
  type Invocation,
} from '../../../main/terminal/program.ts';

function collect(): { stream: Writable; text: () => string } {
  let text = '';
  const stream = new Writable({
    write: (chunk: Buffer, _, done) => {
      text += chunk.toString();
      done();
    },
  });
  return { stream, text: () => text };
}

function parse(line: string): Invocation {
  const nowhere = collect().stream;
  const found = parseCommandLine(line.split(' '), '1.0.0', { out: nowhere, err: nowhere });
  if (found === null) throw new Error('Nothing was meant.');
  return found;
}

function complaint(line: string): string {
  try {
    parse(line);
  } catch (error) {
    expect(error).toBeInstanceOf(Fault);
    expect((error as Fault).code).toBe('USAGE');
    return String((error as Fault).params['reason']);
  }
  throw new Error(`Taken: ${line}`);
}

function help(...words: string[]): string {
  const out = collect();
  expect(parseCommandLine([...words, '--help'], '1.0.0', { out: out.stream, err: collect().stream })).toBeNull();
  return out.text();
}

describe('the words about backups', () => {
  test.each<[string, Partial<Invocation>]>([
    ['backup code', { command: 'backup', collection: 'code', options: {} }],
    [
      'backup code --reason before-reindex --pin --companion a --companion b --vault v',
      { command: 'backup', options: { reason: 'before-reindex', pin: true, companion: ['a', 'b'], vault: 'v' } },
    ],
    ['list', { command: 'list', options: {} }],
    ['list --collection code --json', { command: 'list', options: { collection: 'code', json: true } }],
    ['restore b', { command: 'restore', backup: 'b', options: { onConflict: 'skip', safetyCopy: true } }],
    [
      'restore b --to c --on-conflict exact --path src/** --dry-run --no-safety-copy --allow-model-mismatch --companions-to d',
      {
        command: 'restore',
        backup: 'b',
        options: {
          ...{ to: 'c', onConflict: 'exact', path: ['src/**'], dryRun: true, safetyCopy: false },
          ...{ allowModelMismatch: true, companionsTo: 'd' },
        },
      },
    ],
    ['verify', { command: 'verify', backup: undefined, options: {} }],
    ['verify b --full', { command: 'verify', backup: 'b', options: { full: true } }],
    ['diff a b', { command: 'diff', from: 'a', to: 'b' }],
    ['diff a', { command: 'diff', from: 'a', to: undefined }],
    [
      'diff a --live --collection c',
      { command: 'diff', from: 'a', to: undefined, options: { live: true, collection: 'c' } as object },
    ],
    [
      'prune --keep-last 1 --keep-hourly 2 --keep-daily 3 --keep-weekly 4 --keep-monthly 5 --dry-run',
      {
        command: 'prune',
        options: { keepLast: 1, keepHourly: 2, keepDaily: 3, keepWeekly: 4, keepMonthly: 5, dryRun: true },
      },
    ],
    ['prune --accept-shrink b', { command: 'prune', options: { acceptShrink: 'b' } }],
    ['pin b', { command: 'pin', backup: 'b', options: {} }],
    ['unpin b', { command: 'unpin', backup: 'b', options: {} }],
    ['export code', { command: 'export', source: { collection: 'code' } }],
    ['export --from-backup b -o x.json', { command: 'export', source: { backup: 'b' } }],
  ])('%s', (line, meant) => {
    expect(parse(line)).toMatchObject(meant);
  });

  test.each([
    ['prune', 'Say what to keep, as --keep-last 7 or --keep-daily 30.'],
    ['prune --keep-last 0 --keep-daily 0', 'Say what to keep, as --keep-last 7 or --keep-daily 30.'],
    ['prune --keep-last 1.5', /whole number/],
    ['prune --keep-last -1', /whole number/],
    ['prune --accept-shrink b --dry-run', 'Give either --accept-shrink, which is a decision, or --dry-run.'],
    ['diff a b --live', 'Give either a later backup or --live, not both.'],
    ['diff a b --collection c', 'Give either a later backup or --live, not both.'],
    ['diff', /missing required argument/i],
    ['restore b --on-conflict mirror', /Allowed choices are skip, overwrite, merge, exact/],
    [`backup code --reason ${'x'.repeat(101)}`, /1 to 100 characters/],
    ['export', 'Say which index to export, or which backup with --from-backup.'],
    ['export code --from-backup b', 'Give either an index or --from-backup, not both.'],
    ['export code --vault v', 'The option --vault goes with --from-backup.'],
    ['export --from-backup b --model m', 'A backup is exported with the companion files and the model that it has.'],
    ['list --full', /unknown option/i],
    ['import a.json --vault v', 'The option --vault goes with --safety-copy.'],
  ])('%s is refused', (line, words) => {
    expect(complaint(line)).toEqual(typeof words === 'string' ? words : (expect.stringMatching(words) as string));
  });

  test('say in their help what they take, and of a Qdrant only where one is needed', () => {
    expect(help()).toMatch(
      /Backups:[\s\S]+ restore [\s\S]+Schedules:[\s\S]+ status [\s\S]+ serve [\s\S]+Files:[\s\S]+ export /,
    );
    expect(help('prune')).toMatch(/--keep-hourly[\s\S]+--keep-daily[\s\S]+--keep-weekly[\s\S]+--keep-monthly/);
    for (const command of ['backup', 'restore', 'diff', 'export']) expect(help(command)).toContain('--url');
    for (const command of ['list', 'verify', 'prune', 'pin', 'unpin']) {
      expect(help(command)).not.toContain('--url');
      expect(help(command)).toContain('--vault');
      parse(
        `${command}${command.endsWith('pin') ? ' b' : ''} --url http://x --keep-last 1`.replace(
          /(?<!prune.*) --keep.*/,
          '',
        ),
      );
    }
  });
});

describe('the words about schedules', () => {
  test.each<[string, object]>([
    ['status', { command: 'status' }],
    ['schedule', { command: 'schedule', collection: undefined, schedule: undefined, keep: undefined }],
    [
      'schedule code --daily 2:30,14:00',
      { collection: 'code', schedule: { kind: 'daily', times: ['02:30', '14:00'] } },
    ],
    ['schedule --hourly :20', { collection: undefined, schedule: { kind: 'hourly', minute: 20 } }],
    ['schedule --weekly mon,thu@01:15', { schedule: { kind: 'weekly', days: [1, 4], times: ['01:15'] } }],
    ['schedule --off --dry-run', { schedule: { kind: 'off' }, options: { dryRun: true } }],
    ['schedule code --as-all', { schedule: null }],
    ['schedule --keep-last 3 --keep-daily 30', { schedule: undefined, keep: { keepLast: 3, keepDaily: 30 } }],
    ['schedule --keep-all', { keep: null }],
    ['pause', { command: 'pause', until: 'resumed' }],
    ['pause --for 1h', { until: 'hour' }],
    ['pause --until tomorrow', { until: 'tomorrow' }],
    ['resume', { command: 'resume' }],
    ['connect local --url http://x', { command: 'connect', name: 'local', options: { url: 'http://x' } }],
    ['connect local --url http://x --replace', { command: 'connect', options: { replace: true } }],
    ['serve', { command: 'serve', options: { endpoint: true } }],
    ['serve --end-when-idle 0.05', { command: 'serve', options: { endWhenIdle: 0.05 } }],
    ['mcp', { command: 'mcp', options: {} }],
    ['mcp --home h --start', { command: 'mcp', options: { home: 'h', start: true } }],
    ['serve --no-endpoint', { command: 'serve', options: { endpoint: false } }],
  ])('%s', (line, meant) => {
    expect(parse(line)).toMatchObject(meant);
  });

  test.each([
    ['schedule --daily 2', /time of day/],
    ['schedule --as-all', 'The option --as-all goes with the name of an index.'],
    ['schedule --daily 2:30 --off', /Give one of --daily/],
    ['schedule --keep-all --keep-last 3', 'Give either --keep-all or what is to be kept, not both.'],
    ['schedule --keep-last 0', 'Say what to keep, as --keep-last 7 or --keep-daily 30.'],
    ['pause --for 2h', /Allowed choices are 1h/],
    ['pause --for 1h --until tomorrow', 'Give either --for or --until, not both.'],
    ['connect local', 'Say where the Qdrant is, with --url.'],
    ['connect', /missing required argument/i],
  ])('%s is refused', (line, words) => {
    expect(complaint(line)).toEqual(typeof words === 'string' ? words : (expect.stringMatching(words) as string));
  });
});

test('no help is wider than a terminal', () => {
  const commands = Array.from(help().matchAll(/^ {2}([a-z]+) (?:\[|<| {2})/gm), ([, name = '']) => [name]);
  expect(commands.length).toBeGreaterThan(15);
  for (const words of [[], ...commands])
    for (const line of help(...words).split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
});

test('connect speaks of an address, and of no name but the one it gives', () => {
  for (const option of ['--replace', '--url', '--api-key-env']) expect(help('connect')).toContain(option);
  expect(help('connect')).not.toContain('--connection');
  expect(help('schedule')).toContain('--connection');
});

describe('what a command needs', () => {
  test.each([
    ['backup c', true, true],
    ['restore b', true, true],
    ['diff a', true, true],
    ['diff a b', false, true],
    ['list', false, true],
    ['verify', false, true],
    ['prune --keep-last 1', false, true],
    ['pin b', false, true],
    ['export --from-backup b', false, true],
    ['export c', true, false],
    ['import f', true, false],
    ['import f --safety-copy --vault v', true, true],
    ['validate f', false, false],
    ['serve', true, false],
    ['connect n --url u', true, false],
    ['schedule', false, false],
    ['pause', false, false],
    ['status', false, true],
  ])('%s: a Qdrant %s, a vault %s', (line, qdrant, vault) => {
    expect([usesQdrant(parse(line)), usesVault(parse(line))]).toEqual([qdrant, vault]);
  });

  test.each(['serve', 'connect n --url u', 'schedule', 'pause', 'resume', 'status'])('%s: the settings', (line) => {
    expect(isAboutSettings(parse(line))).toBe(true);
    expect(isAboutSettings(parse('backup code'))).toBe(false);
  });

  test('the key comes from the environment, and goes with an address or a name', () => {
    const env = { KEY: 'k', EMPTY: '' };
    expect(connectionFrom({ url: 'http://x', apiKeyEnv: 'KEY' }, env)).toEqual({ url: 'http://x', apiKey: 'k' });
    expect(connectionFrom({ connection: 'n' }, env)).toEqual({ name: 'n' });
    expect(connectionFrom({}, env)).toBeUndefined();
    for (const options of [{ url: 'x', connection: 'n' }, { apiKeyEnv: 'KEY' }, { url: 'x', apiKeyEnv: 'EMPTY' }])
      expect(() => connectionFrom(options, env)).toThrow(/USAGE/);
  });

  test('the same places are named by the same words, never by a key', () => {
    const options = { url: 'http://x', apiKeyEnv: 'KEY', vault: 'my vault', json: true };
    expect(placesIn(options)).toEqual({
      vault: ['--vault', 'my vault'],
      qdrant: ['--url', 'http://x', '--api-key-env', 'KEY'],
      home: [],
    });
    expect(placesIn({})).toEqual({ vault: [], qdrant: [], home: [] });
  });
});
