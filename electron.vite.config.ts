import { fileURLToPath } from 'node:url';
import { defineConfig } from 'electron-vite';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

// Three targets, one build. Main has an entry for each program that ships: the app, the command
// line, and the worker that both start for a job.
export default defineConfig({
  main: {
    build: {
      outDir: 'out/main',
      target: 'node20.18',
      sourcemap: true,
      // Every job starts a thread that loads these: from one file they load a third faster (160 ms against 230 ms).
      externalizeDeps: {
        exclude: [
          '@qdrant/js-client-rest',
          '@qdrant/openapi-typescript-fetch',
          'undici',
          'zod',
          'hyparquet',
          'hyparquet-writer',
        ],
      },
      rolldownOptions: {
        input: { index: at('main/index.ts'), cli: at('main/cli.ts'), worker: at('main/jobs/worker.ts') },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunk-[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      target: 'node20.18',
      // A sandboxed preload is one CommonJS file with nothing to require but electron.
      externalizeDeps: false,
      rolldownOptions: {
        input: { index: at('preload/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'renderer',
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: {
      outDir: 'out/renderer',
      target: 'chrome130',
      modulePreload: false,
      assetsInlineLimit: 0,
      rolldownOptions: {
        input: { index: at('renderer/index.html') },
        // Of the contract the window uses types and a word or two: schemas, and zod with them, are main's.
        treeshake: { moduleSideEffects: (id) => !/[\\/]preload[\\/]/.test(id) },
      },
    },
  },
});
