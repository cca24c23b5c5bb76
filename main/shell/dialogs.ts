/** The system's own dialogs. Each remembers the folder that was used last. */
import { dirname, join } from 'node:path';
import { app, dialog, type BrowserWindow, type MessageBoxOptions, type OpenDialogOptions } from 'electron';
import { exportName } from '../service/export-name.ts';
import type { Question } from '../mcp/approval-question.ts';
import type { Words } from './questions.ts';

export interface Dialogs {
  /** Where to export `collection` to; the system has asked already whether a file there may go. */
  exportTo(collection: string, compress: boolean): Promise<string | null>;
  importFrom(): Promise<string | null>;
  companions(): Promise<readonly string[]>;
  /** A folder to keep backups in. */
  vault(): Promise<string | null>;
  /** A folder to put files into. */
  folder(): Promise<string | null>;
  /** A folder that agents may read from and write to. */
  agentFolder(): Promise<string | null>;
  /** Whether to go on. Leaving everything as it is comes first, and is what Escape and Enter mean. */
  confirm(question: Words): Promise<boolean>;
  /** Something that was asked for in the tray could not be done. */
  tell(what: { readonly message: string; readonly hint: string }): Promise<void>;
  /** Whether an agent may do what it asks for; the box goes, as refused, when `signal` is aborted. */
  allow(question: Question, signal?: AbortSignal): Promise<boolean>;
}

export function createDialogs(parent: () => BrowserWindow | null): Dialogs {
  let folder = app.getPath('documents');
  const remember = (path: string): string => {
    folder = dirname(path);
    return path;
  };
  const open = async (options: OpenDialogOptions): Promise<readonly string[]> => {
    const window = visible(parent());
    const asked = { ...options, defaultPath: folder };
    const result = await (window === null ? dialog.showOpenDialog(asked) : dialog.showOpenDialog(window, asked));
    return result.canceled ? [] : result.filePaths.map(remember);
  };
  const ask = async (options: MessageBoxOptions): Promise<number> => {
    const window = visible(parent());
    const result = await (window === null ? dialog.showMessageBox(options) : dialog.showMessageBox(window, options));
    return result.response;
  };

  return {
    async exportTo(collection, compress) {
      const extension = compress ? 'json.gz' : 'json';
      const options = {
        title: `Export ${collection}`,
        buttonLabel: 'Export',
        defaultPath: join(folder, exportName(collection, compress, new Date())),
        filters: [{ name: compress ? 'Compressed export' : 'Export', extensions: [extension] }],
        properties: ['createDirectory' as const, 'showOverwriteConfirmation' as const],
      };
      const window = visible(parent());
      const result = await (window === null ? dialog.showSaveDialog(options) : dialog.showSaveDialog(window, options));
      return result.canceled || result.filePath === '' ? null : remember(result.filePath);
    },
    async importFrom() {
      const [path] = await open({
        title: 'Choose an export file',
        properties: ['openFile'],
        filters: [
          { name: 'Exports', extensions: ['json.gz', 'gz', 'json'] },
          { name: 'All files', extensions: ['*'] },
        ],
      });
      return path ?? null;
    },
    companions: () =>
      open({ title: 'Choose companion files', buttonLabel: 'Add', properties: ['openFile', 'multiSelections'] }),
    async vault() {
      const [path] = await open({
        title: 'Choose the folder for backups',
        buttonLabel: 'Keep backups here',
        properties: ['openDirectory', 'createDirectory'],
      });
      return path ?? null;
    },
    async folder() {
      const [path] = await open({
        title: 'Choose a folder for the companion files',
        buttonLabel: 'Put them here',
        properties: ['openDirectory', 'createDirectory'],
      });
      return path ?? null;
    },
    async agentFolder() {
      const [path] = await open({
        title: 'Choose a folder that coding agents may use',
        buttonLabel: 'Allow this folder',
        properties: ['openDirectory', 'createDirectory'],
      });
      return path ?? null;
    },
    async confirm({ message, detail, no, yes }) {
      return (await ask({ type: 'question', message, detail, buttons: [no, yes], defaultId: 0, cancelId: 0 })) === 1;
    },
    async tell({ message, hint }) {
      await ask({ type: 'warning', message, detail: hint, buttons: ['OK'], defaultId: 0, cancelId: 0 });
    },
    async allow({ message, detail, yes }, signal) {
      const buttons = ['Refuse', yes];
      const options = { message, detail, buttons, defaultId: 0, cancelId: 0, ...(signal && { signal }) };
      return (await ask({ type: 'warning', ...options })) === 1;
    },
  };
}

/** A hidden window cannot carry a dialog: it would never be seen. */
function visible(window: BrowserWindow | null): BrowserWindow | null {
  return window?.isVisible() === true ? window : null;
}
