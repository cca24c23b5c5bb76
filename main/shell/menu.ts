import { Menu, type MenuItemConstructorOptions } from 'electron';
import type { TrayAction } from './tray-model.ts';

/** The application menu: mostly for the keys it brings. Hidden on Windows and Linux until Alt is pressed. */
export function setApplicationMenu(onAction: (action: TrayAction) => void, development: boolean): void {
  const mac = process.platform === 'darwin';
  const view: MenuItemConstructorOptions[] = [
    { role: 'resetZoom' },
    { role: 'zoomIn' },
    { role: 'zoomOut' },
    { type: 'separator' },
    { role: 'togglefullscreen' },
  ];
  if (development) view.push({ type: 'separator' }, { role: 'reload' }, { role: 'toggleDevTools' });
  const template: MenuItemConstructorOptions[] = [
    {
      label: mac ? 'Vectorkeep' : '&File',
      submenu: [
        ...(mac ? [{ role: 'about' as const }, { type: 'separator' as const }] : []),
        { label: 'Export…', accelerator: 'CommandOrControl+E', click: () => onAction({ do: 'show', place: 'export' }) },
        { label: 'Import…', accelerator: 'CommandOrControl+I', click: () => onAction({ do: 'show', place: 'import' }) },
        { type: 'separator' },
        { role: 'close' },
        { label: 'Quit', accelerator: 'CommandOrControl+Q', click: () => onAction({ do: 'quit' }) },
      ],
    },
    {
      label: '&Edit',
      submenu: [
        { role: 'undo' },
        { role: 'redo' },
        { type: 'separator' },
        { role: 'cut' },
        { role: 'copy' },
        { role: 'paste' },
        { role: 'selectAll' },
      ],
    },
    { label: '&View', submenu: view },
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}
