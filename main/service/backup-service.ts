import { basename, join } from 'node:path';
import { fileIdentity } from '../archive/file-identity.ts';
import { FileSource } from '../archive/file-source.ts';
import { peekCollection } from '../archive/peek-collection.ts';
import { Fault } from '../faults/fault.ts';
import { JobQueue, type JobOrder } from '../jobs/job-queue.ts';
import { runOnThread } from '../jobs/job-thread.ts';
import type { JobKind } from '../jobs/port.ts';
import { isThere } from '../jobs/tasks/import-checks.ts';
import type { PeekTask } from '../jobs/tasks/peek.ts';
import { openControl } from '../qdrant/control.ts';
import { probe } from '../qdrant/probe.ts';
import type { Settings } from '../settings/settings.ts';
import { withChoices } from './collection-choices.ts';
import { checkCollectionName, requireName } from '../qdrant/collection-name.ts';
import { listCollections, lookAt, summarize } from './collections.ts';
import { archiveSummary, jobView } from './job-view.ts';
import { perSecond, warnings } from './job-parts.ts';
import { removeScratch } from './drill-service.ts';
import { LocalQdrant } from './local-qdrant.ts';
import { findServer, typedTarget, type Server } from './servers.ts';
import type { Service } from './service.ts';
import { createVaultService } from './vault-service.ts';
import type {
  ArchiveSummary,
  CollectionSummary,
  ExportRequest,
  ExportResult,
  ImportRequest,
  ImportResult,
  JobHandle,
} from './types.ts';

export interface ServiceParts {
  readonly settings: Settings;
  /** Folder of this installation: the built-in server's storage lives in it. undefined: then there is no such server. */
  readonly home: string | undefined;
  /** The built-in Qdrant's program; undefined where there is none. */
  readonly qdrantBinary: string | undefined;
  /** The bundled worker. */
  readonly workerScript: URL;
  /** Name and version of this program, for the files it writes. */
  readonly generator: string;
}

const never = new AbortController().signal;
const SAMPLE_CONNECTION = 'Built-in Qdrant';

/** The one door, as declared in `service.ts`. Needs nothing of Electron. */
export function createService(parts: ServiceParts): Service {
  const { settings, home } = parts;
  const local = new LocalQdrant(home === undefined ? undefined : parts.qdrantBinary, join(home ?? '', 'qdrant'));
  const queue = new JobQueue(parts.workerScript);

  const handle = <K extends JobKind, T>(order: JobOrder<K, T>): JobHandle<T> => {
    const started = queue.start(order);
    const { job, result } = started;
    return {
      id: job.id,
      result,
      cancel: () => started.cancel(),
      onProgress: (listener) =>
        queue.onChange((changed) => {
          if (changed.id === job.id) listener(changed.progress);
        }),
    };
  };

  /** Questions to servers that may not answer for a minute end with this service. */
  const ending = new AbortController();

  const exportIndex = (request: ExportRequest): JobHandle<ExportResult> =>
    handle({
      kind: 'export',
      title: request.collection,
      prepare: async (signal) => {
        requireName(request.collection);
        const server = findServer(settings, local, request.connection);
        const target = await server.target();
        const collection = await openControl(target, signal).resolve(request.collection);
        checkCollectionName(collection);
        const { path, compress, replace, companions } = request;
        const task = {
          ...{ target, collection, path, compress, replace, companions },
          model: request.model ?? settings.modelFor(server.key, collection),
          usualModel: server.model,
          pathKey: server.pathKey,
          generator: parts.generator,
        };
        return { task, writes: { key: `file ${path}`, collection } };
      },
      describe: (fault) => withChoices(fault, async () => findServer(settings, local, request.connection).target()),
      conclude: ({ notices, ...outcome }, durationMs) => ({
        collection: request.collection,
        path: request.path,
        ...outcome,
        compressionRatio: outcome.bytes > 0 ? Math.round((outcome.rawBytes / outcome.bytes) * 100) / 100 : 1,
        durationMs,
        vectorsPerSecond: perSecond(outcome.totalVectors, durationMs),
        warnings: warnings(notices),
      }),
    });

  /** After an import that failed: where no target was made there is nothing to finish later. In doubt the note stays. */
  async function forgetCreation(server: Server, collection: string): Promise<void> {
    const there = await isThere(openControl(await server.target(), undefined, 1), collection).catch(() => true);
    if (!there) settings.setUnfinished(server.key, collection, null);
  }

  const importIndex = (request: ImportRequest): JobHandle<ImportResult> => {
    const {
      path,
      within,
      onConflict,
      dryRun,
      allowModelMismatch,
      mustBeEmpty = false,
      ifTarget,
      fingerprint = false,
    } = request;
    let server: Server;
    // As it was asked for, and the one that is written to: not the same where an alias was named.
    let asked: string;
    let collection: string;
    let file: string | null;
    let noted = false;
    const started = handle<'import', ImportResult>({
      kind: 'import',
      title: request.collection ?? basename(path),
      prepare: async (signal) => {
        server = findServer(settings, local, request.connection);
        if (request.collection !== undefined) requireName(request.collection);
        asked = request.collection ?? (await collectionInFile(parts.workerScript, request, signal));
        file = await fileIdentity(path, within);
        const target = await server.target();
        const control = openControl(target, signal);
        collection = await control.resolve(asked);
        checkCollectionName(collection);
        const there = await isThere(control, collection);
        const task = {
          ...{ target, path, within, collection, onConflict, dryRun, allowModelMismatch, mustBeEmpty },
          ...{ ifTarget, fingerprint },
          companionsTo: request.companionsTo ?? null,
          unfinished: there && file !== null && settings.unfinishedFile(server.key, collection) === file,
          targetModel: there ? settings.modelFor(server.key, collection) : null,
          usualModel: server.model,
        };
        if (dryRun) return { task, writes: null };
        const begin = (): void => {
          // The import may be creating its target: remembered, so that a later run can finish what this one may not.
          noted = !there && file !== null;
          if (noted) settings.setUnfinished(server.key, collection, file);
        };
        return { task, writes: { key: `${server.key} ${collection}`, collection }, begin };
      },
      conclude: (
        { counts, totalVectors, createdCollection, targetFingerprint, model, companions, notices },
        durationMs,
      ) => {
        if (!dryRun) {
          // A note of another file stays: its own import is still to be finished.
          if (settings.unfinishedFile(server.key, collection) === file)
            settings.setUnfinished(server.key, collection, null);
          if (model !== null) settings.rememberModel(server.key, collection, model);
        }
        return {
          collection: asked,
          path,
          totalVectors,
          ...counts,
          ...{ targetFingerprint, createdCollection },
          companions: [...companions],
          dryRun,
          durationMs,
          vectorsPerSecond: perSecond(totalVectors, durationMs),
          warnings: warnings(notices.map(({ code, params }) => ({ code, params: { ...params, dryRun } }))),
        };
      },
    });
    const result = started.result.catch(async (fault: unknown) => {
      if (noted) await forgetCreation(server, collection).catch(() => undefined);
      throw fault;
    });
    result.catch(() => undefined);
    return { ...started, result };
  };

  const inspectFile = (path: string): JobHandle<ArchiveSummary> =>
    handle({
      kind: 'validate',
      title: basename(path),
      prepare: () => Promise.resolve({ task: { path }, writes: null }),
      conclude: (outcome) => archiveSummary(path, outcome),
    });

  const createSample = (): JobHandle<CollectionSummary> =>
    handle({
      kind: 'sample',
      title: 'sample index',
      prepare: async () => {
        const target = await local.target();
        const known = settings.connections().connections.find(({ kind }) => kind === 'builtin');
        const name = (known ?? settings.saveConnection({ name: SAMPLE_CONNECTION, kind: 'builtin', url: '' })).name;
        settings.selectConnection(name);
        return { task: { target }, writes: { key: 'builtin sample', collection: 'sample' } };
      },
      conclude: async ({ collection, model }) => {
        settings.rememberModel('builtin', collection, model);
        return summarize(openControl(await local.target()), collection, model);
      },
    });

  return {
    ...createVaultService({
      ...{ settings, local, generator: parts.generator, handle },
      textsIn: home === undefined ? undefined : join(home, 'texts'),
      inTurn: (key, work) => queue.inTurn(key, never, work),
    }),
    connections: () => settings.connections(),
    saveConnection: async (input, previousName) => {
      if (input.kind === 'builtin' && !local.available) await local.target();
      return settings.saveConnection(input, previousName);
    },
    removeConnection: async (name) => {
      settings.removeConnection(name);
      return Promise.resolve();
    },
    selectConnection: async (name) => {
      settings.selectConnection(name);
      return Promise.resolve();
    },
    testConnection: async (input) => ({ ok: true, ...(await probe(await typedTarget(settings, local, input))) }),
    collections: async (ref) => {
      const server = findServer(settings, local, ref);
      const modelOf = (collection: string): string | null => settings.modelFor(server.key, collection);
      return listCollections(openControl(await server.target(), ending.signal, 2), modelOf, server.model);
    },
    countPoints: async (ref, collection) => {
      requireName(collection);
      const server = findServer(settings, local, ref);
      const control = openControl(await server.target(), ending.signal, 2);
      try {
        return await control.count(collection);
      } catch (error) {
        if (error instanceof Fault && error.code === 'COLLECTION_NOT_FOUND') return null;
        throw error;
      }
    },
    look: async (ref, wanted) => {
      const server = findServer(settings, local, ref);
      return lookAt(openControl(await server.target(), ending.signal, 2), wanted);
    },
    removeScratch: (ref, collections) => removeScratch({ settings, local }, ref, collections),
    collectionIn: (file, signal) => collectionInFile(parts.workerScript, file, signal),
    exportIndex,
    importIndex,
    inspectFile,
    createSample,
    jobs: () => queue.jobs().map(jobView),
    job: (id) => {
      const job = queue.job(id);
      return job === undefined ? undefined : jobView(job);
    },
    cancel: (id) => queue.cancel(id),
    onJob: (listener) => queue.onChange((job) => listener(jobView(job))),
    close: async () => {
      ending.abort();
      await queue.close();
      await local.stop();
    },
  };
}

/** So many points are read here before the rest of a file is left to a thread of its own. */
const PEEK_POINTS = 500;

/** The index that a file names; USAGE when it names none. */
async function collectionInFile(workerScript: URL, { path, within }: PeekTask, signal: AbortSignal): Promise<string> {
  const source = await FileSource.open(path, within);
  let collection: string | null | undefined;
  try {
    collection = await peekCollection(source, signal, PEEK_POINTS);
  } finally {
    await source.close();
  }
  // A stranger's file may say it behind millions of points, and this thread has a window to serve.
  if (collection === undefined)
    ({ collection } = await runOnThread(
      workerScript,
      { kind: 'peek', task: { path, within } },
      signal,
      () => undefined,
    ));
  if (collection !== null && collection !== '') return collection;
  throw new Fault('USAGE', { reason: 'The file names no index: say into which it should go.' });
}
