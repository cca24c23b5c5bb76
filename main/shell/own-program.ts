import { app } from 'electron';

/** The words that start this app again, without any of its own. */
export function ownProgram(): readonly string[] {
  // What runs of an AppImage lies in a folder that is gone after it ends.
  const { APPIMAGE: image } = process.env;
  if (app.isPackaged) return [process.platform === 'linux' && image !== undefined ? image : process.execPath];
  // In a checkout the program is Electron, and the app its first argument. As root, which only a checkout knows, Chromium
  // runs without its sandbox or not at all.
  return [process.execPath, app.getAppPath(), ...(app.commandLine.hasSwitch('no-sandbox') ? ['--no-sandbox'] : [])];
}
