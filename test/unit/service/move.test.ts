import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { explainFault } from '../../../main/faults/explain.ts';
import { FileLock } from '../../../main/processes/file-lock.ts';
import { moveTo } from '../../../main/service/move-service.ts';
import { copyForMove } from '../../../main/jobs/tasks/move-vault.ts';
import { memorySettingsFile } from '../../../main/settings/optional-file.ts';
import { settingsIn } from '../../../main/settings/settings.ts';
import { writeMoveNote } from '../../../main/vault/move-note.ts';
import { lockVault, openVault } from '../../../main/vault/vault.ts';
import { never, temporaryFolder } from '../../support/archives.ts';
import { contentsOf } from '../../support/backups.ts';
import { failureOf } from '../../support/faults.ts';
import { Chosen, move, movedGround, ownFilesIn } from '../../support/move-trials.ts';
import { expectHarmless, type Ground } from '../../support/vault-trials.ts';
import { takeFrom } from '../../support/vaults.ts';

/** What a file system says of itself; undefined: what it really says. */
const space: { free?: number } = {};
vi.mock('node:fs/promises', async (original) => {
  const real = await original<{ statfs: (path: string) => Promise<object> }>();
  const statfs = async (path: string): Promise<object> =>
    space.free === undefined ? real.statfs(path) : { blocks: 9, bsize: 1, bavail: space.free };
  return { ...real, statfs };
});

/** A vault, the settings that say so, and where it is to go. */
async function before(): Promise<{ ground: Ground; from: string; to: string; settings: Chosen }> {
  const ground = await movedGround();
  const folder = temporaryFolder();
  const from = ground.copy(join(folder, 'old'));
  return { ground, from, to: join(folder, 'new'), settings: new Chosen(from) };
}

const sumOf = (dir: string): number =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);

describe.each([
  ['copying', false],
  ['second names', true],
])('by %s', (_, links) => {
  test('all of it is there, and nothing where it was; told in bytes', async () => {
    const { ground, from, to, settings } = await before();
    const bytes = sumOf(from);
    const seen: [string, number, number | null][] = [];
    const onProgress = (...at: [string, number, number | null]): void => void seen.push(at);
    const { files, ...done } = await move(settings, to, { links, onProgress });
    expect(done).toEqual({ from, backups: 3, bytes, notices: [] });
    expect([settings.folder, existsSync(from)]).toEqual([to, false]);
    const { damage, leftovers } = await expectHarmless(ground, to, { full: true });
    expect([damage, leftovers, ownFilesIn(to)]).toEqual([[], [], expect.objectContaining({ length: files })]);
    for (const phase of ['reading', 'verifying']) {
      const told = seen.filter(([of]) => of === phase);
      expect(told.at(-1)).toEqual([phase, bytes, bytes]);
      expect(told.map(([, at]) => at)).toEqual(told.map(([, at]) => at).sort((a, b) => a - b));
    }
  });

  test('into a folder that is there and empty, and what strangers put into the old one stays', async () => {
    const { ground, from, to, settings } = await before();
    mkdirSync(to);
    writeFileSync(join(to, '.DS_Store'), '');
    writeFileSync(join(from, 'theirs.txt'), 'theirs');
    const [folder = ''] = readdirSync(from).filter((name) => name.startsWith('code-'));
    writeFileSync(join(from, folder, 'segments', 'theirs.parquet'), 'theirs');
    expect(await move(settings, to, { links })).toMatchObject({ notices: [] });
    expect([...(await contentsOf(from)).keys()].sort()).toEqual(
      [join(from, folder, 'segments', 'theirs.parquet'), join(from, 'theirs.txt')].sort(),
    );
    await expectHarmless(ground, to, { full: false });
  });

  test.each(['reading', 'verifying', 'finishing'])(
    'cancelled while %s: the copy goes, and nothing has changed',
    async (at) => {
      const { from, to, settings } = await before();
      const whole = await contentsOf(from);
      const controller = new AbortController();
      const onProgress = (phase: string): void => {
        if (phase === at) controller.abort();
      };
      const fault = await failureOf(move(settings, to, { links, onProgress, signal: controller.signal }));
      expect([fault.code, settings.folder, existsSync(to)]).toEqual(['CANCELLED', from, false]);
      expect(await contentsOf(from)).toEqual(whole);
    },
  );
});

describe('a folder that is no place for it', () => {
  const refused = async (to: string, { from, settings }: { from: string; settings: Chosen }): Promise<string> => {
    const [folder, whole] = [join(from, '..'), await contentsOf(join(from, '..'))];
    const fault = await failureOf(move(settings, to));
    expect([settings.folder, await contentsOf(folder)]).toEqual([from, whole]);
    expect(explainFault(fault).message).toMatch(/^[A-Z/].*[.]$/);
    return `${fault.code} ${String(fault.params['reason'])}`;
  };

  test('the same, one inside, one around, by whatever links; one that is not empty; a file', async () => {
    const ours = await before();
    const { from } = ours;
    const folder = join(from, '..');
    expect(await refused(from, ours)).toBe('USAGE same');
    expect(await refused(join(from, 'new', 'one'), ours)).toBe('USAGE inside');
    expect(await refused(folder, ours)).toBe('USAGE around');
    symlinkSync(from, join(folder, 'link'));
    expect(await refused(join(folder, 'link'), ours)).toBe('USAGE same');
    expect(await refused(join(folder, 'link', 'new'), ours)).toBe('USAGE inside');
    mkdirSync(join(folder, 'full'));
    writeFileSync(join(folder, 'full', 'x'), '');
    expect(await refused(join(folder, 'full'), ours)).toBe('USAGE not-empty');
    expect(await refused(join(folder, 'full', 'x'), ours)).toMatch('FILE_NOT_READABLE');
    expect(await refused('/proc/new', ours)).toMatch('FILE_NOT_READABLE');
  });

  test('another vault, a copy of this one that has come to differ, half a copy of another', async () => {
    const ours = await before();
    const folder = join(ours.from, '..');
    await takeFrom(join(folder, 'other'), []);
    expect(await refused(join(folder, 'other'), ours)).toBe('USAGE not-empty');
    cpSync(ours.from, join(folder, 'copy'), { recursive: true });
    await takeFrom(join(folder, 'copy'), []);
    expect(await refused(join(folder, 'copy'), ours)).toBe('USAGE not-empty');
    mkdirSync(join(folder, 'half'));
    await writeMoveNote(join(folder, 'half'), { vault_id: 'another', from: '/elsewhere', stage: 'copying' });
    expect(await refused(join(folder, 'half'), ours)).toBe('USAGE not-empty');
  });

  test('one with too little space, before a byte is written', async () => {
    const ours = await before();
    space.free = 1_234_567;
    try {
      const fault = await failureOf(move(ours.settings, ours.to, { links: false }));
      expect(fault).toMatchObject({ code: 'NO_SPACE', params: { path: ours.to, free: 1_234_567 } });
      expect(explainFault(fault).message).toMatch(
        /^There is too little space at .*: 17 MB are needed, 1.2 MB are free\.$/,
      );
      expect([ours.settings.folder, existsSync(ours.to)]).toEqual([ours.from, false]);
    } finally {
      delete space.free;
    }
  });
});

describe('half a copy', () => {
  test('that a killed move left is gone on with: nothing of it that the vault no longer has comes back', async () => {
    const { ground, from, to, settings } = await before();
    cpSync(from, to, { recursive: true });
    await writeMoveNote(to, { vault_id: (await openVault(from))?.id ?? '', from, stage: 'copying' });
    const [folder = ''] = readdirSync(to).filter((name) => name.startsWith('code-'));
    // A backup that was deleted meanwhile, a segment that is as long as it should be and no more, another cut.
    writeFileSync(join(to, folder, 'backups', 'code-20200101T000000Z.json'), '{}');
    const [one = '', two = ''] = readdirSync(join(to, folder, 'segments'));
    const bytes = readFileSync(join(to, folder, 'segments', one));
    writeFileSync(join(to, folder, 'segments', one), bytes.fill(7, 100, 200));
    writeFileSync(join(to, folder, 'segments', two), 'cut');
    await move(settings, to, { links: false });
    const { damage, leftovers } = await expectHarmless(ground, to, { full: true });
    expect([damage, leftovers]).toEqual([[], []]);
  });

  test('that somebody has begun to use as a vault is none any more', async () => {
    const { from, to, settings } = await before();
    cpSync(from, to, { recursive: true });
    await writeMoveNote(to, { vault_id: (await openVault(from))?.id ?? '', from, stage: 'copying' });
    await takeFrom(to, []);
    const whole = await contentsOf(to);
    expect((await failureOf(move(settings, to))).params['reason']).toBe('not-empty');
    expect(await contentsOf(to)).toEqual(whole);
  });
});

test('damaged files are moved as they are, and told', async () => {
  const { from, to, settings } = await before();
  const [folder = ''] = readdirSync(from).filter((name) => name.startsWith('code-'));
  const [one = ''] = readdirSync(join(from, folder, 'segments'));
  const path = join(folder, 'segments', one);
  const bytes = readFileSync(join(from, path));
  bytes.writeUInt8(bytes.readUInt8(50) ^ 1, 50);
  writeFileSync(join(from, path), bytes);
  const { notices } = await move(settings, to, { links: false });
  expect(notices).toEqual([{ code: 'MOVED_DAMAGED', params: { count: 1 } }]);
  expect(readFileSync(join(to, path))).toEqual(bytes);
});

describe('others', () => {
  const means = (settings: Chosen) => ({ settings, links: false, signal: never, ended: () => Promise.resolve() });
  const context = { signal: never, report: () => undefined };

  test('who choose another folder meanwhile are not overruled', async () => {
    const { from, to, settings } = await before();
    const file = memorySettingsFile();
    const real = settingsIn(file);
    real.setVaultFolder(from);
    const whole = await contentsOf(from);
    const fault = await failureOf(
      moveTo(to, { ...means(settings), settings: real }, async (task) => {
        const done = await copyForMove(task, context);
        real.setVaultFolder('/elsewhere');
        return done;
      }),
    );
    expect(explainFault(fault).message).toMatch(/^Another folder was chosen/);
    expect([real.vaultFolder(), existsSync(to)]).toEqual(['/elsewhere', false]);
    expect(await contentsOf(from)).toEqual(whole);
    real.setVaultFolder(from);
    await moveTo(to, { ...means(settings), settings: real }, (task) => copyForMove(task, context));
    expect([real.vaultFolder(), real.vaultId(to), real.vaultId(from)]).toEqual([to, (await openVault(to))?.id, null]);
  });

  test('who read in the old folder have it until they have ended', async () => {
    const { ground, from, to, settings } = await before();
    const seen: unknown[] = [];
    const ended = async (dir: string): Promise<void> => {
      seen.push(dir, settings.folder, (await expectHarmless(ground, from, { full: false })).names.length);
    };
    await moveTo(to, { ...means(settings), ended }, (task) => copyForMove(task, context));
    expect(seen).toEqual([from, to, 3]);
    expect(existsSync(from)).toBe(false);
  });

  test('who have locked the new one are waited for, and who waits for the old one finds it gone', async () => {
    const { ground, from, to, settings } = await before();
    mkdirSync(to);
    const lock = await FileLock.acquire(join(to, 'lock'), { purpose: 'backup', waitMs: 0 });
    const busy = await failureOf(move(settings, to));
    expect([busy.code, busy.params['purpose'], settings.folder]).toEqual(['VAULT_BUSY', 'backup', from]);
    await lock.release();
    let late: Promise<unknown> = Promise.resolve();
    await moveTo(to, means(settings), async (task) => {
      const done = await copyForMove(task, context);
      const wish = {
        purpose: 'backup',
        signal: never,
        waitMs: 20_000,
        create: true,
        idFromBackups: () => Promise.resolve(null),
      };
      late = failureOf(lockVault(from, { ...wish, expected: task.id }));
      return done;
    });
    expect(await late).toMatchObject({ code: expect.stringMatching(/^(?:VAULT_GONE|FILE_NOT_READABLE)$/) as unknown });
    expect(await openVault(from).catch(() => null)).toBeNull();
    rmSync(from, { recursive: true, force: true });
    await expectHarmless(ground, to, { full: false });
  });
});

test('where nothing was ever backed up only the settings change', async () => {
  const folder = temporaryFolder();
  const settings = new Chosen(join(folder, 'never'));
  expect(await move(settings, join(folder, 'new'))).toEqual({
    from: join(folder, 'never'),
    backups: 0,
    files: 0,
    bytes: 0,
    notices: [],
  });
  expect([settings.folder, readdirSync(join(folder, 'new'))]).toEqual([join(folder, 'new'), []]);
});
