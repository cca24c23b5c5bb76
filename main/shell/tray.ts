import { join } from 'node:path';
import { Menu, Tray, nativeImage, type MenuItemConstructorOptions, type NativeImage } from 'electron';
import type { TrayAction, TrayIcon, TrayItem, TrayModel } from './tray-model.ts';

export interface TrayShell {
  show(model: TrayModel): void;
  close(): void;
}

/** Puts the model into the tray. `resources` is the folder with the icons. */
export function openTray(resources: string, first: TrayModel, onAction: (action: TrayAction) => void): TrayShell {
  const images = new Map<TrayIcon, NativeImage>();
  const image = (icon: TrayIcon): NativeImage => {
    const known = images.get(icon);
    if (known !== undefined) return known;
    const made = nativeImage.createFromPath(join(resources, 'tray', imageName(icon)));
    images.set(icon, made);
    return made;
  };

  const tray = new Tray(image(first.icon));
  // A click opens the window where the system passes clicks on, as some panels do; the menu never depends on it.
  tray.on('click', () => onAction({ do: 'show' }));
  let model = first;
  let shownMenu = '';
  let shownIcon: TrayIcon = first.icon;
  let shownTip = '';

  const onClick = (item: { readonly kind: string; readonly action: TrayAction }): void => {
    // The system ticks the choice that was clicked. What holds is what the model says, also when the person thinks again.
    if (item.kind === 'choice') setMenu();
    onAction(item.action);
  };
  // Set again as a whole: on Linux a menu does not change any other way.
  const setMenu = (): void => {
    tray.setContextMenu(Menu.buildFromTemplate(model.items.map((item) => entry(item, onClick))));
  };
  const show = (next: TrayModel): void => {
    model = next;
    if (next.icon !== shownIcon) tray.setImage(image(next.icon));
    if (next.tooltip !== shownTip) tray.setToolTip(next.tooltip);
    const text = JSON.stringify(next.items);
    if (text !== shownMenu) setMenu();
    [shownIcon, shownTip, shownMenu] = [next.icon, next.tooltip, text];
  };
  show(first);
  return { show, close: () => tray.destroy() };
}

function entry(
  item: TrayItem,
  onClick: (item: Extract<TrayItem, { readonly action: TrayAction }>) => void,
): MenuItemConstructorOptions {
  switch (item.kind) {
    case 'separator':
      return { type: 'separator' };
    case 'status':
      return { label: plain(item.label), enabled: false };
    case 'action':
      return { label: plain(item.label), enabled: item.enabled, click: () => onClick(item) };
    case 'choice':
      return { type: 'radio', label: plain(item.label), checked: item.chosen, click: () => onClick(item) };
    case 'menu':
      return { label: plain(item.label), enabled: item.enabled, submenu: item.items.map((one) => entry(one, onClick)) };
  }
}

/** A single & would underline what follows it. */
const plain = (label: string): string => label.replaceAll('&', '&&');

/** The `@2x` file beside each is found by Electron itself. */
function imageName(icon: TrayIcon): string {
  if (process.platform === 'darwin') return `${icon}Template.png`;
  if (process.platform === 'win32') return `${icon}.ico`;
  return `${icon}-22.png`;
}
