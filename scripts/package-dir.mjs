// `npm run package:dir`: the app as an unpacked folder in dist/, made without downloading anything.
import { readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { electronPath, root } from './runtimes.mjs';
import { build, run, runScript, say, setUp } from './steps.mjs';

await runScript(async () => {
  await setUp({ virtualDisplay: false });
  build();
  const folder = dirname(electronPath());
  const version = readFileSync(join(folder, 'version'), 'utf8').trim().replace(/^v/, '');
  say(`Packing with Electron ${version}`);
  const code = run('electron-builder', ['--dir', `-c.electronDist=${folder}`, `-c.electronVersion=${version}`]);
  // The packer leaves this one of a folder it did not fetch itself.
  rmSync(join(root, 'dist', 'linux-unpacked', 'resources', 'default_app.asar'), { force: true });
  return code;
});
