import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { parse } from 'smol-toml';
import { describe, expect, it, test } from 'vitest';
import { z } from 'zod';
import { bridgeCommand, clientSetups, type BridgeCommand } from '../../../main/mcp/client-setups.ts';

const checkout = {
  ...{ isPackaged: false, execPath: '/opt/electron/electron', appImage: undefined, appPath: '/home/me/vector keep' },
  home: undefined,
};

describe('the command of the bridge', () => {
  it('is the script of a checkout, run by Node', () => {
    expect(bridgeCommand(checkout)).toEqual({
      command: 'node',
      args: ['/home/me/vector keep/bin/vectorkeep.js', 'mcp'],
    });
    const windows = bridgeCommand({ ...checkout, appPath: 'C:\\Users\\me\\vk' });
    expect(windows.args[0]).toBe('C:\\Users\\me\\vk\\bin\\vectorkeep.js');
  });

  it('is the program of an installation, and the file of an AppImage', () => {
    const installed = { ...checkout, isPackaged: true, execPath: '/opt/Vectorkeep/vectorkeep' };
    expect(bridgeCommand(installed)).toEqual({ command: '/opt/Vectorkeep/vectorkeep', args: ['mcp'] });
    const image = { ...installed, execPath: '/tmp/.mount_x/vectorkeep', appImage: '/home/me/Vectorkeep.AppImage' };
    expect(bridgeCommand(image).command).toBe('/home/me/Vectorkeep.AppImage');
  });

  it('names a settings folder that was named, and starts only when it shall', () => {
    const named = { ...checkout, home: '/srv/vk' };
    expect(bridgeCommand(named, { start: true }).args.slice(1)).toEqual(['mcp', '--start', '--home', '/srv/vk']);
  });
});

/** What the client itself would read out of the text. */
function readBack(command: BridgeCommand): BridgeCommand[] {
  const server = z.object({ command: z.string(), args: z.array(z.string()) });
  return clientSetups(command, 'linux').map(({ language, text }) => {
    switch (language) {
      case 'json': {
        const [[key, under] = [], ...others] = Object.entries(JSON.parse(text) as Record<string, object>);
        expect(['mcpServers', 'servers', 'context_servers']).toContain(key);
        expect(others).toEqual([]);
        return server.parse((under as Record<string, unknown>)['vectorkeep']);
      }
      case 'toml':
        return z.object({ mcp_servers: z.object({ vectorkeep: server }) }).parse(parse(text)).mcp_servers.vectorkeep;
      case 'shell': {
        const words = execFileSync('sh', ['-c', `claude() { printf '%s\\0' "$@"; }; ${text}`], { encoding: 'utf8' });
        const all = words.split('\0').slice(0, -1);
        const end = all.indexOf('--');
        expect(all.slice(0, end)).toEqual(['mcp', 'add', '--transport', 'stdio', '--scope', 'user', 'vectorkeep']);
        const [first = '', ...args] = all.slice(end + 1);
        return { command: first, args };
      }
    }
  });
}

test.each([
  ['/usr/bin/vectorkeep', 'mcp'],
  ['/home/me/My "own" apps/Vector\'keep.AppImage', 'mcp', '--home', '/home/me/a b'],
  ['C:\\Program Files\\Vectorkeep\\Vectorkeep.exe', 'mcp', '--home', 'C:\\Users\\me\\new\\table'],
  ['/home/me/$HOME/`id`/!x/*', 'mcp', '--home', '/é/日本/\u{1f600}/\u007f/~'],
])('%j comes out of every text as it went in', (command, ...args) => {
  expect(readBack({ command, args })).toEqual(Array.from({ length: 6 }, () => ({ command, args })));
});

test('so does any path', () => {
  const path = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }).filter((text) => !text.includes('\0'));
  fc.assert(
    fc.property(path, path, (command, home) => {
      const wanted = { command, args: ['mcp', '--home', home] };
      expect(readBack(wanted)).toEqual(Array.from({ length: 6 }, () => wanted));
    }),
    { numRuns: 15 },
  );
});

test('on Windows the line for the terminal has its paths in double quotes', () => {
  const [line] = clientSetups({ command: 'C:\\Program Files\\vk.exe', args: ['mcp'] }, 'win32');
  expect(line?.text).toMatch(/ -- "C:\\Program Files\\vk\.exe" mcp$/);
});

test.each([
  [
    'linux',
    [
      '~/.cursor/mcp.json',
      '~/.config/Claude/claude_desktop_config.json',
      '~/.config/zed/settings.json',
      '~/.codex/config.toml',
    ],
  ],
  [
    'darwin',
    [
      '~/.cursor/mcp.json',
      '~/Library/Application Support/Claude/claude_desktop_config.json',
      '~/.config/zed/settings.json',
      '~/.codex/config.toml',
    ],
  ],
  [
    'win32',
    [
      String.raw`%USERPROFILE%\.cursor\mcp.json`,
      String.raw`%APPDATA%\Claude\claude_desktop_config.json`,
      String.raw`%APPDATA%\Zed\settings.json`,
      String.raw`%USERPROFILE%\.codex\config.toml`,
    ],
  ],
] as const)('files are where %s has them', (platform, paths) => {
  const setups = clientSetups({ command: 'vectorkeep', args: ['mcp'] }, platform);
  expect(setups.map(({ id }) => id)).toEqual(['claude-code', 'cursor', 'vscode', 'claude-desktop', 'zed', 'codex']);
  const places = setups.filter(({ id }) => id !== 'claude-code' && id !== 'vscode').map(({ where }) => where);
  expect(places).toEqual(paths);
});
