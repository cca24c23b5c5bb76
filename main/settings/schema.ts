/** What `settings.json` holds, and how its text is judged. Pure: no file is touched here. */
import { z } from 'zod';
import { agentChoices } from '../../preload/agents.ts';
import { retention } from '../../preload/backups.ts';
import { scheduleSchema } from '../schedule/slots.ts';

/** Raise it with every change of shape, and say in MIGRATIONS how older text gets the new one. */
const VERSION = 2;

/** What turns the shape of each version into that of the next; [0] is of version 1. */
const MIGRATIONS: readonly ((older: Record<string, unknown>) => Record<string, unknown>)[] = [
  (older) => ({ ...older, protection: NO_PROTECTION }),
];

const name = z.string().min(1).max(255);

/** Each of them came later than the file may be. */
const choices = z.object({
  approval: agentChoices.shape.approval.default('ask'),
  headless: agentChoices.shape.headless.default('refuse'),
  readOnly: agentChoices.shape.readOnly.default(false),
  index: agentChoices.shape.index.default(null),
});

const storedConnection = z.object({
  name,
  kind: z.enum(['url', 'builtin']),
  /** Normalised; empty for the built-in server, whose port changes with every start. */
  url: z.string().max(2048),
  model: z.string().max(255).nullable(),
  /** Payload key that holds the path of the indexed file; null: found by looking. */
  pathKey: z.string().max(255).nullable(),
  /** The API key as ciphertext of the system keychain, base64; never clear text. */
  key: z.string().max(65_536).nullable(),
});
export type StoredConnection = z.infer<typeof storedConnection>;

/** What is backed up by itself, and what of it stays. */
const protection = z.object({
  rules: z.array(
    z.object({
      connection: name,
      /** null: all indexes of the connection that have no rule of their own. */
      collection: name.nullable(),
      schedule: scheduleSchema,
      /** Slots before it are nobody's promise. */
      since: z.iso.datetime(),
    }),
  ),
  /** Rotation after every successful backup; null: all stay. */
  keep: retention.nullable(),
  /** Backups wait until then; null: until somebody resumes. */
  paused: z.object({ since: z.iso.datetime(), until: z.iso.datetime().nullable() }).nullable(),
  drill: z.object({
    schedule: scheduleSchema,
    since: z.iso.datetime(),
    /** Where there is no built-in server: a scratch index may be made on the Qdrant that the index is on. */
    onConnections: z.boolean(),
  }),
});
export type ProtectionSettings = z.infer<typeof protection>;
export type ProtectionRule = ProtectionSettings['rules'][number];

const NO_PROTECTION: ProtectionSettings = {
  rules: [],
  keep: null,
  paused: null,
  drill: {
    schedule: { kind: 'weekly', days: [7], times: ['11:00'] },
    since: '1970-01-01T00:00:00.000Z',
    onConnections: false,
  },
};

const settings = z.object({
  version: z.literal(VERSION),
  connections: z
    .array(storedConnection)
    .refine((list) => new Set(list.map((c) => c.name)).size === list.length, 'connection names repeat'),
  /** The connection used when none is named. */
  current: name.nullable(),
  endpoint: z.object({
    enabled: z.boolean(),
    /** 0: any free port. */
    port: z.number().int().min(0).max(65_535),
    /** Absolute folders, besides the export folder, that agents may read from and write to. */
    allowedFolders: z.array(z.string().min(1).max(4096)),
    ...choices.shape,
  }),
  /** Absolute; null: `Vectorkeep` in the home folder of the person. */
  exportFolder: z.string().min(1).max(4096).nullable(),
  /** Whether the dialogs offer to compress export files, to begin with. */
  compressExports: z.boolean().default(true),
  /** Which embedding model filled a collection, as learnt from imports. A list, so that no name can be a bad key. */
  models: z.array(z.object({ target: z.string(), collection: z.string(), model: z.string() })),
  /**
   * Collections that an import is creating, and from which file: those that stay here after a crash still lack indexes
   * and aliases.
   */
  unfinished: z
    .array(z.object({ target: z.string(), collection: z.string(), file: z.string().default('') }))
    .default([]),
  /** Absolute; null: `Vectorkeep/backups` in the home folder of the person. */
  vaultFolder: z.string().min(1).max(4096).nullable().default(null),
  /** Vaults that were written to: an empty folder in the place of one is an unplugged drive, and no place for a new one. */
  vaults: z.array(z.object({ path: z.string(), id: z.string() })).default([]),
  /** Files of the indexer that go along with the backups of a collection, absolute. */
  companions: z.array(z.object({ target: z.string(), collection: z.string(), paths: z.array(z.string()) })).default([]),
  protection,
});
export type Settings = z.infer<typeof settings>;

/** A fixed port, so that an address typed into a client stays good from one start to the next. */
const DEFAULT_PORT = 7411;

export function defaultSettings(): Settings {
  return {
    version: VERSION,
    connections: [],
    current: null,
    endpoint: { enabled: false, port: DEFAULT_PORT, allowedFolders: [], ...choices.parse({}) },
    exportFolder: null,
    compressExports: true,
    models: [],
    unfinished: [],
    vaultFolder: null,
    vaults: [],
    companions: [],
    protection: NO_PROTECTION,
  };
}

/** Why the text of a settings file cannot be used. */
export type DamageReason = 'not-json' | 'wrong-types' | 'newer';

export type ParsedSettings =
  { readonly ok: true; readonly settings: Settings } | { readonly ok: false; readonly reason: DamageReason };

/** Judges the text of a settings file; never throws. */
export function parseSettings(text: string): ParsedSettings {
  let value: unknown;
  try {
    // Some editors begin a file with a byte order mark, which JSON.parse does not take.
    value = JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text);
  } catch {
    return { ok: false, reason: 'not-json' };
  }
  return checkSettings(value);
}

/** The same judgement of a value that is parsed already. */
export function checkSettings(value: unknown): ParsedSettings {
  const parsed = settings.safeParse(migrated(value));
  if (!parsed.success) return { ok: false, reason: isNewer(value) ? 'newer' : 'wrong-types' };
  const { data } = parsed;
  const current = data.connections.some((c) => c.name === data.current) ? data.current : null;
  return { ok: true, settings: { ...data, current } };
}

/** A value of an older version in today's shape; any other as it is. */
function migrated(value: unknown): unknown {
  const older = z.looseObject({ version: z.number().int().min(1) }).safeParse(value);
  if (!older.success) return value;
  const { version } = older.data;
  const steps = MIGRATIONS.slice(version - 1);
  return steps.reduce<Record<string, unknown>>(
    (data, step, n) => ({ ...step(data), version: version + n + 1 }),
    older.data,
  );
}

function isNewer(value: unknown): boolean {
  const version = z.object({ version: z.number() }).safeParse(value);
  return version.success && version.data.version > VERSION;
}
