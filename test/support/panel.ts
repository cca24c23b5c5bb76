/** A real panel, Xfce's, on a display and a session bus of its own: what a person sees of the tray. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export interface Panel {
  /** For programs that are to show up in it. */
  readonly env: Readonly<Record<string, string>>;
  /** Resolves when it is drawn in that theme. */
  setDark(dark: boolean): Promise<void>;
  /** Where in the panel the colour is, as the middle of all its pixels; null: nowhere. */
  find(colour: string): { readonly x: number; readonly y: number } | null;
  /** Which pixels around that place have the colour, as a text: the shape of an icon. */
  shape(at: { readonly x: number; readonly y: number }, colour: string): string;
  click(at: { readonly x: number; readonly y: number }): void;
  /** Opens the menu of what is there, and waits until it is drawn. */
  openMenu(at: { readonly x: number; readonly y: number }): Promise<void>;
  keys(...names: readonly string[]): void;
  /** Opens the submenu at that place from the end of the open menu, and waits until it is drawn. */
  openSubmenu(fromEnd: number): Promise<void>;
  /** A picture of a part of the screen, as PNG. */
  picture(path: string, part: { readonly width: number; readonly height: number; readonly x: number }): void;
  stop(): Promise<void>;
}

const HEIGHT = 28;
const ICON = 24;
const WIDTH = 900;
const SCREEN_HEIGHT = 640;
const LIMIT_MS = 20_000;

/** `config`: an empty folder for its settings. */
export async function startPanel(config: string): Promise<Panel> {
  const folder = join(config, 'xfce4', 'xfconf', 'xfce-perchannel-xml');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'xfce4-panel.xml'), LAYOUT);
  const children: ChildProcess[] = [];
  const start = (program: string, args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess => {
    // None of it outlives the test, however that ends.
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', program, ...args], {
      env,
      stdio: ['ignore', 'pipe', 'ignore', 'pipe'],
    });
    children.push(child);
    return child;
  };
  const screen = start(
    'Xvfb',
    ['-displayfd', '3', '-screen', '0', `${WIDTH}x${SCREEN_HEIGHT}x24`, '-nolisten', 'tcp', '-noreset'],
    process.env,
  );
  const display = `:${await firstLine(screen.stdio[3])}`;
  const base = { ...process.env, DISPLAY: display, XDG_CONFIG_HOME: config, XDG_CURRENT_DESKTOP: 'XFCE' };
  const bus = start('dbus-daemon', ['--session', '--nofork', '--nopidfile', '--print-address=1'], base);
  const env = { DISPLAY: display, DBUS_SESSION_BUS_ADDRESS: await firstLine(bus.stdout), XDG_CURRENT_DESKTOP: 'XFCE' };
  const full = { ...base, ...env };
  const run = (program: string, ...args: readonly string[]): Buffer => {
    const { status, stdout, stderr, error } = spawnSync(program, args, { env: full, maxBuffer: 64 << 20 });
    if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? stderr.toString()}`);
    return stdout;
  };
  /** Red, green and blue of each pixel. */
  const pixels = (crop: string): Buffer =>
    run('import', '-silent', '-window', 'root', '-crop', crop, '-depth', '8', 'rgb:-');
  const keys = (...names: readonly string[]): void => void run('xdotool', 'key', '--delay', '60', ...names);
  /** Does it, and waits until something else is below the panel and no more is being drawn. */
  const drawnAfter = async (act: () => void): Promise<void> => {
    const below = (): string => pixels(`${WIDTH}x${SCREEN_HEIGHT - HEIGHT}+0+${HEIGHT}`).toString('base64');
    const before = below();
    act();
    let last = before;
    await until('the menu', () => {
      const now = below();
      const still = now !== before && now === last;
      last = now;
      return still;
    });
  };
  start('xfce4-panel', ['--disable-wm-check'], full);
  const watcher = ['--dest=org.freedesktop.DBus', '/', 'org.freedesktop.DBus.NameHasOwner'];
  await until('the panel', () =>
    run('dbus-send', '--session', '--print-reply', ...watcher, 'string:org.kde.StatusNotifierWatcher').includes('true'),
  );

  return {
    env,
    async setDark(dark) {
      // What the pointer is on would be drawn in another way.
      run('xdotool', 'mousemove', '10', String(SCREEN_HEIGHT - 10));
      run('xfconf-query', '-c', 'xfce4-panel', '-p', '/panels/dark-mode', '-s', String(dark));
      await until('the theme', () => (pixels('1x1+10+10')[0] ?? 0) < 128 === dark);
    },
    shape({ x, y }, colour) {
      const wanted = Buffer.from(colour.slice(1), 'hex');
      const shown = pixels(`${ICON}x${ICON}+${x - ICON / 2}+${Math.max(0, y - ICON / 2)}`);
      const has = (n: number): boolean => shown.compare(wanted, 0, 3, n * 3, n * 3 + 3) === 0;
      return Array.from({ length: shown.length / 3 }, (_, n) => (has(n) ? '#' : '.')).join('');
    },
    click({ x, y }) {
      run('xdotool', 'mousemove', String(x), String(y), 'click', '1');
    },
    find(colour) {
      const wanted = Buffer.from(colour.slice(1), 'hex');
      const shown = pixels(`${WIDTH}x${HEIGHT}+0+0`);
      const found: { x: number; y: number }[] = [];
      for (let n = 0; n < WIDTH * HEIGHT; n++) {
        if (shown.compare(wanted, 0, 3, n * 3, n * 3 + 3) === 0) found.push({ x: n % WIDTH, y: Math.floor(n / WIDTH) });
      }
      const middle = (of: (one: { x: number; y: number }) => number): number =>
        Math.round(found.reduce((sum, one) => sum + of(one), 0) / found.length);
      return found.length === 0 ? null : { x: middle(({ x }) => x), y: middle(({ y }) => y) };
    },
    openMenu: ({ x, y }) => drawnAfter(() => run('xdotool', 'mousemove', String(x), String(y), 'click', '3')),
    async openSubmenu(fromEnd) {
      await drawnAfter(() => keys(...Array.from({ length: fromEnd }, () => 'Up')));
      await drawnAfter(() => keys('Right'));
    },
    keys,
    picture(path, { width, height, x }) {
      run('import', '-silent', '-window', 'root', '-crop', `${width}x${height}+${x}+0`, '+repage', '-strip', path);
    },
    async stop() {
      for (const child of children.reverse()) {
        const ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
        child.kill('SIGKILL');
        await ended;
      }
    },
  };
}

/** At the top of the screen: the tray and a clock at its right. */
const LAYOUT = `<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="dark-mode" type="bool" value="false"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/>
      <property name="length" type="uint" value="100"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="size" type="uint" value="${HEIGHT}"/>
      <property name="plugin-ids" type="array">
        <value type="int" value="1"/><value type="int" value="2"/><value type="int" value="3"/>
      </property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="separator">
      <property name="expand" type="bool" value="true"/>
      <property name="style" type="uint" value="0"/>
    </property>
    <property name="plugin-2" type="string" value="systray"/>
    <property name="plugin-3" type="string" value="clock"/>
  </property>
</channel>
`;

async function until(what: string, isSo: () => boolean): Promise<void> {
  const limit = Date.now() + LIMIT_MS;
  while (!isSo()) {
    if (Date.now() > limit) throw new Error(`Waited in vain for ${what}.`);
    await pause(100);
  }
}

async function firstLine(stream: unknown): Promise<string> {
  const [data] = (await once(stream as NodeJS.ReadableStream, 'data')) as [Buffer];
  return data.toString().split('\n')[0]?.trim() ?? '';
}
