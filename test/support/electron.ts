/** The built app in a real Electron, driven from outside. Only the system's own dialogs are answered for it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { electronPath, root } from '../../scripts/runtimes.mjs';

export interface RunningApp {
  readonly electron: ElectronApplication;
  readonly page: Page;
  /** The settings folder. */
  readonly home: string;
  /** A folder for files of the test, gone with the app. */
  readonly files: string;
  /** What the page and main printed, and errors nobody caught. */
  readonly printed: readonly string[];
  /** Answers of the dialogs to come; a dialog that is not answered for is dismissed. */
  answer(dialogs: DialogAnswers): Promise<void>;
  /** Titles and messages of the dialogs that were shown since the start. */
  dialogs(): Promise<readonly ShownDialog[]>;
  /** Quits as a person would and removes its folders (a given `home` is kept). */
  close(): Promise<void>;
}

export interface DialogAnswers {
  /** Path for the next save dialogs; null: dismissed. */
  readonly save?: string | null;
  /** Paths for the next open dialogs. */
  readonly open?: readonly string[];
  /** Button for the next questions; null: they stay open until they are withdrawn. */
  readonly question?: number | null;
}

export interface ShownDialog {
  readonly kind: 'save' | 'open' | 'question';
  readonly text: string;
  readonly defaultPath: string;
}

export interface LaunchOptions {
  readonly home?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The app shows no window at first; `page` comes with the first one. */
  readonly hidden?: boolean;
}

/** Starts the app, holds its window back until the driver is attached, and answers its dialogs. */
const appStart = join(root, 'test', 'support', 'app-start');

/** Starts the app and waits for its window to be drawn. */
export async function launchApp(options: LaunchOptions = {}): Promise<RunningApp> {
  const files = await mkdtemp(join(tmpdir(), 'vectorkeep-e2e-'));
  const home = options.home ?? join(files, 'home');
  const electron = await _electron.launch({
    executablePath: electronPath(),
    args: [appStart, '--no-sandbox', '--home', home, ...(options.args ?? [])],
    env: {
      ...definedEnv(),
      // Whatever Qdrant runs on this machine is no part of a test: nobody listens there.
      QDRANT_URL: 'http://127.0.0.1:9',
      // What begins with the session is this person's, and no test's.
      XDG_CONFIG_HOME: join(files, 'config'),
      ...options.env,
    },
  });
  const printed: string[] = [];
  const note = (data: Buffer): void => {
    printed.push(data.toString('utf8'));
  };
  electron.process().stdout?.on('data', note);
  electron.process().stderr?.on('data', note);
  electron.on('window', (window) => {
    window.on('console', (message) => printed.push(`page ${message.type()}: ${message.text()}`));
    window.on('pageerror', (error) => printed.push(`page error: ${error.message}`));
  });
  const page = options.hidden === true ? undefined : await electron.firstWindow();
  await page?.getByRole('navigation').waitFor();

  return {
    electron,
    get page() {
      const [first] = page === undefined ? electron.windows() : [page];
      if (first === undefined) throw new Error('The app has shown no window yet.');
      return first;
    },
    home,
    files,
    printed,
    answer: (answers) =>
      electron.evaluate((_electron, given) => {
        Object.assign(globalThis.vectorkeepTest, given);
      }, answers),
    dialogs: () => electron.evaluate(() => globalThis.vectorkeepTest.shown),
    async close() {
      // Work that is still going on is not worth a question here. An app that has ended answers no more.
      await electron.evaluate(() => (globalThis.vectorkeepTest.question = 1)).catch(() => undefined);
      await electron.close();
      await rm(files, { recursive: true, force: true });
    },
  };
}

declare global {
  // Made by the start of the app. Only a var becomes a property of globalThis.
  var vectorkeepTest: {
    save: string | null;
    open: readonly string[];
    question: number | null;
    shown: ShownDialog[];
    withdrawn: number;
  };
}

function definedEnv(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** Adds a connection through the window, from wherever it is, and waits for its indexes. */
export async function connect(
  { page }: RunningApp,
  url: string,
  { name, apiKey }: { readonly name: string; readonly apiKey?: string },
): Promise<void> {
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByRole('button', { name: 'Add connection…' }).click();
  await page.getByLabel('Address').fill(url);
  if (apiKey !== undefined) await page.getByLabel('API key').fill(apiKey);
  await page.getByLabel('Name').fill(name);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: 'Home' }).click();
  await page.getByRole('heading', { level: 2, name: new RegExp(`index(es)? on ${name}`) }).waitFor();
}
