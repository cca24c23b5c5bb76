/** What main does for each request of the window. The contract and its checks are in `ipc.ts`. */
import { clipboard, shell } from 'electron';
import type { AgentCall, AgentChoices, AppState, Place } from '../../preload/api.ts';
import { Fault } from '../faults/fault.ts';
import type { Protection } from '../protection/protection.ts';
import type { Service } from '../service/service.ts';
import { createBackupHandlers } from './backup-handlers.ts';
import type { Dialogs } from './dialogs.ts';
import type { EndpointSwitch } from './endpoint-switch.ts';
import { followJob } from './follow-job.ts';
import type { Handlers } from './ipc.ts';
import type { PathGrants } from './path-grants.ts';
import { createProtectionHandlers } from './protection-handlers.ts';

export interface HandlerParts {
  readonly service: Service;
  readonly dialogs: Dialogs;
  readonly grants: PathGrants;
  readonly endpoint: EndpointSwitch;
  readonly state: () => AppState;
  /** Something of the state has changed. */
  readonly onChange: () => void;
  /** What a look at a Qdrant found: how many indexes, or that it cannot be used. */
  readonly onLook: (connection: string, indexes: number | null) => void;
  readonly protection: Protection;
  /** What the person chooses about agents, and what those have done. */
  readonly agents: {
    choose(change: Partial<AgentChoices>): void;
    /** Absolute. */
    allowFolder(path: string): void;
    forbidFolder(path: string): void;
    calls(): AgentCall[];
  };
  readonly setCompressExports: (compress: boolean) => void;
  /** Whether Vectorkeep begins with the session. */
  readonly setStartsAtLogin: (enabled: boolean) => void;
  readonly onReady: () => Place | null;
  /** A job was started only to know something: a dry run. */
  readonly onQuestion: (jobId: string) => void;
}

export function createHandlers(parts: HandlerParts): Handlers {
  const { service, dialogs, grants, endpoint, onChange } = parts;
  const granting = (use: 'read' | 'write', path: string | null): string | null => {
    if (path !== null) grants.grant(use, path);
    return path;
  };

  return {
    ...createBackupHandlers({ service, dialogs, grants, onChange, onQuestion: parts.onQuestion }),
    ...createProtectionHandlers(parts.protection),
    'login:set': ({ enabled }) => {
      parts.setStartsAtLogin(enabled);
      onChange();
    },
    'setup:find': () => findOnThisMachine(service),
    'state:get': () => parts.state(),
    'window:ready': () => parts.onReady(),
    'jobs:list': () => [...service.jobs()],
    'jobs:cancel': ({ jobId }) => {
      if (service.job(jobId) === undefined) throw new Fault('JOB_NOT_FOUND', { job: jobId });
      service.cancel(jobId);
    },

    'connections:save': async ({ connection, previousName, select }) => {
      const saved = await service.saveConnection(connection, previousName);
      if (previousName !== undefined && previousName !== saved.name)
        await parts.protection.renamed(previousName, saved.name);
      if (select) await service.selectConnection(saved.name);
      onChange();
      return saved;
    },
    'connections:remove': async ({ name }) => {
      await service.removeConnection(name);
      onChange();
    },
    'connections:select': async ({ name }) => {
      await service.selectConnection(name);
      onChange();
    },
    'connections:test': (connection) => service.testConnection(connection),
    'collections:list': async ({ connection }) => {
      try {
        const collections = await service.collections({ name: connection });
        parts.onLook(connection, collections.length);
        return [...collections];
      } catch (error) {
        parts.onLook(connection, null);
        throw error;
      }
    },
    'sample:create': () => followJob(service.createSample()),

    'pick:export': async ({ collection, compress }) => granting('write', await dialogs.exportTo(collection, compress)),
    'pick:import': async () => granting('read', await dialogs.importFrom()),
    'pick:companions': async () => {
      const paths = await dialogs.companions();
      for (const path of paths) grants.grant('read', path);
      return [...paths];
    },

    'exports:set-compress': ({ compress }) => {
      parts.setCompressExports(compress);
      onChange();
    },
    'export:start': ({ connection, collection, path, compress, companions }) => {
      const carried = companions.map((companion) => grants.require('read', companion));
      // The save dialog has asked about a file that is there.
      const target = grants.spend('write', path);
      return followJob(
        service.exportIndex({
          connection: { name: connection },
          collection,
          path: target,
          compress,
          replace: true,
          companions: carried,
        }),
      );
    },
    'import:inspect': ({ path }) => followJob(service.inspectFile(grants.require('read', path))),
    'import:start': ({ connection, path, ...choices }) => {
      const file = grants.require('read', path);
      const started = followJob(service.importIndex({ connection: { name: connection }, path: file, ...choices }));
      if (choices.dryRun) parts.onQuestion(started.jobId);
      return started;
    },

    'endpoint:set': async ({ enabled }) => {
      const view = await endpoint.set(enabled);
      onChange();
      return view;
    },
    'endpoint:choose': (choices) => {
      parts.agents.choose(present(choices));
      onChange();
      return endpoint.view();
    },
    'endpoint:allow-folder': async () => {
      const folder = await dialogs.agentFolder();
      if (folder === null) return null;
      parts.agents.allowFolder(folder);
      onChange();
      return endpoint.view();
    },
    'endpoint:forbid-folder': ({ path }) => {
      parts.agents.forbidFolder(path);
      onChange();
      return endpoint.view();
    },
    'endpoint:calls': () => parts.agents.calls(),
    'endpoint:renew-token': async () => {
      await endpoint.renewToken();
    },
    'file:show': ({ path }) => {
      shell.showItemInFolder(grants.require('show', path));
    },
    'clipboard:write': async ({ text }) => {
      await clipboard.writeText(text);
    },
  };
}

/** Without what was left out. */
const present = (change: { readonly [K in keyof AgentChoices]?: AgentChoices[K] | undefined }): Partial<AgentChoices> =>
  Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));

/** Where Qdrant listens when nobody has said otherwise. */
const USUAL_ADDRESSES = ['http://localhost:6333', 'http://127.0.0.1:6333'];

/** QDRANT_URL says where else on this machine it is; what it says of other machines is for the person to type. */
function likelyAddresses(told: string | undefined): readonly string[] {
  const local = /^https?:\/\/(localhost|127(\.\d+){3}|\[::1\])(:\d+)?\/?$/i;
  return told !== undefined && local.test(told) ? [told.replace(/\/$/, '')] : USUAL_ADDRESSES;
}

async function findOnThisMachine(
  service: Service,
): Promise<{ url: string; version: string; collections: number } | null> {
  for (const url of likelyAddresses(process.env['QDRANT_URL'])) {
    try {
      const { version, collections } = await service.testConnection({ name: 'found', kind: 'url', url, apiKey: null });
      return { url, version, collections };
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
    }
  }
  return null;
}
