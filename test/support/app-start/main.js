// The app as `electron FOLDER` starts it, but without a window until the driver is attached. A driver that attaches
// while a window is between its first empty page and the app's is not always told of the change (the event
// Page.frameNavigated is lost), and then Playwright's launch waits for it for ever: about once in a hundred launches.
// Playwright holds an app back in this way too, but only where it is not given the path of Electron.
//
// The system's own dialogs, which would wait for a person, are answered from here on as `globalThis.vectorkeepTest` says:
// a question that the driver asks of the app right after it attached can get lost as well.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { app, dialog } from 'electron';

const root = join(import.meta.dirname, '..', '..', '..');
const { productName, name, version, main } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
app.setName(productName ?? name);
app.setVersion(version);
app.setAppPath(root);

const test = { save: null, open: [], question: 0, shown: [], withdrawn: 0 };
globalThis.vectorkeepTest = test;
const show = (kind, given) => {
  const { title, message, defaultPath } = given.at(-1);
  test.shown.push({ kind, text: message ?? title ?? '', defaultPath: defaultPath ?? '' });
};
Object.assign(dialog, {
  showSaveDialog: async (...given) => {
    show('save', given);
    return { canceled: test.save === null, filePath: test.save ?? '' };
  },
  showOpenDialog: async (...given) => {
    show('open', given);
    return { canceled: test.open.length === 0, filePaths: [...test.open] };
  },
  showMessageBox: async (...given) => {
    show('question', given);
    const { signal, cancelId } = given.at(-1);
    if (test.question !== null) return { response: test.question, checkboxChecked: false };
    await new Promise((resolve) => signal?.addEventListener('abort', resolve, { once: true }));
    test.withdrawn += 1;
    return { response: cancelId, checkboxChecked: false };
  },
});

// Playwright calls this function once it is attached. The event `ready` is not held back: the app waits for none.
const attached = new Promise((resolve) => (globalThis.__playwright_run = resolve));
const ready = app.whenReady();
app.whenReady = () => attached.then(() => ready);

// Awaited, because Electron holds `ready` back until its entry module is done, and the app must register its
// protocol before that.
await import(pathToFileURL(join(root, main)).href);
