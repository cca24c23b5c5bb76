// `npm run bundle`: dist/vectorkeep.mcpb, the bridge as a bundle that agents install with one click. Nothing is downloaded.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import { toolsThrough } from './bundle-tools.mjs';
import { root } from './runtimes.mjs';
import { build as buildAll, run, runScript, say } from './steps.mjs';

const { version, description, license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** What the bundle says of itself. */
const manifest = (tools) => ({
  manifest_version: '0.3',
  name: 'vectorkeep',
  display_name: 'Vectorkeep',
  version,
  description,
  long_description:
    'Connects to the Vectorkeep that runs on this machine: the app with its endpoint for agents switched on, or `vectorkeep serve`. ' +
    'No key and no token is kept here.',
  author: { name: 'Vectorkeep contributors' },
  license,
  icon: 'icon.png',
  keywords: ['qdrant', 'backup', 'vector database'],
  server: {
    type: 'node',
    entry_point: 'server/bridge.mjs',
    mcp_config: {
      command: 'node',
      args: ['${__dirname}/server/bridge.mjs'],
      env: { VECTORKEEP_HOME: '${user_config.settings_folder}' },
    },
  },
  tools,
  user_config: {
    settings_folder: {
      type: 'directory',
      title: 'Settings folder',
      description: 'Only if Vectorkeep was started with --home or VECTORKEEP_HOME. Leave it empty otherwise.',
      required: false,
      default: '',
    },
  },
  compatibility: { platforms: ['darwin', 'win32', 'linux'], runtimes: { node: '>=20.18' } },
});

await runScript(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vectorkeep-mcpb-'));
  const file = join(root, 'dist', 'vectorkeep.mcpb');
  try {
    buildAll();
    say('Building the bridge');
    await build({
      root,
      configFile: false,
      logLevel: 'warn',
      ssr: { noExternal: true, target: 'node' },
      build: {
        ssr: true,
        target: 'node20.18',
        minify: true,
        outDir: join(folder, 'server'),
        emptyOutDir: true,
        rolldownOptions: {
          input: { bridge: join(root, 'main/mcp/bridge/bundled.ts') },
          output: { format: 'es', entryFileNames: '[name].mjs', codeSplitting: false },
        },
      },
    });
    writeFileSync(
      join(folder, 'manifest.json'),
      `${JSON.stringify(manifest(await toolsThrough(join(folder, 'server', 'bridge.mjs'))), null, 2)}\n`,
    );
    cpSync(join(root, 'resources/icon.png'), join(folder, 'icon.png'));
    cpSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
    mkdirSync(join(root, 'dist'), { recursive: true });
    rmSync(file, { force: true });
    for (const words of [
      ['validate', join(folder, 'manifest.json')],
      ['pack', folder, file],
      ['info', file],
    ]) {
      const code = run('mcpb', words);
      if (code !== 0) return code;
    }
    say(`${file}: ${Math.round(statSync(file).size / 1024)} KiB`);
    return 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
