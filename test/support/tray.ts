/** The tray and the notifications of a running app, as the system is told to show them. */
import type * as Electron from 'electron';
import type { RunningApp } from './electron.ts';

export interface ShownTray {
  readonly icon: string;
  readonly tooltip: string;
  /** Labels, two spaces deeper in submenus; `(label)` cannot be chosen, `• label` is ticked, `--` separates. */
  readonly lines: readonly string[];
}

export interface ShownNotification {
  readonly title: string;
  readonly body: string;
  readonly buttons: readonly string[];
  readonly closed: boolean;
}

export interface WatchedTray {
  /** As it was last set; null: it has not changed since the watch began. */
  shown(): Promise<ShownTray | null>;
  /** Clicks what has the label, in the submenu of that label when two are given. */
  choose(...path: readonly string[]): Promise<void>;
  notifications(): Promise<readonly ShownNotification[]>;
  /** The person clicks the last notification, or its button. */
  answerNotification(how: 'click' | 'action'): Promise<void>;
}

declare global {
  var trayWatch: {
    icon: string;
    tooltip: string;
    menu: Electron.Menu | null;
    notifications: { notification: Electron.Notification; closed: boolean }[];
  };
}

/** From now on. The functions that would reach the desktop are listened in on; a notification goes no further. */
export async function watchTray({ electron }: RunningApp): Promise<WatchedTray> {
  await electron.evaluate(({ app, nativeImage, Notification, Tray }) => {
    const watch: typeof globalThis.trayWatch = { icon: '', tooltip: '', menu: null, notifications: [] };
    globalThis.trayWatch = watch;
    const icons = ['safe', 'working', 'attention', 'failed'].map((name) => ({
      name,
      url: nativeImage.createFromPath(`${app.getAppPath()}/resources/tray/${name}-22.png`).toDataURL(),
    }));
    const hear = (method: string, note: (value: never) => void): void => {
      const real = Reflect.get(Tray.prototype, method) as (this: Electron.Tray, value: unknown) => void;
      Reflect.set(Tray.prototype, method, function (this: Electron.Tray, value: unknown) {
        note(value as never);
        real.call(this, value);
      });
    };
    hear('setImage', (image: Electron.NativeImage) => {
      watch.icon = icons.find(({ url }) => url === image.toDataURL())?.name ?? 'unknown';
    });
    hear('setToolTip', (text: string) => (watch.tooltip = text));
    hear('setContextMenu', (menu: Electron.Menu) => (watch.menu = menu));
    Object.assign(Notification, { isSupported: () => true });
    Object.assign(Notification.prototype, {
      show(this: Electron.Notification) {
        watch.notifications.push({ notification: this, closed: false });
      },
      close(this: Electron.Notification) {
        for (const one of watch.notifications) one.closed ||= one.notification === this;
      },
    });
  });

  return {
    shown: () =>
      electron.evaluate(() => {
        const { icon, tooltip, menu } = globalThis.trayWatch;
        if (menu === null) return null;
        const linesOf = ({ items }: Pick<Electron.Menu, 'items'>, indent: string): string[] =>
          items.flatMap(({ type, label, enabled, checked, submenu }) => {
            if (type === 'separator') return [`${indent}--`];
            const text = `${checked && type === 'radio' ? '• ' : ''}${label}`;
            const line = `${indent}${enabled ? text : `(${text})`}`;
            return submenu ? [line, ...linesOf(submenu, `${indent}  `)] : [line];
          });
        return { icon, tooltip, lines: linesOf(menu, '') };
      }),
    choose: (...path) =>
      electron.evaluate((_electron, labels) => {
        let menu: Pick<Electron.Menu, 'items'> | undefined = globalThis.trayWatch.menu ?? undefined;
        for (const [n, label] of labels.entries()) {
          const item = menu?.items.find((one) => one.label === label && one.enabled);
          if (item === undefined) throw new Error(`The tray has nothing to choose that is called ${label}.`);
          if (n === labels.length - 1) (item.click as () => void)();
          menu = item.submenu;
        }
      }, path),
    notifications: () =>
      electron.evaluate(() =>
        globalThis.trayWatch.notifications.map(({ notification: { title, body, actions }, closed }) => ({
          title,
          body,
          buttons: actions.map(({ text }) => text ?? ''),
          closed,
        })),
      ),
    answerNotification: (how) =>
      electron.evaluate((_electron, event) => {
        globalThis.trayWatch.notifications.at(-1)?.notification.emit(event);
      }, how),
  };
}
