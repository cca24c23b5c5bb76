/** Ways to write to an index that somebody decided about, and what may have become of the index meanwhile. */
import { expect } from 'vitest';
import { contentsOf, type VaultGround } from './backups.ts';
import { importing, ONE, simple, type Imports } from './imports.ts';
import { call, create, pointTexts, settingsText, upsert } from './server-text.ts';

type Ground = Pick<VaultGround, 'url' | 'vault' | 'restore' | 'list' | 'root'>;

/** What a request says of the target; `dryRun` where it is only planned. */
export interface Condition {
  readonly ifTarget?: string | null;
  readonly dryRun?: boolean;
}

interface Told {
  readonly targetFingerprint: string | null;
  readonly safetyBackup: string | null;
}

/** Writes to the index `collection` from the newest backup of it, or from a file like that. */
export type Way = (collection: string, how: Condition) => Promise<Told>;

export const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, n) => from + n);

/** Where the safety copy of an import goes, as the service says it. */
export const safetyIn = ({ url, vault }: Pick<VaultGround, 'url' | 'vault'>) => ({
  safety: {
    vault: { dir: vault, expected: null, textsIn: `${vault}.texts` },
    ...{ source: url, pathKey: null, generator: 'vectorkeep test' },
  },
});

/** Points 0 to 299 are in the index; 0 to 99 of them, changed, and 300 to 399 in what is written. */
export async function makeStanding({ url }: Pick<Ground, 'url'>, collection: string): Promise<void> {
  await create(url, collection, ONE);
  await upsert(url, collection, simple(range(0, 100), '[1,1]', '{"later":true}'));
  await upsert(url, collection, simple(range(100, 300), '[1,1]', '{"a":1}'));
}
export const SOURCE = [
  ...simple(range(0, 100), '[2,2]', '{"first":true}'),
  ...simple(range(300, 400), '[1,1]', '{"a":1}'),
];

/** All ways by name. `backup`: of what is in SOURCE. */
export function waysOf(ground: Ground, backup: () => string): Readonly<Record<string, Way>> {
  const { fileOf, bring } = importing(() => ({ url: ground.url, folder: ground.root }));
  const restoring =
    (task: Partial<Parameters<Ground['restore']>[0]>): Way =>
    (collection, how) =>
      ground.restore({ backup: backup(), collection, ...task, ...how });
  const importing_ =
    (onConflict: 'skip' | 'overwrite' | 'merge', copies = false): Way =>
    async (collection, how) =>
      bring({
        ...{ collection, onConflict, fingerprint: true, path: await sourceFile(fileOf) },
        ...(copies ? safetyIn(ground) : {}),
        ...how,
      });
  return {
    'restore exact': restoring({ onConflict: 'exact' }),
    'restore overwrite': restoring({ onConflict: 'overwrite' }),
    'restore merge without a copy': restoring({ onConflict: 'merge', safetyCopy: false }),
    'restore exact without a copy': restoring({ onConflict: 'exact', safetyCopy: false }),
    'restore skip': restoring({ onConflict: 'skip' }),
    'import overwrite': importing_('overwrite'),
    'import merge': importing_('merge'),
    'import overwrite with a copy': importing_('overwrite', true),
    'import merge with a copy': importing_('merge', true),
    'import skip': importing_('skip'),
  };
}

const files = new WeakMap<Imports['fileOf'], Promise<string>>();
function sourceFile(fileOf: Imports['fileOf']): Promise<string> {
  const known = files.get(fileOf) ?? fileOf(SOURCE);
  files.set(fileOf, known);
  return known;
}

/** What somebody else did in between: no two leave the same, and most leave as many points. */
export const CHANGES: Readonly<Record<string, (url: string, collection: string) => Promise<unknown>>> = {
  'a payload': (url, name) =>
    call(url, 'PUT', `/collections/${name}/points/payload?wait=true`, '{"points":[7],"payload":{"later":false}}'),
  'a vector': (url, name) =>
    call(url, 'PUT', `/collections/${name}/points/vectors?wait=true`, '{"points":[{"id":7,"vector":[1,1.0000001]}]}'),
  'a point that is in no file': (url, name) => upsert(url, name, simple([250], '[1,2]', '{"a":1}')),
  'one for another': async (url, name) => {
    await call(url, 'POST', `/collections/${name}/points/delete?wait=true`, '{"points":[299]}');
    await upsert(url, name, simple([1299], '[1,1]', '{"a":1}'));
  },
  'two exchanged': async (url, name) => {
    await upsert(url, name, simple([5], '[1,1]', '{"a":1}'));
    await upsert(url, name, simple([105], '[1,1]', '{"later":true}'));
  },
  'one more': (url, name) => upsert(url, name, simple([2000], '[1,1]', '{}')),
  'one less': (url, name) => call(url, 'POST', `/collections/${name}/points/delete?wait=true`, '{"points":[120]}'),
  'all gone': (url, name) =>
    call(url, 'POST', `/collections/${name}/points/delete?wait=true`, JSON.stringify({ points: range(0, 300) })),
};

/** Everything that must be as before, of the index and of the vault. */
export async function stateOf({ url, vault }: Pick<Ground, 'url' | 'vault'>, collection: string): Promise<object> {
  return {
    points: await pointTexts(url, collection),
    settings: await settingsText(url, collection),
    vault: await contentsOf(vault),
  };
}

/** 64 hexadecimal digits. */
export function expectFingerprint(told: string | null): asserts told is string {
  expect(told).toMatch(/^[0-9a-f]{64}$/);
}
