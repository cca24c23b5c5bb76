/**
 * The whole contract between window and main. A channel is named here and nowhere else: main's
 * handlers and the window's client are both derived from `requests` and `events` by mapped types,
 * and main parses every argument with the schema that stands here.
 */
import { z } from 'zod';
import { agentCall, agentChoices } from './agents.ts';
import { backupList, pruneResult, restoreStrategy, retention } from './backups.ts';
import { protectionRequests, protectionView } from './protection.ts';
import {
  appState,
  collectionSummary,
  conflictStrategy,
  connectionInput,
  connectionView,
  endpointView,
  jobView,
  name,
  place,
  type ErrorReport,
} from './shapes.ts';

export type * from './agents.ts';
export type * from './backups.ts';
export type * from './protection.ts';
export type * from './shapes.ts';
export { isCounted, shareDone } from './progress.ts';

const path = z.string().min(1).max(4096);
const jobId = z.string().min(1).max(64);

/** channel -> argument and answer. */
export const requests = {
  'state:get': { input: z.undefined(), output: appState },
  'jobs:list': { input: z.undefined(), output: z.array(jobView) },
  'jobs:cancel': { input: z.strictObject({ jobId }), output: z.undefined() },
  'connections:save': {
    /** `select`: it becomes the one in use. */
    input: z.strictObject({ connection: connectionInput, previousName: name.optional(), select: z.boolean() }),
    output: connectionView,
  },
  'connections:remove': { input: z.strictObject({ name }), output: z.undefined() },
  'connections:select': { input: z.strictObject({ name }), output: z.undefined() },
  'connections:test': {
    input: connectionInput,
    output: z.object({ version: z.string(), collections: z.number(), roundTripMs: z.number() }),
  },
  'collections:list': { input: z.strictObject({ connection: name }), output: z.array(collectionSummary) },
  'sample:create': { input: z.undefined(), output: z.object({ jobId }) },
  /** Native save dialog; null when dismissed. Only a path that came from here (or a drop) is accepted below. */
  'pick:export': { input: z.strictObject({ collection: name, compress: z.boolean() }), output: path.nullable() },
  'pick:import': { input: z.undefined(), output: path.nullable() },
  'pick:companions': { input: z.undefined(), output: z.array(path) },
  /** What the dialogs offer to begin with. */
  'exports:set-compress': { input: z.strictObject({ compress: z.boolean() }), output: z.undefined() },
  'export:start': {
    input: z.strictObject({
      connection: name,
      collection: name,
      path,
      compress: z.boolean(),
      companions: z.array(path).max(32),
    }),
    output: z.object({ jobId }),
  },
  'import:inspect': { input: z.strictObject({ path }), output: z.object({ jobId }) },
  'import:start': {
    input: z.strictObject({
      connection: name,
      path,
      collection: name,
      onConflict: conflictStrategy,
      dryRun: z.boolean(),
      allowModelMismatch: z.boolean(),
    }),
    output: z.object({ jobId }),
  },
  /** Of all indexes, or of one; newest first. */
  'backups:list': { input: z.strictObject({ collection: name.optional() }), output: backupList },
  'backups:pin': { input: z.strictObject({ backup: name, pinned: z.boolean() }), output: z.undefined() },
  /** The person says that an index may be as small as it has become: its backups rotate again. */
  'backups:accept-shrink': { input: z.strictObject({ backup: name }), output: z.undefined() },
  'backups:prune': { input: z.strictObject({ keep: retention, dryRun: z.boolean() }), output: pruneResult },
  'backup:start': {
    input: z.strictObject({
      connection: name,
      collection: name,
      pin: z.boolean(),
      companions: z.array(path).max(32).optional(),
    }),
    output: z.object({ jobId }),
  },
  'restore:start': {
    input: z.strictObject({
      backup: name,
      connection: name,
      /** Target; created when there is none. */
      collection: name,
      onConflict: restoreStrategy,
      /** Only points of files that this glob matches, as `src/**`. */
      paths: z.string().min(1).max(1024).optional(),
      dryRun: z.boolean(),
      safetyCopy: z.boolean(),
      allowModelMismatch: z.boolean(),
      /** Where companion files go; one that came from `pick:folder`. */
      companionsTo: path.optional(),
    }),
    output: z.object({ jobId }),
  },
  'verify:start': {
    input: z.strictObject({ backup: name.optional(), full: z.boolean() }),
    output: z.object({ jobId }),
  },
  'diff:start': {
    /** `to` null: the live index. */
    input: z.strictObject({ from: name, to: name.nullable(), connection: name.optional() }),
    output: z.object({ jobId }),
  },
  'export-backup:start': {
    input: z.strictObject({ backup: name, path, compress: z.boolean() }),
    output: z.object({ jobId }),
  },
  'vault:get': { input: z.undefined(), output: z.object({ folder: path }) },
  /** Native dialog for a folder; the answer is the vault from then on. null when dismissed. */
  'vault:choose': { input: z.undefined(), output: path.nullable() },
  /** Native dialog for a folder to put files into. */
  'pick:folder': { input: z.undefined(), output: path.nullable() },
  /** Native dialog for a folder, into which the vault is moved; null when dismissed. */
  'vault:move': { input: z.undefined(), output: z.object({ jobId }).nullable() },
  ...protectionRequests,
  /** Whether Vectorkeep begins with the session, in the tray. The state says how it is. */
  'login:set': { input: z.strictObject({ enabled: z.boolean() }), output: z.undefined() },
  /** A Qdrant that answers on this machine without a key; null: none was found. */
  'setup:find': {
    input: z.undefined(),
    output: z.object({ url: z.string(), version: z.string(), collections: z.number() }).nullable(),
  },
  'endpoint:set': { input: z.strictObject({ enabled: z.boolean() }), output: endpointView },
  /** What is left out stays as it is. */
  'endpoint:choose': { input: agentChoices.partial(), output: endpointView },
  /** Native dialog for a folder that agents may use from then on; null when dismissed. */
  'endpoint:allow-folder': { input: z.undefined(), output: endpointView.nullable() },
  'endpoint:forbid-folder': { input: z.strictObject({ path }), output: endpointView },
  /** The last hundred calls of tools, newest first. */
  'endpoint:calls': { input: z.undefined(), output: z.array(agentCall) },
  /** Makes a new token for the running endpoint; the one from before is worthless at once. */
  'endpoint:renew-token': { input: z.undefined(), output: z.undefined() },
  'file:show': { input: z.strictObject({ path }), output: z.undefined() },
  /** The window listens from now on; where it should go if the tray or a second start asked before that. */
  'window:ready': { input: z.undefined(), output: place.nullable() },
  'clipboard:write': { input: z.strictObject({ text: z.string().max(65536) }), output: z.undefined() },
} as const;

/** What the preload asks for by itself. The page cannot reach it, so it cannot name a path here. */
export const dropRequest = { input: z.strictObject({ path }), output: path.nullable() } as const;

export const events = {
  state: appState,
  job: jobView,
  protection: protectionView,
  /** The tray or a second start asks the window to show something. */
  navigate: place,
} as const;

export type Channel = keyof typeof requests;
export type EventName = keyof typeof events;
export type Input<C extends Channel> = z.infer<(typeof requests)[C]['input']>;
export type Output<C extends Channel> = z.infer<(typeof requests)[C]['output']>;
export type EventPayload<E extends EventName> = z.infer<(typeof events)[E]>;

/** What main answers: a value, or an error that already has its sentence. Nothing is thrown across. */
export type Reply<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: ErrorReport };

/** What the window finds at `window.vectorkeep`. */
export interface VectorkeepApi {
  request<C extends Channel>(channel: C, input: Input<C>): Promise<Reply<Output<C>>>;
  on<E extends EventName>(event: E, listener: (payload: EventPayload<E>) => void): () => void;
  /** Path of a file the person dropped on the window, or null when it is not a file on disk. */
  dropped(file: File): Promise<string | null>;
}
