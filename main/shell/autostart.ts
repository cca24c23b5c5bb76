/** Starting with the session where XDG autostart does it: a desktop entry in the person's configuration. */
import { readFileSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { codeOf, fileFault } from '../files/file-faults.ts';
import { makePrivateFolder, writePrivateFile } from '../settings/private-file.ts';

/** Where the entry lies. https://specifications.freedesktop.org/autostart-spec/latest/ */
export function autostartFile(env: Readonly<Record<string, string | undefined>>): string {
  const config = env['XDG_CONFIG_HOME'];
  const folder = config !== undefined && isAbsolute(config) ? config : join(homedir(), '.config');
  return join(folder, 'autostart', 'vectorkeep.desktop');
}

/** Whether the session starts what `file` says. A desktop's own settings turn it off by a line in it. Throws a Fault. */
export function isAutostarted(file: string): boolean {
  const text = read(file);
  if (text === null) return false;
  const main = mainGroup(text);
  return main.get('Hidden') !== 'true' && main.get('X-GNOME-Autostart-enabled') !== 'false';
}

/** `command`: program and arguments. Replaces what was there, whole or not at all. Throws a Fault. */
export function writeAutostart(file: string, command: readonly string[]): void {
  const text = desktopEntry(command);
  if (read(file) === text) return;
  try {
    makePrivateFolder(dirname(file));
    writePrivateFile(file, text);
  } catch (error) {
    throw fileFault(error, file);
  }
}

/** Throws a Fault. */
export function removeAutostart(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch (error) {
    throw fileFault(error, file);
  }
}

/** The text of a desktop entry that starts `command`. */
export function desktopEntry(command: readonly string[]): string {
  const lines = [
    '[Desktop Entry]',
    'Type=Application',
    'Version=1.0',
    'Name=Vectorkeep',
    'Comment=Keeps every vector index safe',
    `Exec=${command.map(execArgument).join(' ')}`,
    'Icon=vectorkeep',
    'Terminal=false',
    'StartupNotify=false',
    'X-GNOME-Autostart-enabled=true',
  ];
  return `${lines.join('\n')}\n`;
}

/**
 * An argument as a line `Exec` takes it, which is quoted twice: as an argument, and then as any text of a desktop entry.
 * https://specifications.freedesktop.org/desktop-entry-spec/latest/exec-variables.html
 */
export function execArgument(argument: string): string {
  const quoted = /^[\w./:@+,=-]+$/.test(argument) ? argument : `"${argument.replaceAll(/["`$\\]/g, '\\$&')}"`;
  return quoted
    .replaceAll('%', '%%')
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replaceAll('\t', '\\t')
    .replaceAll('\r', '\\r');
}

/** Keys of the group `Desktop Entry`. Others, such as actions, may hold the same keys. */
function mainGroup(text: string): Map<string, string> {
  const found = new Map<string, string>();
  let inside = false;
  for (const line of text.split('\n')) {
    if (line.startsWith('[')) inside = line.trim() === '[Desktop Entry]';
    const [, key, value] = /^([\w-]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (inside && key !== undefined && value !== undefined) found.set(key, value);
  }
  return found;
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return null;
    throw fileFault(error, file);
  }
}
