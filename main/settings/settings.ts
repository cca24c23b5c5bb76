/** The settings of this installation: connections and their keys, the endpoint, what was learnt about models. */
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { Fault } from '../faults/fault.ts';
import type { ConnectionInput, ConnectionView, Schedule } from '../../preload/api.ts';
import {
  cleanKey,
  cleanName,
  dropConnection,
  findConnection,
  normalizeUrl,
  putConnection,
  sameServer,
  viewConnection,
} from './connections.ts';
import { companionsOf, knownModel, unfinishedFile, withCompanions, withModel, withUnfinished } from './models.ts';
import { openSettingsFile } from './settings-file.ts';
import type { SettingsDamage, SettingsFile, StoreClass } from './settings-file.ts';
import { withRule } from './rules.ts';
import type { ProtectionSettings, Settings as SettingsData, StoredConnection } from './schema.ts';

/** The keychain, as the app hands it in (Electron's safeStorage). Both functions may throw. */
export interface SecretBox {
  /** False where there is no keyring, or only one that keeps keys in clear. */
  readonly available: boolean;
  encrypt(text: string): string;
  decrypt(sealed: string): string;
}

export interface Connection {
  readonly name: string;
  readonly kind: 'url' | 'builtin';
  /** Normalised; empty for the built-in server. */
  readonly url: string;
  readonly model: string | null;
  readonly pathKey: string | null;
}

/** A bound on the file. */
const MOST_VAULTS = 100;

const folderOf = ({ vaultFolder }: SettingsData): string => vaultFolder ?? join(homedir(), 'Vectorkeep', 'backups');

export type EndpointSettings = SettingsData['endpoint'];

/** Reads and writes go to the file at once; every method that changes something may throw NO_SPACE or WRITE_FAILED. */
export interface Settings {
  /** Set when the file was damaged: tell the person. */
  readonly damage: SettingsDamage | null;
  /** Where a key that is saved goes: the keychain, or memory until the program ends. Never a file in clear. */
  readonly keyStorage: 'keychain' | 'session';
  connections(): { readonly connections: readonly ConnectionView[]; readonly current: string | null };
  /** Throws CONNECTION_NOT_FOUND. */
  connection(name: string): Connection;
  /**
   * Adds or replaces (by `previousName`, else by name). A stored key stays only while the server
   * stays the same: with a new address it has to be typed again. Throws USAGE with `field` and
   * `reason` (see `connections.ts`), CONNECTION_NOT_FOUND for an unknown `previousName`, KEY_LOCKED
   * when the keychain does not take the key.
   */
  saveConnection(input: ConnectionInput, previousName?: string): ConnectionView;
  removeConnection(name: string): void;
  selectConnection(name: string): void;
  /** The key of a connection, or null. Throws CONNECTION_NOT_FOUND, KEY_LOCKED when it is sealed for the app. */
  apiKeyOf(name: string): string | null;
  /** The same, but null unless `url` is the very server the key was given for. For tests of an address being typed. */
  apiKeyFor(name: string, url: string): string | null;
  /** `url` is an address, or `builtin` for the built-in server, whose port changes. */
  modelFor(url: string, collection: string): string | null;
  rememberModel(url: string, collection: string, model: string): void;
  /** The file from which an import began to create this collection without coming to its end, see `fileIdentity`; null: none. */
  unfinishedFile(url: string, collection: string): string | null;
  setUnfinished(url: string, collection: string, file: string | null): void;
  /** Absolute. Not made here. */
  exportFolder(): string;
  setExportFolder(path: string | null): void;
  /** Whether the dialogs offer to compress export files, to begin with. */
  compressExports(): boolean;
  setCompressExports(compress: boolean): void;
  /** Absolute. Not made here. */
  vaultFolder(): string;
  /** null: the usual one. Throws USAGE. */
  setVaultFolder(path: string | null): void;
  /**
   * The vault that was in `from` is in `to` now; in one step. Throws USAGE when another folder was chosen meanwhile, which then
   * stays chosen.
   */
  moveVaultFolder(move: { readonly from: string; readonly to: string; readonly id: string | null }): void;
  /** The id of the vault that was in this folder the last time; null: none is known. */
  vaultId(path: string): string | null;
  rememberVault(path: string, id: string): void;
  /** Files of the indexer that go along with the backups of a collection, absolute. */
  companionsOf(url: string, collection: string): readonly string[];
  setCompanions(url: string, collection: string, paths: readonly string[]): void;
  protection(): ProtectionSettings;
  /** `collection` null: of all indexes of the connection. `schedule` null: none of its own any more. Throws CONNECTION_NOT_FOUND. */
  setRule(of: { connection: string; collection: string | null }, schedule: Schedule | null, now: Date): void;
  setProtection(change: Partial<Omit<ProtectionSettings, 'rules'>>): void;
  endpoint(): EndpointSettings;
  setEndpoint(change: Partial<EndpointSettings>): EndpointSettings;
}

/**
 * Opens the settings kept in `dir`. `Store` is electron-store's class in the app and conf's on the
 * command line, `secrets` the keychain or undefined where there is none. Throws only when the
 * folder cannot be used; a damaged file is told by `damage`.
 */
export function openSettings(options: { Store: StoreClass; dir: string; secrets?: SecretBox | undefined }): Settings {
  return settingsIn(openSettingsFile(options.Store, options.dir), options.secrets);
}

/** The settings in a file that is open already. */
export function settingsIn(file: SettingsFile, keychain?: SecretBox): Settings {
  const secrets = keychain?.available === true ? keychain : undefined;
  const sessionKeys = new Map<string, string>();

  const hasKey = (connection: StoredConnection) => connection.key !== null || sessionKeys.has(connection.name);

  function openKey(connection: StoredConnection): string | null {
    const session = sessionKeys.get(connection.name);
    if (session !== undefined) return session;
    if (connection.key === null) return null;
    try {
      if (secrets) return secrets.decrypt(connection.key);
    } catch (error) {
      throw new Fault('KEY_LOCKED', { connection: connection.name }, { cause: error });
    }
    throw new Fault('KEY_LOCKED', { connection: connection.name });
  }

  function sealKey(name: string, key: string): string | null {
    try {
      return secrets?.encrypt(key) ?? null;
    } catch (error) {
      throw new Fault('KEY_LOCKED', { connection: name }, { cause: error });
    }
  }

  return {
    get damage() {
      return file.damage;
    },
    keyStorage: secrets ? 'keychain' : 'session',
    connections() {
      const { connections, current } = file.read();
      return { connections: connections.map((each) => viewConnection(each, hasKey(each))), current };
    },
    connection(name) {
      const { kind, url, model, pathKey } = findConnection(file.read(), name);
      return { name, kind, url, model, pathKey };
    },
    saveConnection(input, previousName) {
      const before = file.read();
      const name = cleanName(input.name);
      const url = input.kind === 'builtin' ? '' : normalizeUrl(input.url);
      const old = before.connections.find((each) => each.name === (previousName ?? name));
      const typed = typeof input.apiKey === 'string' ? cleanKey(input.apiKey) : undefined;
      const keeps = input.apiKey === undefined && old?.kind === input.kind && sameServer(old.url, url);
      const sealed = typed === undefined ? null : sealKey(name, typed);
      const saved: StoredConnection = {
        name,
        kind: input.kind,
        url,
        model: input.model === undefined ? (old?.model ?? null) : input.model?.trim() || null,
        pathKey: old?.pathKey ?? null,
        key: keeps ? old.key : sealed,
      };
      file.write(putConnection(before, saved, previousName));
      const session = keeps ? sessionKeys.get(old.name) : secrets ? undefined : typed;
      if (old) sessionKeys.delete(old.name);
      if (session !== undefined) sessionKeys.set(name, session);
      return viewConnection(saved, hasKey(saved));
    },
    removeConnection(name) {
      file.write(dropConnection(file.read(), name));
      sessionKeys.delete(name);
    },
    selectConnection(name) {
      const settings = file.read();
      findConnection(settings, name);
      file.write({ ...settings, current: name });
    },
    apiKeyOf: (name) => openKey(findConnection(file.read(), name)),
    apiKeyFor(name, url) {
      const known = file.read().connections.find((each) => each.name === name);
      if (!known || known.kind !== 'url' || !sameServer(known.url, normalizeUrl(url))) return null;
      return openKey(known);
    },
    modelFor: (url, collection) => knownModel(file.read(), url, collection),
    rememberModel(url, collection, model) {
      const settings = file.read();
      if (knownModel(settings, url, collection) !== model) file.write(withModel(settings, url, collection, model));
    },
    unfinishedFile: (url, collection) => unfinishedFile(file.read(), url, collection),
    setUnfinished(url, collection, source) {
      const settings = file.read();
      if (unfinishedFile(settings, url, collection) !== source)
        file.write(withUnfinished(settings, url, collection, source));
    },
    exportFolder: () => file.read().exportFolder ?? join(homedir(), 'Vectorkeep'),
    setExportFolder(path) {
      if (path !== null && !isAbsolute(path)) throw new Fault('USAGE', { field: 'exportFolder', reason: 'relative' });
      file.write({ ...file.read(), exportFolder: path });
    },
    compressExports: () => file.read().compressExports,
    setCompressExports: (compressExports) => file.write({ ...file.read(), compressExports }),
    vaultFolder: () => folderOf(file.read()),
    setVaultFolder(path) {
      if (path !== null && !isAbsolute(path)) throw new Fault('USAGE', { field: 'vaultFolder', reason: 'relative' });
      const settings = file.read();
      // Whoever chooses a folder means it as it is now, even if a vault was there once.
      file.write({ ...settings, vaultFolder: path, vaults: settings.vaults.filter((vault) => vault.path !== path) });
    },
    moveVaultFolder({ from, to, id }) {
      const settings = file.read();
      if (folderOf(settings) !== from) throw new Fault('USAGE', { field: 'vaultMove', reason: 'changed' });
      const others = settings.vaults.filter(({ path }) => path !== from && path !== to);
      const vaults = id === null ? others : [...others, { path: to, id }].slice(-MOST_VAULTS);
      file.write({ ...settings, vaultFolder: to, vaults });
    },
    vaultId: (path) => file.read().vaults.find((vault) => vault.path === path)?.id ?? null,
    rememberVault(path, id) {
      const settings = file.read();
      if (settings.vaults.find((vault) => vault.path === path)?.id === id) return;
      const others = settings.vaults.filter((vault) => vault.path !== path);
      file.write({ ...settings, vaults: [...others, { path, id }].slice(-MOST_VAULTS) });
    },
    companionsOf: (url, collection) => companionsOf(file.read(), url, collection),
    setCompanions(url, collection, paths) {
      const settings = file.read();
      if (JSON.stringify(companionsOf(settings, url, collection)) !== JSON.stringify(paths))
        file.write(withCompanions(settings, url, collection, paths));
    },
    protection: () => file.read().protection,
    setRule(of, schedule, now) {
      const settings = file.read();
      findConnection(settings, of.connection);
      const next = withRule(settings, of, schedule, now);
      if (next !== settings) file.write(next);
    },
    setProtection(change) {
      const settings = file.read();
      file.write({ ...settings, protection: { ...settings.protection, ...change } });
    },
    endpoint: () => file.read().endpoint,
    setEndpoint(change) {
      const settings = file.read();
      const endpoint = { ...settings.endpoint, ...change };
      file.write({ ...settings, endpoint });
      return endpoint;
    },
  };
}
