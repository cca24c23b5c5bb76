import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getMcpConfigForManifest, unpackExtension, type McpbManifestAny } from '@anthropic-ai/mcpb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { root } from '../../scripts/runtimes.mjs';
import { bridgeGround, NOT_RUNNING, openBridged, rawBridge, type Program } from '../support/mcp-bridges.ts';
import { CLIENTS } from '../support/mcp-clients.ts';

const ground = bridgeGround();
let folder = '';
let manifest: McpbManifestAny;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vk-bundle-'));
  const made = spawnSync(process.execPath, [join(root, 'scripts', 'bundle-mcpb.mjs')], { encoding: 'utf8' });
  expect(made.stderr).toBe('');
  expect(made.status, made.stdout).toBe(0);
  const mcpbPath = join(root, 'dist', 'vectorkeep.mcpb');
  expect(await unpackExtension({ mcpbPath, outputDir: folder, silent: true })).toBe(true);
  manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as McpbManifestAny;
});
afterAll(() => rmSync(folder, { recursive: true }));

/** As an agent that has installed it starts it. */
async function installed(userConfig: Record<string, string>): Promise<Program> {
  const config = await getMcpConfigForManifest({
    ...{ manifest, userConfig, extensionPath: folder, pathSeparator: '/' },
    systemDirs: { HOME: folder, DESKTOP: folder, DOCUMENTS: folder, DOWNLOADS: folder },
  });
  return { command: process.execPath, args: config?.args ?? [], env: config?.env ?? {} };
}

it('is one script, with nothing beside it', () => {
  expect(readdirSync(folder, { recursive: true }).sort()).toEqual([
    ...['LICENSE', 'icon.png', 'manifest.json', 'server', 'server/bridge.mjs'],
  ]);
});

it.each(CLIENTS)('brings the tools that it names to %s', async (kind) => {
  await ground.serve();
  const bridged = await openBridged(kind, await installed({ settings_folder: ground.home }));
  const tools = (await bridged.tools()).map(({ name, description }) => ({ name, description }));
  expect(tools.length).toBeGreaterThan(5);
  expect(manifest.tools).toEqual(tools);
  expect((await bridged.call('list_collections', {})).isError).toBeUndefined();
  await bridged.close();
});

it.each([{}, { settings_folder: '' }, { settings_folder: '${user_config.settings_folder}' }])(
  'looks in the usual folder with %j',
  async (userConfig) => {
    const program = await installed(userConfig);
    const { send, answer, child } = rawBridge({ ...program, env: { ...program.env, HOME: folder } });
    send({ id: 1, method: 'tools/list' });
    expect(await answer(1)).toHaveProperty(
      'error.message',
      NOT_RUNNING.replace('; or start this bridge with --start', ''),
    );
    child.stdin.end();
  },
);
