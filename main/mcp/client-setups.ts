/** How the agents that people use are told of the bridge: text to copy. No secret is in it: the bridge finds the token itself. Pure. */

/** How this installation starts the bridge. */
export interface BridgeCommand {
  /** A program by its path, or one that is found by its name. */
  readonly command: string;
  readonly args: readonly string[];
}

export interface Installation {
  /** The app as it was installed; false: a checkout, or the package of npm. */
  readonly isPackaged: boolean;
  /** The running program. */
  readonly execPath: string;
  /** Of an AppImage: the file itself. What runs of it lies in a folder that is gone after it ends. */
  readonly appImage: string | undefined;
  /** The folder that holds `bin/vectorkeep.js`, where it is not packaged. */
  readonly appPath: string;
  /** The settings folder, absolute, when one was named. */
  readonly home: string | undefined;
}

/** `start`: the bridge may start Vectorkeep where it does not run. */
export function bridgeCommand(installation: Installation, { start = false } = {}): BridgeCommand {
  const { isPackaged, execPath, appImage, appPath, home } = installation;
  const words = ['mcp', ...(start ? ['--start'] : []), ...(home === undefined ? [] : ['--home', home])];
  if (isPackaged) return { command: appImage ?? execPath, args: words };
  const separator = /^([A-Za-z]:)?\\/.test(appPath) ? '\\' : '/';
  return { command: 'node', args: [[appPath, 'bin', 'vectorkeep.js'].join(separator), ...words] };
}

export interface ClientSetup {
  readonly id: 'claude-code' | 'cursor' | 'vscode' | 'claude-desktop' | 'zed' | 'codex';
  /** As the agent calls itself. */
  readonly name: string;
  /** Where the text belongs: the path of a file, or where else, for people. */
  readonly where: string;
  readonly language: 'json' | 'toml' | 'shell';
  /** For a file: what has to be in it, beside what is there already. For a terminal: one line. */
  readonly text: string;
}

/** One for each agent, the most used first. */
export function clientSetups({ command, args }: BridgeCommand, platform: NodeJS.Platform): readonly ClientSetup[] {
  const server = { command, args };
  const inJson = (under: string, entry: object): string => JSON.stringify({ [under]: { vectorkeep: entry } }, null, 2);
  const [home, data] = platform === 'win32' ? ['%USERPROFILE%', '%APPDATA%'] : ['~', '~/.config'];
  const path = (...parts: string[]): string => parts.join(platform === 'win32' ? '\\' : '/');
  const desktop = platform === 'darwin' ? '~/Library/Application Support' : data;
  return [
    {
      ...{ id: 'claude-code', name: 'Claude Code', where: 'In a terminal', language: 'shell' },
      text: `claude mcp add --transport stdio --scope user vectorkeep -- ${[command, ...args].map((word) => shellWord(word, platform)).join(' ')}`,
    },
    {
      ...{ id: 'cursor', name: 'Cursor', where: path(home, '.cursor', 'mcp.json'), language: 'json' },
      text: inJson('mcpServers', server),
    },
    {
      ...{ id: 'vscode', name: 'VS Code', language: 'json' },
      where: `${path('.vscode', 'mcp.json')} in a project, or for all of them what "MCP: Open User Configuration" opens`,
      text: inJson('servers', { type: 'stdio', ...server }),
    },
    {
      ...{ id: 'claude-desktop', name: 'Claude Desktop', language: 'json' },
      where: path(desktop, 'Claude', 'claude_desktop_config.json'),
      text: inJson('mcpServers', server),
    },
    {
      ...{ id: 'zed', name: 'Zed', language: 'json' },
      where: path(data, platform === 'win32' ? 'Zed' : 'zed', 'settings.json'),
      text: inJson('context_servers', server),
    },
    {
      ...{ id: 'codex', name: 'Codex', where: path(home, '.codex', 'config.toml'), language: 'toml' },
      text: `[mcp_servers.vectorkeep]\ncommand = ${tomlText(command)}\nargs = [${args.map(tomlText).join(', ')}]\n`,
    },
  ];
}

/** TOML's escapes are JSON's, but for one character that only JSON leaves as it is. */
const tomlText = (text: string): string => JSON.stringify(text).replaceAll('\u007f', String.raw`\u007f`);

/** Windows has two shells that agree on double quotes, which no path holds there. */
function shellWord(word: string, platform: NodeJS.Platform): string {
  if (/^[\w@%+=:,./-]+$/.test(word) && !(platform === 'win32' && word.includes('%'))) return word;
  return platform === 'win32' ? `"${word}"` : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
