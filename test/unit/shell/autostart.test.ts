import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  autostartFile,
  desktopEntry,
  execArgument,
  isAutostarted,
  removeAutostart,
  writeAutostart,
} from '../../../main/shell/autostart.ts';
import { Fault } from '../../../main/faults/fault.ts';

let config: string;
let file: string;
beforeEach(() => {
  config = mkdtempSync(join(tmpdir(), 'vectorkeep-config-'));
  file = autostartFile({ XDG_CONFIG_HOME: config });
});
afterEach(() => {
  rmSync(config, { recursive: true, force: true });
});

const command = ['/opt/Vectorkeep/vectorkeep', '--hidden'];

test('it lies where the session looks', () => {
  expect(file).toBe(join(config, 'autostart', 'vectorkeep.desktop'));
  // A path that is not full is to be passed over, as the rules for these folders say.
  expect(autostartFile({ XDG_CONFIG_HOME: 'relative' })).toMatch(/\/\.config\/autostart\/vectorkeep\.desktop$/);
});

test('on, off, and on again; nothing else is left in the folder', () => {
  expect(isAutostarted(file)).toBe(false);
  removeAutostart(file);
  writeAutostart(file, command);
  writeAutostart(file, [...command, '--home', '/x']);
  expect(isAutostarted(file)).toBe(true);
  expect(readFileSync(file, 'utf8')).toContain('\nExec=/opt/Vectorkeep/vectorkeep --hidden --home /x\n');
  expect(readdirSync(join(config, 'autostart'))).toEqual(['vectorkeep.desktop']);
  removeAutostart(file);
  expect(isAutostarted(file)).toBe(false);
  expect(existsSync(file)).toBe(false);
});

test.each([
  ['as written', desktopEntry(command), true],
  ['hidden', `${desktopEntry(command)}Hidden=true\n`, false],
  ['switched off by GNOME', desktopEntry(command).replace('enabled=true', 'enabled = false '), false],
  ['another group is not ours', `${desktopEntry(command)}[Desktop Action x]\nHidden=true\n`, true],
])('%s', (_name, text, on) => {
  mkdirSync(join(config, 'autostart'));
  writeFileSync(file, text);
  expect(isAutostarted(file)).toBe(on);
  // What somebody switched off elsewhere can be switched on here.
  writeAutostart(file, command);
  expect(isAutostarted(file)).toBe(true);
});

/** Reads a line `Exec` as the rules for it say: first as text, then as arguments. */
function argumentsIn(exec: string): string[] {
  const text = exec.replaceAll(/\\([\\nrts])/g, (_all, c: string) => ({ n: '\n', r: '\r', t: '\t', s: ' ' })[c] ?? c);
  const found = [...text.matchAll(/"((?:[^"\\]|\\.)*)"|([^\s"]+)/gs)];
  return found.map(([, quoted, bare]) => (bare ?? quoted?.replaceAll(/\\(.)/gs, '$1') ?? '').replaceAll('%%', '%'));
}

test('every path comes out as it went in', () => {
  const argument = fc.string({ unit: 'binary', minLength: 1 }).filter((text) => !text.includes('\0'));
  const nasty = fc
    .array(fc.constantFrom(...Array.from(' "\'\\`$%&~;|<>*?#()\n\t=äA')), { minLength: 1 })
    .map((all) => all.join(''));
  fc.assert(
    fc.property(fc.array(fc.oneof(argument, nasty), { minLength: 1, maxLength: 4 }), (args) => {
      const exec = args.map(execArgument).join(' ');
      expect(exec).not.toMatch(/[\n\r]/);
      expect(argumentsIn(exec)).toEqual(args);
    }),
    { numRuns: 1000 },
  );
});

test('the file keeps to the rules, as far as this machine can tell', () => {
  const validator = spawnSync('desktop-file-validate', ['--version']);
  writeAutostart(file, ['/home/a b/Vector $keep.AppImage', '--hidden', '--home', '/tmp/50% "x"']);
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  expect(lines[0]).toBe('[Desktop Entry]');
  expect(lines.slice(1).every((line) => /^[\w-]+=/.test(line))).toBe(true);
  expect(lines).toContain('Exec="/home/a b/Vector \\\\$keep.AppImage" --hidden --home "/tmp/50%% \\\\"x\\\\""');
  if (validator.error === undefined)
    expect(spawnSync('desktop-file-validate', [file], { encoding: 'utf8' }).stdout).toBe('');
});

test('a place that cannot be written to is a fault with a sentence', () => {
  writeFileSync(join(config, 'autostart'), 'a file where the folder should be');
  expect(isAutostarted(file)).toBe(false);
  expect(() => writeAutostart(file, command)).toThrow(Fault);
  chmodSync(join(config, 'autostart'), 0o600);
  expect(readdirSync(config)).toEqual(['autostart']);
});
