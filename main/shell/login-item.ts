import { app } from 'electron';
import { autostartFile, isAutostarted, removeAutostart, writeAutostart } from './autostart.ts';
import { ownProgram } from './own-program.ts';

export interface LoginItem {
  /** Read from the system each time: a person can change it there. null: it cannot be had or known here. */
  isOn(): boolean | null;
  /** Throws a Fault. */
  set(on: boolean): void;
  /** Whether the session started this program, and so without a window. */
  readonly startedIt: boolean;
}

/** Starts the app with the session, in the tray. `home`: the settings folder, when one was named. */
export function createLoginItem({ home }: { readonly home: string | undefined }): LoginItem {
  const args = ['--hidden', ...(home === undefined ? [] : ['--home', home])];
  const program = ownProgram();
  return process.platform === 'linux' ? xdgItem(program, args) : systemItem(program, args);
}

function xdgItem(program: readonly string[], args: readonly string[]): LoginItem {
  const file = (): string => autostartFile(process.env);
  const { APPIMAGE: image } = process.env;
  const command = [...program, ...args];
  const isOn = (): boolean | null => {
    try {
      return isAutostarted(file());
    } catch {
      return null;
    }
  };
  // An AppImage that was replaced by a newer one has another name.
  if (app.isPackaged && image !== undefined && isOn() === true) passing(() => writeAutostart(file(), command));
  return { isOn, set: (on) => (on ? writeAutostart(file(), command) : removeAutostart(file())), startedIt: false };
}

function systemItem([path = process.execPath, ...before]: readonly string[], args: readonly string[]): LoginItem {
  const mac = process.platform === 'darwin';
  // macOS starts apps, and no program with an app as its argument.
  if (mac && !app.isPackaged) return { isOn: () => null, set: () => undefined, startedIt: false };
  const item = mac ? {} : { path, args: [...before, ...args].map(windowsArgument) };
  return {
    isOn: () => app.getLoginItemSettings(item).openAtLogin,
    set: (on) => app.setLoginItemSettings({ ...item, openAtLogin: on }),
    // It hands on no arguments, but says so.
    startedIt: mac && app.getLoginItemSettings().wasOpenedAtLogin,
  };
}

/** Electron puts arguments into the registry as they are. No path ends in a quote there. */
const windowsArgument = (argument: string): string => (/\s/.test(argument) ? `"${argument}"` : argument);

function passing(work: () => void): void {
  try {
    work();
  } catch {
    // Nobody has asked for it now; the settings say how it is.
  }
}
