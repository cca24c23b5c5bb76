/**
 * Which files an agent may name: inside the export folder, or inside a folder the person allowed.
 *
 * The way from the root to the file is walked one name at a time and every link on it is resolved
 * before the next step, so what is compared is where the file really is. The path that comes back
 * holds no links. Names that mean something else on another system (device names, streams, shares)
 * are refused on all of them, so that the same request is safe wherever it runs.
 */
import { lstat, mkdir, realpath } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import { Fault } from '../faults/fault.ts';
import { holdFolder } from '../files/held-folder.ts';

export interface PathPolicy {
  /** Absolute. Relative paths mean this folder; it is made when something is first written to it. */
  readonly exportFolder: string;
  /** Absolute. */
  readonly allowedFolders: readonly string[];
  /** Absolute: Vectorkeep's own, as the settings and the vault, which may lie inside of those. */
  readonly ownFolders: readonly string[];
}

type Refusal = 'own' | 'empty' | 'too-long' | 'characters' | 'device' | 'parent' | 'outside' | 'link' | 'not-a-file';

const DEVICE = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i;
// What cannot be seen or turns the direction of text, and what Windows keeps for itself; `:` opens a stream.
const FORBIDDEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029<>"|?*:\\]/u;

/** A file that may be read or made. `within` goes along to whoever does so: by then the path may lead elsewhere. */
export interface AllowedFile {
  /** Real path. */
  readonly path: string;
  /** Real path of the allowed folder that it is in. */
  readonly within: string;
}

/**
 * An existing regular file. Throws PATH_NOT_ALLOWED (with `reason`), and
 * FILE_NOT_FOUND only for places that are allowed, so that nothing is told about others.
 */
export async function pathToRead(given: string, policy: PathPolicy): Promise<AllowedFile> {
  const { root, folder, name } = await walk(given, policy, false);
  const path = join(folder, name);
  const stat = await lstat(path).catch(() => null);
  if (!stat) throw new Fault('FILE_NOT_FOUND', { path });
  // A link may lead out, a pipe would never end, and a device is no export.
  if (!stat.isFile()) refuse('not-a-file', policy);
  return { path, within: root };
}

/**
 * The real path of a file to make: missing folders inside the root are made, a name without `.json`
 * or `.json.gz` gets it. Throws PATH_NOT_ALLOWED, FILE_EXISTS for anything that is there, even a
 * dangling link. Whoever makes the file must still do so exclusively.
 */
export async function pathToWrite(given: string, compress: boolean, policy: PathPolicy): Promise<AllowedFile> {
  const { root, folder, name } = await walk(given, policy, true);
  const path = join(folder, /\.json(\.gz)?$/i.test(name) ? name : `${name}${compress ? '.json.gz' : '.json'}`);
  if (await lstat(path).catch(() => null)) throw new Fault('FILE_EXISTS', { path });
  return { path, within: root };
}

async function walk(
  given: string,
  policy: PathPolicy,
  make: boolean,
): Promise<{ root: string; folder: string; name: string }> {
  const { root, names } = await locate(given, policy, make);
  const name = names.pop();
  if (name === undefined) refuse('not-a-file', policy);
  await refuseOwn(root, policy);
  let folder = root;
  for (const step of names) folder = await enter(root, folder, step, policy, make);
  // A link of that name leads nowhere: it is refused, or the name is there already.
  await refuseOwn(join(folder, name), policy);
  return { root, folder, name };
}

/** The root that holds the path, as a real path, and the names below it. */
async function locate(given: string, policy: PathPolicy, make: boolean): Promise<{ root: string; names: string[] }> {
  if (given === '') refuse('empty', policy);
  if (given.length > 4096) refuse('too-long', policy);
  if (!isAbsolute(given)) {
    const names = splitNames(given, policy);
    if (make) await makeFolder(policy.exportFolder);
    const root = await realpath(policy.exportFolder).catch(() => null);
    if (root === null) throw new Fault('FILE_NOT_FOUND', { path: join(policy.exportFolder, ...names) });
    return { root, names };
  }
  for (const folder of [policy.exportFolder, ...policy.allowedFolders]) {
    if (make && folder === policy.exportFolder) await makeFolder(folder);
    const root = await realpath(folder).catch(() => null);
    if (root === null) continue;
    for (const spelling of [folder, root]) {
      const below = relativeInside(spelling, given);
      if (below !== null) return { root, names: splitNames(below, policy) };
    }
  }
  refuse('outside', policy);
}

/** The path below `root` as it is spelled, or null. `..` is left in, for `splitNames` to refuse. */
function relativeInside(root: string, path: string): string | null {
  const below = relative(root, path);
  if (below === '' || below === '..' || below.startsWith(`..${sep}`) || isAbsolute(below)) return null;
  return path.split(/[\\/]/).includes('..') ? join('..', below) : below;
}

function splitNames(path: string, policy: PathPolicy): string[] {
  const names = (sep === '\\' ? path.replaceAll('\\', '/') : path).split('/');
  // `a//b` and `./a` are ways people write; `a/` names a folder.
  const wanted = names.filter((name, at) => name !== '.' && (name !== '' || at === names.length - 1));
  for (const name of wanted) {
    if (name === '') refuse('not-a-file', policy);
    if (name === '..') refuse('parent', policy);
    if (name.startsWith('~') || FORBIDDEN.test(name) || /[. ]$/.test(name)) {
      refuse('characters', policy);
    }
    if (DEVICE.test(name)) refuse('device', policy);
    if (Buffer.byteLength(name) > 240) refuse('too-long', policy);
  }
  return wanted;
}

/** The real path of one folder on the way, made if asked. Throws unless it is a folder inside `root`. */
async function enter(root: string, above: string, name: string, policy: PathPolicy, make: boolean): Promise<string> {
  const path = join(above, name);
  await refuseOwn(path, policy);
  if (make) await makeFolderIn(above, name, root);
  const real = await realpath(path).catch(() => null);
  if (real === null) {
    // A link to nowhere is a link; anything else is only missing.
    if (await lstat(path).catch(() => null)) refuse('link', policy);
    throw new Fault('FILE_NOT_FOUND', { path });
  }
  if (relativeInside(root, real) === null) refuse('outside', policy);
  await refuseOwn(real, policy);
  if ((await lstat(real).catch(() => null))?.isDirectory() !== true) refuse('not-a-file', policy);
  return real;
}

/** What Vectorkeep keeps for itself is no place for files of agents, and nothing in it is for their eyes. */
async function refuseOwn(path: string, policy: PathPolicy): Promise<void> {
  for (const own of policy.ownFolders)
    for (const spelling of [own, await realpath(own).catch(() => own)])
      if (path === spelling || relativeInside(spelling, path) !== null) refuse('own', policy);
}

/** By then `above` may have become a link that leads out. */
async function makeFolderIn(above: string, name: string, root: string): Promise<void> {
  const held = await holdFolder(above, root);
  try {
    await makeFolder(held.at(name), false);
  } finally {
    await held.release();
  }
}

async function makeFolder(path: string, recursive = true): Promise<void> {
  try {
    await mkdir(path, { recursive });
  } catch (error) {
    // Something else has the name: the walk says what it is.
    if (codeOf(error) !== 'EEXIST') throw new Fault('WRITE_FAILED', { path, reason: codeOf(error) }, { cause: error });
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
}

/** The path itself is left out: it was chosen by the caller and may be somebody else's trick. */
function refuse(reason: Refusal, policy: PathPolicy): never {
  throw new Fault('PATH_NOT_ALLOWED', { reason, folder: policy.exportFolder });
}
