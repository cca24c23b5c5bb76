import { basename, join } from 'node:path';
import { Fault } from '../faults/fault.ts';
import { JobQueue, type JobOrder } from '../jobs/job-queue.ts';
import type { JobKind } from '../jobs/port.ts';
import { openControl } from '../qdrant/control.ts';
import { probe } from '../qdrant/probe.ts';
import type { Settings } from '../settings/settings.ts';
import { withChoices } from './collection-choices.ts';
import { collectionInFile } from './collection-in-file.ts';
import { checkCollectionName, requireName } from '../qdrant/collection-name.ts';
import { listCollections, lookAt, summarize } from './collections.ts';
import { archiveSummary, jobView } from './job-view.ts';
import { perSecond, warnings, type VaultParts } from './job-parts.ts';
import { removeScratch } from './drill-service.ts';
import { startImport } from './import-service.ts';
import { LocalQdrant } from './local-qdrant.ts';
import { findServer, typedTarget } from './servers.ts';
import type { Service } from './service.ts';
import { VaultPlaces } from './vault-places.ts';
import { createVaultService } from './vault-service.ts';
import type { ArchiveSummary, CollectionSummary, ExportRequest, ExportResult, JobHandle } from './types.ts';

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
        const { path, within, compress, replace, companions } = request;
        const task = {
          ...{ target, collection, path, within, compress, replace, companions },
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

  const inTurn = <T>(key: string, work: () => Promise<T>): Promise<T> => queue.inTurn(key, never, work);
  const vaultParts: VaultParts = { settings, local, generator: parts.generator, handle, inTurn };
  const places = new VaultPlaces(settings, home === undefined ? undefined : join(home, 'texts'));

  return {
    ...createVaultService(vaultParts, places),
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
    importIndex: (request) => startImport(vaultParts, places, parts.workerScript, request),
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
