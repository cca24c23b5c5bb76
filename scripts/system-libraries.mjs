// The Debian packages that Electron and a virtual display need.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { SetupError } from './runtimes.mjs';

const ELECTRON = [
  'libgtk-3-0',
  'libnss3',
  'libasound2',
  'libgbm1',
  'libatk-bridge2.0-0',
  'libxss1',
  'libxtst6',
  'libnotify4',
];
const DISPLAY = ['xvfb', 'xauth'];
/** A panel in which tests look at the tray, a bus for it, a pointer, and a camera. About 20 MB. */
const PANEL = ['xfce4-panel', 'xfconf', 'dbus', 'xdotool', 'imagemagick'];

/** Installs what is missing on Debian as root; otherwise a SetupError with the command that does. */
export function setUpSystemLibraries(say, { virtualDisplay, panel }) {
  if (process.platform !== 'linux') return;
  // Other distributions name their packages differently; Electron itself says what it misses there.
  if (!existsSync('/usr/bin/dpkg-query')) return;
  const wanted = [...ELECTRON, ...(virtualDisplay ? DISPLAY : []), ...(panel ? PANEL : [])];
  const missing = wanted.filter((name) => !isInstalled(name));
  if (missing.length === 0) return;
  if (process.getuid() !== 0) {
    throw new SetupError(`System libraries are missing. Run: sudo apt-get install -y ${missing.join(' ')}`);
  }
  say(`Installing system libraries: ${missing.join(' ')}`);
  apt(['update', '-qq']);
  apt(['install', '-y', '-qq', '--no-install-recommends', ...missing.map(nameHere)]);
}

function isInstalled(name) {
  return [name, renamed(name)].some((candidate) => {
    const { stdout } = spawnSync('dpkg-query', ['-W', '-f', '${db:Status-Status}', candidate], { encoding: 'utf8' });
    return stdout === 'installed';
  });
}

/** Debian 13 and Ubuntu 24.04 gave libraries with 64-bit time a new name. */
function renamed(name) {
  return `${name}t64`;
}

function nameHere(name) {
  const found = spawnSync('apt-cache', ['show', '--quiet', renamed(name)], { encoding: 'utf8' });
  return found.status === 0 && found.stdout !== '' ? renamed(name) : name;
}

function apt(args) {
  const done = spawnSync('apt-get', args, {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    encoding: 'utf8',
  });
  if (done.status === 0) return;
  const why = (done.stderr ?? '').trim().split('\n')[0] || done.error?.message || 'unknown';
  throw new SetupError(`apt-get ${args[0]} failed: ${why}`);
}
