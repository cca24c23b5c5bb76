import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { backupCommands, pointOf } from '../support/backup-commands.ts';
import { commandLineGround } from '../support/command-line-ground.ts';
import { entry, failure, object } from '../support/command-line.ts';
import { call, count, pointTexts, upsert } from '../support/server-text.ts';

const ground = commandLineGround();
const { run, at } = ground;

const commands = backupCommands(ground);
const { makeIndex, answer, backUp } = commands;

/** A settings folder that cannot be: where it should begin there is a file. */
const noHome = (): string => join(ground.home, 'vault', 'vault.json', 'home');
const keys = (answered: object): string => Object.keys(answered).sort().join(',');

/** Breaks the first segment of the vault; gives its path in it. */
async function damageSegment(): Promise<string> {
  const vault = join(ground.home, 'vault');
  const path = (await readdir(vault, { recursive: true })).find((name) => name.endsWith('.parquet')) ?? '';
  const bytes = await readFile(join(vault, path));
  bytes.writeUInt8(bytes.readUInt8(100) ^ 1, 100);
  await writeFile(join(vault, path), bytes);
  return path;
}

describe('one object with --json, with the fields that were promised', () => {
  it('backup, list, diff, restore', async () => {
    const index = await makeIndex();
    const first = await answer('backup', index, ...at(), '--reason', 'by hand', '--pin');
    expect(keys(first)).toBe(
      'backup_name,bytes_added,changed,collection,created_at,duration_ms,moved,new,removed,rotation,total_vectors,vault_bytes,verified,warnings',
    );
    expect(first).toMatchObject({ collection: index, new: 40, changed: 0, removed: 0, verified: true, moved: false });
    await upsert(
      ground.qdrant.url,
      index,
      [1, 2, 3].map((id) => pointOf(id, 'second')),
    );
    await upsert(ground.qdrant.url, index, [pointOf(99, 'new')]);
    const second = await answer('backup', index, ...at());
    expect(second).toMatchObject({ total_vectors: 41, new: 1, changed: 3, removed: 0 });
    const [older, newer] = [String(first['backup_name']), String(second['backup_name'])];

    const list = await answer('list', '--collection', index);
    expect(list).toMatchObject({
      backups: [
        { backup_name: newer, reason: 'manual', pinned: false, total_vectors: 41 },
        { backup_name: older, reason: 'by hand', pinned: true, total_vectors: 40, dimensions: 2, model: null },
      ],
    });
    expect((list['backups'] as object[]).map(keys)[0]).toBe(
      'backup_name,bytes,bytes_unique,collection,companions,created_at,dimensions,model,pinned,reason,shrank_from,source,total_vectors,verified_at',
    );
    expect((await answer('list', '--collection', 'other'))['backups']).toEqual([]);

    const paths = [
      { path: 'src/1.ts', added: 0, changed: 2, removed: 0 },
      { path: 'src/2.ts', added: 0, changed: 1, removed: 0 },
      { path: 'src/50.ts', added: 1, changed: 0, removed: 0 },
    ];
    const between = await answer('diff', older, newer);
    expect(between).toMatchObject({ from: older, to: newer, added: 1, changed: 3, removed: 0, same: 37 });
    expect(between['paths']).toEqual(expect.arrayContaining(paths));
    expect(await answer('diff', newer, '--live', ...at())).toMatchObject({ to: index, added: 0, changed: 0, same: 41 });
    expect(await answer('diff', older, ...at())).toMatchObject({ to: index, added: 1, changed: 3 });

    const dry = await answer('restore', older, ...at(), '--on-conflict', 'exact', '--dry-run');
    expect(keys(dry)).toBe(
      'backup_name,collection,companions,created_collection,differences,dry_run,duration_ms,new,removed,safety_backup,skipped,target_fingerprint,total_vectors,updated,vectors_per_second,verified,warnings',
    );
    expect(dry).toMatchObject({ new: 0, updated: 3, skipped: 37, removed: 1, safety_backup: null, verified: null });
    expect(await count(ground.qdrant.url, index)).toBe(41);

    const some = await answer(
      'restore',
      older,
      ...at(),
      '--on-conflict',
      'overwrite',
      '--path',
      'src/1.*',
      '--no-safety-copy',
    );
    expect(some).toMatchObject({ total_vectors: 2, updated: 2, removed: 0, safety_backup: null, verified: true });
    const exact = await answer('restore', older, ...at(), '--on-conflict', 'exact');
    expect(exact).toMatchObject({ updated: 1, removed: 1, verified: true, differences: { count: 0, points: [] } });
    expect(await count(ground.qdrant.url, index)).toBe(40);
    const undone = await answer(
      'restore',
      String(exact['safety_backup']),
      ...at(),
      '--on-conflict',
      'exact',
      '--to',
      index,
    );
    expect(undone).toMatchObject({ new: 1, updated: 1, verified: true });
    const copy = await answer('restore', newer, ...at(), '--to', `${index}-copy`);
    expect(copy).toMatchObject({ collection: `${index}-copy`, new: 41, created_collection: true, verified: true });
  });

  it('verify, prune, pin and unpin, export --from-backup: all without Qdrant or settings', async () => {
    const index = await makeIndex();
    const names: string[] = [];
    for (const reason of ['a', 'b', 'c']) names.push(await backUp(index, '--reason', reason));
    const [a = '', b = '', c = ''] = names;
    const answer = (...args: string[]) => commands.answer(...args, '--home', noHome());
    const whole = await answer('verify');
    expect(keys(whole)).toBe('backups,duration_ms,full,leftovers,problems');
    expect(whole['backups']).toEqual(names.map((name) => ({ backup_name: name, ok: true, problems: [] })));
    expect(await answer('verify', b, '--full')).toMatchObject({ backups: [{ backup_name: b, ok: true }], full: true });

    expect(await answer('pin', a)).toEqual({ backup_name: a, pinned: true });
    const plan = await answer('prune', '--keep-last', '1', '--dry-run');
    expect(plan).toMatchObject({
      removed: [b],
      kept: [
        { backup_name: a, why: ['pinned'] },
        { backup_name: c, why: expect.arrayContaining(['last', 'floor']) as string[] },
      ],
      dry_run: true,
    });
    expect((await answer('list'))['backups']).toHaveLength(3);
    expect(await answer('unpin', a)).toEqual({ backup_name: a, pinned: false });
    const done = await answer('prune', '--keep-last', '1');
    expect(done).toMatchObject({ removed: [a, b], dry_run: false });
    expect(Number(done['bytes_freed'])).toBeGreaterThan(0);
    expect(await answer('verify', '--full')).toMatchObject({ backups: [{ backup_name: c, ok: true }], leftovers: [] });

    const exported = await answer('export', '--from-backup', c);
    expect(exported).toMatchObject({ path: join(ground.home, `${c}.json.gz`), collection: index, total_vectors: 40 });
    const back = object(await run('import', `${c}.json.gz`, ...at(), '--collection', `${index}-back`, '--json'));
    expect(back).toMatchObject({ new: 40 });
  });
});

describe('words for people', () => {
  it('say what was done, what it means and how to undo it', async () => {
    const index = await makeIndex();
    const vault = ['--vault', 'vault'];
    const taken = await run('backup', index, ...at(), ...vault);
    expect(taken).toMatchObject({ code: 0, stderr: '' });
    expect(taken.stdout).toMatch(new RegExp(`^Backed up ${index}: 40 points, 40 new, 0 changed, 0 removed\n${index}-`));
    expect((await run('backup', index, ...at(), ...vault)).stdout).toMatch(
      /nothing has changed since the backup before/,
    );
    const listed = await run('list', ...vault);
    expect(listed.stdout).toMatch(
      /^files-\d+ at http:\S+\nBackup +Taken +Points +Size +Frees +Verified +Pin +Reason\n/,
    );
    const name = /^files-\S+Z/m.exec(listed.stdout)?.[0] ?? '';
    await upsert(ground.qdrant.url, index, [pointOf(1, 'other')]);
    const restored = await run('restore', name, ...at(), ...vault, '--on-conflict', 'exact');
    expect(restored.stdout).toMatch(
      /^Restored files-\S+ into files-\d+: 40 points, 0 new, 1 updated, 39 skipped, 0 rem/,
    );
    const undo = /^ {2}vectorkeep (restore .+)$/m.exec(restored.stdout)?.[1] ?? '';
    const undone = await run(...undo.split(' '));
    expect(undone.stdout).toMatch(/1 updated, 39 skipped, 0 removed\nRead back: just as in the backup\n/);
    expect((await run('verify', ...vault)).stdout).toMatch(/whole\n\d+ backups verified in .+: all whole\n$/);
    expect((await run('prune', ...vault, '--keep-last', '1', '--dry-run')).stdout).toMatch(/^Would remove /);
  });

  it('say how to undo an import that replaced points, where a copy was asked for', async () => {
    const index = await makeIndex();
    await run('export', index, ...at(), '-o', 'before.json');
    await upsert(ground.qdrant.url, index, [pointOf(1, 'other'), pointOf(99, 'new')]);
    const before = await pointTexts(ground.qdrant.url, index);
    const words = ['import', 'before.json', ...at(), '--on-conflict', 'overwrite'];
    expect((await run(...words, '--dry-run', '--safety-copy', '--vault', 'copies')).stdout).not.toMatch(/undo/);
    expect(existsSync(join(ground.home, 'copies'))).toBe(false);
    const imported = await run(...words, '--safety-copy', '--vault', 'copies');
    const undo = /What was there before is kept as files-\S+\. To undo:\n {2}vectorkeep (restore .+)$/m.exec(
      imported.stdout,
    );
    expect(await pointTexts(ground.qdrant.url, index)).not.toEqual(before);
    expect(await run(...(undo?.[1] ?? '').split(' '))).toMatchObject({ code: 0 });
    expect(await pointTexts(ground.qdrant.url, index)).toEqual(before);
    expect(object(await run(...words, '--json'))).toMatchObject({ safety_backup: null, target_fingerprint: null });
  });

  it('tell of an index that shrank, and take the word of a person', async () => {
    const index = await makeIndex();
    const vault = ['--vault', 'vault'];
    await backUp(index);
    const points = Array.from({ length: 30 }, (_, nth) => nth + 1);
    const remove = `/collections/${index}/points/delete?wait=true`;
    await call(ground.qdrant.url, 'POST', remove, JSON.stringify({ points }));
    const shrunk = await run('backup', index, ...at(), ...vault);
    expect(shrunk.stderr).toMatch(/^Warning: The index has lost half .+ 40, this one 10\./);
    const accept = /^If that is right: vectorkeep (prune .+)$/m.exec(shrunk.stderr)?.[1] ?? '';
    const frozen = await run('prune', ...vault, '--keep-last', '1');
    expect(frozen.stdout).toMatch(/^Nothing to remove: all 2 backups are kept\n[\s\S]+index had shrunk/);
    expect(frozen.stderr).toMatch(/^Warning: All backups of .+ are kept/);
    expect((await run(...accept.split(' '))).stdout).toMatch(/^The size of the index in files-\S+ is accepted/);
    expect((await run('prune', ...vault, '--keep-last', '1')).stdout).toMatch(/^Removed 1 backup and freed /);
  });
});

describe('exit codes', () => {
  it('5 when a check finds damage, which is told by backup and file', async () => {
    const index = await makeIndex();
    const name = await backUp(index);
    const path = await damageSegment();
    const checked = await run('verify', '--vault', 'vault', '--json');
    expect(checked.code).toBe(5);
    expect(object(checked)).toMatchObject({
      backups: [{ backup_name: name, ok: false, problems: [{ code: 'checksum', path }] }],
    });
    expect((await run('verify', '--vault', 'vault')).stdout).toMatch(
      /DAMAGED\n {2}The backup .+ is damaged: .+\n1 backup/,
    );
    const words = ['restore', name, ...at(), '--to', `${index}-never`, '--vault', 'vault', '--json'];
    expect(failure(await run(...words), 5).code).toBe('BACKUP_DAMAGED');
    expect(failure(await run('export', '--from-backup', name, '--vault', 'vault', '--json'), 5).code).toBe(
      'BACKUP_DAMAGED',
    );
    expect(await readdir(ground.home)).not.toContain(`${name}.json.gz`);
  });

  it('3 for a backup or a vault that is none, and nothing is written there', async () => {
    await backUp(await makeIndex());
    const restore = await run('restore', 'nope', ...at(), '--vault', 'vault', '--json');
    expect(failure(restore, 3)).toMatchObject({ code: 'BACKUP_NOT_FOUND', details: { backup: 'nope' } });
    for (const command of ['verify', 'pin', 'unpin'])
      expect(failure(await run(command, 'nope', '--vault', 'vault', '--json'), 3).code).toBe('BACKUP_NOT_FOUND');
    const before = await readdir(ground.home);
    expect(failure(await run('backup', 'code', ...at(), '--vault', '.', '--json'), 3).code).toBe('NOT_A_VAULT');
    expect(await readdir(ground.home)).toEqual(before);
    expect(failure(await run('list', '--vault', 'none', '--json'), 1).code).toBe('VAULT_GONE');
    expect(existsSync(join(ground.home, 'none'))).toBe(false);
  });

  it('nothing but a warning where settings cannot be used and both Qdrant and vault are named', async () => {
    const index = await makeIndex();
    await backUp(index);
    const places = ['--vault', 'vault', '--home', noHome()];
    const taken = await run('backup', index, ...at(), ...places);
    expect(taken).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^Warning: .+without its settings/) as string,
    });
    expect((await run('list', '--home', noHome())).stderr).toMatch(/^Error: /);
  });

  it('2 for a rotation without a rule, 4 for a Qdrant that is not there', async () => {
    expect(failure(await run('prune', '--vault', 'vault', '--json'), 2).code).toBe('USAGE');
    const gone = await run('backup', 'code', '--url', 'http://127.0.0.1:1', '--vault', 'vault', '--json');
    expect(failure(gone, 4).code).toBe('QDRANT_UNREACHABLE');
  });

  it('130 when a backup is interrupted; the next one succeeds and leaves nothing of it', async () => {
    const words = ['backup', 'code', '--vault', 'vault'];
    await ground.interrupt(words, /\/points\/scroll/);
    expect(object(await run(...words, ...at(), '--json'))).toMatchObject({ total_vectors: 3000, new: 3000 });
    const checked = object(await run('verify', '--full', '--vault', 'vault', '--json'));
    expect(checked).toMatchObject({ backups: [{ ok: true }], problems: [], leftovers: [] });
  });
});

it('tables fit the terminal that they are shown on', async () => {
  await backUp(await makeIndex(), '--reason', 'x'.repeat(90));
  const line = `stty cols 60; exec "${process.execPath}" "${entry()}" list --vault vault`;
  const { stdout } = spawnSync('script', ['-qec', line, '/dev/null'], { cwd: ground.home, encoding: 'utf8' });
  const rows = stdout.split('\r\n').filter((row) => /^(Backup|files-\d+-)/.test(row));
  expect(rows).toHaveLength(2);
  for (const row of rows) expect(row.length).toBeLessThanOrEqual(60);
});
