import { join } from 'node:path';
import { Menu, Tray, nativeImage, type MenuItemConstructorOptions, type NativeImage } from 'electron';
import type { TrayAction, TrayIcon, TrayModel } from './tray-model.ts';

export interface TrayShell {
  show(model: TrayModel): void;
  close(): void;
}

/** Puts the model into the tray. `resources` is the folder with the icons. */
export function openTray(resources: string, model: TrayModel, onAction: (action: TrayAction) => void): TrayShell {
  const images = new Map<TrayIcon, NativeImage>();
  const image = (icon: TrayIcon): NativeImage => {
    const known = images.get(icon);
    if (known !== undefined) return known;
    const made = nativeImage.createFromPath(join(resources, 'tray', imageName(icon)));
    images.set(icon, made);
    return made;
  };

  const tray = new Tray(image(model.icon));
  // A click opens the window where the system passes clicks on; the menu never depends on it.
  if (process.platform !== 'linux') tray.on('click', () => onAction('open'));
  let shown = '';

  const show = (next: TrayModel): void => {
    const text = JSON.stringify(next);
    if (text === shown) return;
    shown = text;
    tray.setImage(image(next.icon));
    tray.setToolTip(next.tooltip);
    // Set again as a whole: on Linux a menu does not change any other way.
    tray.setContextMenu(Menu.buildFromTemplate(next.items.map((item) => entry(item, onAction))));
  };
  show(model);
  return { show, close: () => tray.destroy() };
}

function entry(item: TrayModel['items'][number], onAction: (action: TrayAction) => void): MenuItemConstructorOptions {
  switch (item.kind) {
    case 'separator':
      return { type: 'separator' };
    case 'status':
      return { label: item.label, enabled: false };
    case 'action':
      return { label: item.label, enabled: item.enabled, click: () => onAction(item.action) };
  }
}

/** The `@2x` file beside each is found by Electron itself. */
function imageName(icon: TrayIcon): string {
  if (process.platform === 'darwin') return `${icon}Template.png`;
  if (process.platform === 'win32') return `${icon}.ico`;
  return `${icon}-22.png`;
}
