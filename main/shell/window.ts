import { join } from 'node:path';
import { BrowserWindow, nativeTheme } from 'electron';
import type { EventName, EventPayload, Place } from '../../preload/api.ts';
import { events } from '../../preload/api.ts';
import { wire } from '../../preload/wire.ts';
import { PAGE_URL } from './page.ts';

export interface MainWindowOptions {
  /** The bundled preload script. */
  readonly preload: string;
  readonly resources: string;
  readonly development: boolean;
  /** The person brought the window before their eyes. */
  readonly onShown: () => void;
}

/** The one window: made when first needed, hidden instead of closed, until the app quits. */
export class MainWindow {
  readonly #options: MainWindowOptions;
  #window: BrowserWindow | null = null;
  #listening = false;
  #place: Place | null = null;
  #quitting = false;

  constructor(options: MainWindowOptions) {
    this.#options = options;
  }

  /** Shows the window, at `place` when given. */
  show(place?: Place): void {
    const window = this.#window ?? this.#create();
    if (place !== undefined) {
      // A page that does not listen yet fetches the place as soon as it does.
      if (this.#listening) this.send('navigate', place);
      else this.#place = place;
    }
    if (window.isMinimized()) window.restore();
    // One that is still loading appears by itself, drawn.
    if (this.#listening || window.isVisible()) {
      window.show();
      window.focus();
      this.#options.onShown();
    }
  }

  /** The page listens from now on. Gives the place it should go to, once. */
  listening(): Place | null {
    this.#listening = true;
    const place = this.#place;
    this.#place = null;
    return place;
  }

  /** The window as it is, for dialogs and the task bar; null before it was first shown. */
  get native(): BrowserWindow | null {
    return this.#window;
  }

  /** Whether `frame` is the page of this window itself and not a frame in it. */
  owns(frame: Electron.WebFrameMain | null): boolean {
    return frame !== null && this.#window !== null && frame === this.#window.webContents.mainFrame;
  }

  send<E extends EventName>(event: E, payload: EventPayload<E>): void {
    if (this.#window === null || this.#window.isDestroyed()) return;
    this.#window.webContents.send(wire.event(event), events[event].parse(payload));
  }

  /** From now on closing closes. */
  quitting(): void {
    this.#quitting = true;
  }

  #create(): BrowserWindow {
    const { preload, resources, development } = this.#options;
    const window = new BrowserWindow({
      title: 'Vectorkeep',
      icon: join(resources, 'icon.png'),
      width: 1040,
      height: 760,
      minWidth: 480,
      minHeight: 480,
      show: false,
      autoHideMenuBar: true,
      // The colours of the page, so that nothing flashes while it loads.
      backgroundColor: nativeTheme.shouldUseDarkColors ? '#101514' : '#f5f7f6',
      webPreferences: {
        preload,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        nodeIntegrationInWorker: false,
        nodeIntegrationInSubFrames: false,
        webSecurity: true,
        webviewTag: false,
        spellcheck: false,
        navigateOnDragDrop: false,
        devTools: development,
      },
    });
    this.#window = window;
    this.#listening = false;
    window.once('ready-to-show', () => {
      window.show();
      this.#options.onShown();
    });
    window.on('close', (event) => {
      if (this.#quitting) return;
      event.preventDefault();
      window.hide();
    });
    window.on('closed', () => {
      if (this.#window === window) this.#window = null;
    });
    window.on('focus', () => this.#options.onShown());
    window.webContents.on('render-process-gone', () => {
      // A crashed page is replaced the next time somebody looks; the work in main goes on.
      const wasVisible = window.isVisible();
      window.destroy();
      this.#window = null;
      if (wasVisible && !this.#quitting) this.show();
    });
    void window.loadURL(PAGE_URL);
    return window;
  }
}
