import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import Conf from 'conf';
import { describe, expect, it } from 'vitest';
import { openSettings } from '../../main/settings/settings.ts';
import { commandLineGround } from '../support/command-line-ground.ts';
import { end, entry, failure, object, vectorkeep } from '../support/command-line.ts';
import { call, count } from '../support/server-text.ts';

const ground = commandLineGround();
const { run, at } = ground;

describe('one object with --json, and nothing else', () => {
  it('export, validate, import', async () => {
    const out = await run('export', 'code', ...at(), '-o', 'code.json.gz', '--json');
    expect(out.code).toBe(0);
    const exported = object(out);
    expect(Object.keys(exported).sort()).toEqual(
      'bytes,collection,compression_ratio,dimensions,duration_ms,model,moved,path,raw_bytes,total_vectors,vectors_per_second,warnings'.split(
        ',',
      ),
    );
    const path = join(ground.home, 'code.json.gz');
    const bytes = await readFile(path);
    expect(exported).toMatchObject({
      ...{ collection: 'code', path, bytes: bytes.length, raw_bytes: gunzipSync(bytes).length },
      ...{ total_vectors: 3000, dimensions: 4, model: null, moved: false, warnings: [] },
    });

    const checked = await run('validate', 'code.json.gz', '--json');
    expect(checked.code).toBe(0);
    const valid = object(checked);
    expect(Object.keys(valid).sort()).toEqual('dimensions,model,path,problems,total_vectors,valid,version'.split(','));
    expect(valid).toMatchObject({
      path,
      valid: true,
      version: '1.0',
      total_vectors: 3000,
      dimensions: 4,
      problems: [],
    });

    const dry = await run('import', 'code.json.gz', ...at(), '--collection', 'new', '--dry-run', '--json');
    expect(object(dry)).toMatchObject({ new: 3000, created_collection: false, dry_run: true });
    expect(await call(ground.qdrant.url, 'GET', '/collections')).not.toContain('"new"');
    const into = await run('import', path, ...at(), '--collection', 'new', '--json');
    expect(into.code).toBe(0);
    const imported = object(into);
    expect(Object.keys(imported).sort()).toEqual(
      'collection,companions,created_collection,dry_run,duration_ms,new,path,safety_backup,skipped,target_fingerprint,total_vectors,updated,vectors_per_second,warnings'.split(
        ',',
      ),
    );
    expect(imported).toMatchObject({
      ...{ collection: 'new', path, total_vectors: 3000, new: 3000, updated: 0, skipped: 0 },
      ...{ created_collection: true, dry_run: false },
    });
    expect(await count(ground.qdrant.url, 'new')).toBe(3000);
    const merged = await run('import', path, ...at(), '--collection', 'new', '--on-conflict', 'merge', '--json');
    expect(object(merged)).toMatchObject({ new: 0, updated: 3000, skipped: 0, created_collection: false });
    // Without a name it goes where the file came from.
    expect(object(await run('import', path, ...at(), '--json'))).toMatchObject({ collection: 'code', skipped: 3000 });
  });

  it('words for people: results on stdout, nothing on stderr but warnings', async () => {
    const out = await run('export', 'code', ...at(), '-o', 'code.json');
    expect(out).toMatchObject({ code: 0, stderr: '' });
    expect(out.stdout).toMatch(/^Exported code: 3,000 points, 4 dimensions\n/);
    expect(JSON.parse(await readFile(join(ground.home, 'code.json'), 'utf8'))).toHaveProperty('vectors');
    const checked = await run('validate', 'code.json');
    expect(checked).toMatchObject({ code: 0, stderr: '' });
    const into = await run('import', 'code.json', ...at(), '--collection', 'words');
    expect(into.stdout).toMatch(/^Imported 3,000 points into the new index words: 3,000 new, 0 updated, 0 skipped\n/);
    expect(into.stderr).toMatch(/^Warning: The embedding model of the file is not known/);
    const again = await run('import', 'code.json', ...at(), '--collection', 'words');
    expect(again.stdout).toMatch(/^Nothing to import into words: all 3,000 points were there already\n/);
    const merge = ['--collection', 'words', '--on-conflict', 'merge', '--dry-run'];
    const dry = await run('import', 'code.json', ...at(), ...merge);
    expect(dry.stdout).toMatch(/^Would import 3,000 points into words: 0 new, 3,000 updated, 0 skipped\n/);
    await writeFile(join(ground.home, 'one.json'), '{"version":"1.0","vectors":[{"id":1,"vector":[1]}]}');
    const one = ['import', 'one.json', ...at(), '--collection', 'one'];
    expect((await run(...one)).stdout).toMatch(/^Imported 1 point into the new index one: 1 new,/);
    expect((await run(...one)).stdout).toMatch(/^Nothing to import into one: the point was there already\n/);
  });
});

describe('where things are', () => {
  it('an export without a name gets one, here or in the folder given', async () => {
    await mkdir(join(ground.home, 'exports'));
    const here = object(await run('export', 'code', ...at(), '--json'));
    expect(here['path']).toMatch(new RegExp(`^${ground.home}/code-\\d{4}-\\d\\d-\\d\\d-\\d{6}\\.json\\.gz$`));
    const there = object(await run('export', 'code', ...at(), '-o', 'exports', '--no-compress', '--json'));
    expect(there['path']).toMatch(/\/exports\/code-[\d-]+\.json$/);
    expect(existsSync(String(there['path']))).toBe(true);
  });

  it('settings by --home and VECTORKEEP_HOME, a connection by its name', async () => {
    const other = join(ground.home, 'other');
    await mkdir(other);
    const settings = openSettings({ Store: Conf, dir: other });
    settings.saveConnection({ name: 'mine', kind: 'url', url: ground.qdrant.url, model: 'the-model' });
    settings.selectConnection('mine');
    const named = await run('export', 'code', '--connection', 'mine', '--home', other, '-o', 'a.json.gz', '--json');
    expect(object(named)).toMatchObject({ model: 'the-model', total_vectors: 3000 });
    const current = await vectorkeep(['export', 'code', '-o', 'b.json.gz', '--json'], {
      home: ground.home,
      env: { VECTORKEEP_HOME: other },
    });
    expect(object(current)).toMatchObject({ model: 'the-model' });
    expect(failure(await run('export', 'code', '--connection', 'mine', '--json'), 2).code).toBe('CONNECTION_NOT_FOUND');
  });

  it('companions go into the file with their checksums', async () => {
    const state = '{"a.ts":"hash"}\n';
    const binary = Buffer.from([0, 255, 254, 10]);
    await writeFile(join(ground.home, 'index-metadata.json'), state);
    await writeFile(join(ground.home, 'state.bin'), binary);
    const both = ['--companion', 'index-metadata.json', '--companion', 'state.bin'];
    expect((await run('export', 'code', ...at(), '-o', 'with.json', ...both)).code).toBe(0);
    const { companions, files } = JSON.parse(await readFile(join(ground.home, 'with.json'), 'utf8')) as Record<
      string,
      unknown
    >;
    const sha256 = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex');
    expect(companions).toEqual([
      { name: 'index-metadata.json', sha256: sha256(state), content: state },
      { name: 'state.bin', sha256: sha256(binary), encoding: 'base64', content: binary.toString('base64') },
    ]);
    expect(files).toEqual({ 'src/a.ts': { points: 3000 } });
    expect((await run('validate', 'with.json')).code).toBe(0);
    const missing = await run('export', 'code', ...at(), '-o', 'x.json', '--companion', 'gone', '--json');
    expect(failure(missing, 3).code).toBe('FILE_NOT_FOUND');
  });
});

describe('in its surroundings', () => {
  it('a bar on a terminal, wiped away at the end', async () => {
    const line = [process.execPath, entry(), 'export', 'code', ...at(), '-o', join(ground.home, 'bar.json.gz')];
    const quoted = line.map((word) => `'${word}'`).join(' ');
    const child = spawn('script', ['-qec', quoted, '/dev/null'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'], HOME: ground.home, VECTORKEEP_HOME: ground.home, TERM: 'xterm' },
    });
    const { code, stdout } = await end(child);
    expect(code).toBe(0);
    expect(stdout).toMatch(/\r\u001b\[KReading {3,}[█─]{24} {2}[\d,]+ of 3,000 points/);
    expect(stdout).toMatch(/\r\u001b\[KExported code: 3,000 points/);
  });

  it('a reader that stops reading is no disaster', async () => {
    const command = `"$0" "$@" | true`;
    const child = spawn(
      'bash',
      ['-o', 'pipefail', '-c', command, process.execPath, entry(), 'export', 'code', ...at(), '-o', 'p.json', '--json'],
      {
        cwd: ground.home,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { PATH: process.env['PATH'], HOME: ground.home, VECTORKEEP_HOME: ground.home },
      },
    );
    expect(await end(child)).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(existsSync(join(ground.home, 'p.json'))).toBe(true);
  });

  it('every Node on the path that is new enough runs it', async () => {
    const nodes = (process.env['PATH'] ?? '')
      .split(delimiter)
      .map((folder) => join(folder, 'node'))
      .filter((node) => existsSync(node));
    const versions = new Set<string>();
    for (const node of nodes) {
      const version = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim();
      if (versions.has(version)) continue;
      versions.add(version);
      const name = `node-${version}`;
      const out = await vectorkeep(['export', 'code', ...at(), '-o', `${name}.json.gz`, '--json'], {
        home: ground.home,
        node,
      });
      expect(object(out)).toMatchObject({ total_vectors: 3000 });
      const into = await vectorkeep(['import', `${name}.json.gz`, ...at(), '--collection', name, '--json'], {
        home: ground.home,
        node,
      });
      expect(object(into)).toMatchObject({ new: 3000 });
    }
    expect(versions.size).toBeGreaterThan(0);
  });
});
