import { Notification, app } from 'electron';
import type { IndexRef, Place, ProtectionView } from '../../preload/api.ts';
import { alertsOf, type Alert } from './alerts.ts';

export interface NotificationParts {
  readonly view: () => ProtectionView;
  /** Keys of alerts that were told, kept from one start to the next. */
  readonly told: () => readonly string[];
  readonly setTold: (told: readonly string[]) => void;
  /** The person looks at the window, where all of it stands. */
  readonly isSeen: () => boolean;
  readonly open: (place: Place) => void;
  readonly backUp: (indexes: readonly IndexRef[]) => void;
}

export interface Notifications {
  /** The view is another one. */
  look(): void;
  /** The machine woke: what became overdue in its sleep has a moment to be made up for. */
  woke(): void;
  close(): void;
}

/** So long after a start or sleep nothing is called overdue: a catch-up begins after a minute. */
const SETTLING_MS = 3 * 60_000;

/** Shows alerts as the system's notifications, each once, and takes them away when they have passed. */
export function createNotifications(parts: NotificationParts): Notifications {
  // Windows shows notifications of installed apps only under the name that the installer gave them.
  if (process.platform === 'win32') app.setAppUserModelId('dev.vectorkeep.app');
  /** Shown ones, which nobody else holds on to. */
  const shown = new Map<Notification, Set<string>>();
  let settledAt = 0;
  let timer: NodeJS.Timeout | undefined;

  const show = (alert: Alert): void => {
    const { title, body, button } = alert;
    const actions = button === null ? [] : [{ type: 'button' as const, text: button.label }];
    const notification = new Notification({ title, body, actions });
    const done = (): void => {
      shown.delete(notification);
    };
    notification.on('click', () => {
      done();
      parts.open(alert.place);
    });
    notification.on('action', () => {
      done();
      if (button !== null) parts.backUp(button.indexes);
    });
    notification.on('close', done);
    // Where the system cannot show it, the tray still says it.
    notification.on('failed', done);
    shown.set(notification, new Set(alert.keys));
    notification.show();
  };
  const look = (): void => {
    const before = parts.told();
    const { show: fresh, told } = alertsOf(parts.view(), before, { now: Date.now(), settling: Date.now() < settledAt });
    const passed = (key: string): boolean => !told.includes(key);
    for (const [notification, keys] of shown) {
      if (![...keys].every(passed)) continue;
      shown.delete(notification);
      notification.close();
    }
    const seen = parts.isSeen();
    if (!seen && !Notification.isSupported()) {
      // Nobody was told: it can be made up for where there is a way.
      const fromNow = new Set(fresh.flatMap(({ keys }) => keys));
      parts.setTold(told.filter((key) => !fromNow.has(key)));
      return;
    }
    parts.setTold(told);
    if (!seen) fresh.forEach(show);
  };
  const woke = (): void => {
    settledAt = Date.now() + SETTLING_MS;
    clearTimeout(timer);
    timer = setTimeout(look, SETTLING_MS + 1000);
  };
  woke();
  return {
    look,
    woke,
    close() {
      clearTimeout(timer);
      for (const notification of shown.keys()) notification.close();
      shown.clear();
    },
  };
}
