import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../scripts/runtimes.mjs';
import { startQdrant, type Qdrant } from '../support/qdrant.ts';
import { makeCollection } from '../support/collections.ts';

// What the README tells people to type, typed: one after another, as it stands there but for address and folder.

const readme = readFileSync(join(root, 'README.md'), 'utf8');
const commands = [...readme.matchAll(/^npx vectorkeep .+$/gm)].map(([line]) => line);

/** What a backup is called: by the time at which it was taken. */
const BACKUP = /codebase-\d{8}T\d{6}Z/;

describe('the commands of the README', () => {
  let qdrant: Qdrant;
  /** The one that was taken here, in place of the one that the README speaks of. */
  let backup = '';
  const folder = mkdtempSync(join(tmpdir(), 'vectorkeep-readme-'));
  beforeAll(async () => {
    qdrant = await startQdrant();
    await makeCollection(qdrant.url, { name: 'codebase', points: 10 });
  });
  afterAll(async () => {
    await qdrant.stop();
    rmSync(folder, { recursive: true });
  });

  it('has commands to run', () => {
    expect(commands.length).toBeGreaterThanOrEqual(15);
  });

  for (const command of commands.filter((line) => !line.includes(' serve '))) {
    it(`runs ${command}`, () => {
      const line = command
        .replaceAll('http://localhost:6333', qdrant.url)
        .replaceAll('codebase.json.gz', join(folder, 'codebase.json.gz'))
        .replaceAll('--vault backups', `--vault ${join(folder, 'backups')}`)
        .replace(BACKUP, backup);
      const done = spawnSync('sh', ['-c', `${line} --home ${join(folder, 'home')}`], {
        ...{ cwd: root, encoding: 'utf8' },
        // The vault that nobody names is in the home folder of the person. There npm would say that there is a newer one.
        env: { ...process.env, HOME: folder, NPM_CONFIG_UPDATE_NOTIFIER: 'false' },
      });
      expect(done.stderr.replaceAll(/^(Warning|npm warn).*$/gm, '').trim()).toBe('');
      expect(done.status).toBe(0);
      expect(done.stdout).toMatch(line.includes(' connect ') ? /^Saved local: / : /codebase/);
      backup ||= BACKUP.exec(done.stdout)?.[0] ?? '';
    });
  }

  it('shows pictures that are there', () => {
    const pictures = [...readme.matchAll(/(?:src|srcset)="([^"]+)"/g)].map(([, path]) => path ?? '');
    expect(pictures.length).toBeGreaterThanOrEqual(1);
    for (const path of pictures) expect(existsSync(join(root, path)), path).toBe(true);
  });

  it('links to pages that are there', () => {
    for (const [, path] of readme.matchAll(/\]\((?!http)([^)#]+)/g))
      expect(existsSync(join(root, path ?? '')), path).toBe(true);
  });
});
