// What `npm start`, `npm test` and `npm run setup` have in common. Plain Node 20 and nothing installed is all it needs.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setUpElectron } from './electron-runtime.mjs';
import { root, SetupError, setUpQdrant } from './runtimes.mjs';
import { setUpSystemLibraries } from './system-libraries.mjs';

const SOURCES = ['main', 'preload', 'renderer', 'electron.vite.config.ts', 'package.json', 'package-lock.json'];
const STAMP = join(root, 'out', '.built-from');

/** One calm line about what is going on. */
export function say(line) {
  console.log(line);
}

/** Installs packages, system libraries and runtimes, each only when it is missing. Throws a SetupError of one line. */
export async function setUp({ virtualDisplay, panel = false }) {
  installPackages();
  setUpSystemLibraries(say, { virtualDisplay, panel });
  await setUpQdrant(say);
  await setUpElectron(say);
}

/** Builds out/ when a source has changed since the last build. */
export function build() {
  const sources = fingerprint();
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === sources) return;
  say('Building');
  if (run('npm', ['run', '--silent', 'build']) !== 0) throw new SetupError('The build failed.');
  writeFileSync(STAMP, sources);
}

/** Runs a program in the checkout with the installed Node first on the path; gives its exit code. */
export function run(program, args) {
  const done = spawnSync(program, args, { ...surroundings(), stdio: 'inherit' });
  if (done.error) throw new SetupError(`Could not run ${program}: ${done.error.message}`);
  return done.status ?? 1;
}

/** The same beside others: what it prints comes in one piece when it has ended. */
export async function runBeside(program, args) {
  const child = spawn(program, args, { ...surroundings(), stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (piece) => (printed += piece));
  const status = await new Promise((resolve, reject) => {
    child.once('close', (code) => resolve(code ?? 1));
    child.once('error', (error) => reject(new SetupError(`Could not run ${program}: ${error.message}`)));
  });
  process.stdout.write(printed);
  return status;
}

function surroundings() {
  const path = join(root, 'node_modules', '.bin') + delimiter + (process.env.PATH ?? '');
  return { cwd: root, env: { ...process.env, PATH: path }, shell: process.platform === 'win32' };
}

/** Runs `main`; a SetupError becomes its one line and exit code 1. */
export async function runScript(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

function installPackages() {
  if (packagesInstalled()) return;
  say('Installing packages');
  // Packages that want a newer Node than the system's get one: `node` is among them. npm cannot know, and would warn.
  if (run('npm', ['ci', '--loglevel=error']) !== 0) throw new SetupError('npm ci failed.');
  if (!packagesInstalled()) {
    throw new SetupError(
      'npm left packages unfinished: is ignore-scripts set? The package "node" needs its install script.',
    );
  }
}

/** Whether what npm noted in node_modules is what package-lock.json asks for. */
function packagesInstalled() {
  const noted = join(root, 'node_modules', '.package-lock.json');
  const program = process.platform === 'win32' ? 'node.exe' : 'node';
  if (!existsSync(noted) || !existsSync(join(root, 'node_modules', 'node', 'bin', program))) return false;
  const { packages: present } = JSON.parse(readFileSync(noted, 'utf8'));
  const { packages: wanted } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  return Object.entries(wanted).every(([path, { version, integrity, optional }]) => {
    if (path === '') return true;
    const found = present[path];
    // Optional ones are there only on the platform they are made for.
    return found === undefined ? optional === true : found.version === version && found.integrity === integrity;
  });
}

function fingerprint() {
  const hash = createHash('sha256');
  const add = (path) => {
    if (!existsSync(path)) return;
    if (statSync(path).isDirectory()) {
      for (const name of readdirSync(path).sort()) add(join(path, name));
      return;
    }
    hash.update(path.slice(root.length)).update('\0').update(readFileSync(path)).update('\0');
  };
  for (const source of SOURCES) add(join(root, source));
  return hash.digest('hex');
}
