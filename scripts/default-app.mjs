// Becomes resources/default_app.asar of the Electron that set-up assembles: `electron FOLDER` runs the app in
// FOLDER, as Electron's own default app does. A module with top-level await, because Electron holds `ready` back
// until its entry module is done, and the app must register its protocol before that.
import { app } from 'electron';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const folder = resolve(process.argv.slice(1).find((argument) => !argument.startsWith('-')) ?? '.');
const {
  productName,
  name,
  version,
  main = 'index.js',
} = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
Object.defineProperty(process, 'defaultApp', { value: true, enumerable: true });
app.setName(productName ?? name);
app.setVersion(version);
app.setAppPath(folder);
await import(pathToFileURL(join(folder, main)).href);
