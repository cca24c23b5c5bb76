import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { commandLineGround } from '../support/command-line-ground.ts';
import { object, start, vectorkeep } from '../support/command-line.ts';
import { behindProxy } from '../support/proxy.ts';
import { upsert } from '../support/server-text.ts';

// Scripts, hooks and agents ask twice. Within a minute the first backup is the answer, whoever took it.

const ground = commandLineGround();
const { run } = ground;

let vault = '';
beforeEach(() => {
  vault = join(ground.home, 'vault');
});

interface Taken {
  readonly backup_name: string;
  readonly created_at: string;
  readonly total_vectors: number;
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
}
const words = (...more: string[]): string[] => ['backup', 'code', ...ground.at(), '--vault', vault, ...more];
const take = async (...more: string[]): Promise<Taken> =>
  object(await run(...words(...more, '--json'))) as unknown as Taken;
const beforeReindex = ['--reason', 'before-reindex'];
const reused = ({ warnings }: Taken): boolean => warnings.some(({ code }) => code === 'BACKUP_REUSED');

interface Listed {
  readonly backup_name: string;
  readonly pinned: boolean;
}
const listed = async (): Promise<Listed[]> =>
  object(await run('list', '--vault', vault, '--json'))['backups'] as Listed[];

describe('the same backup asked for again', () => {
  it('by another process is the first one, with its own figures', async () => {
    const first = await take(...beforeReindex);
    await upsert(ground.qdrant.url, 'code', ['{"id":90001,"vector":[1,2,3,4]}']);
    const second = await take(...beforeReindex);
    expect([reused(first), reused(second)]).toEqual([false, true]);
    expect(second).toMatchObject({
      ...{ backup_name: first.backup_name, created_at: first.created_at, total_vectors: first.total_vectors },
      ...{ new: first.total_vectors, changed: 0, removed: 0, bytes_added: 0, verified: true, rotation: null },
    });
    expect(second.warnings).toEqual([
      {
        code: 'BACKUP_REUSED',
        message: expect.stringMatching(
          /^This backup was taken (just now|1 second ago|\d+ seconds ago) for the same reason: it is returned, and no second one was taken\.$/,
        ) as string,
      },
    ]);
    const told = await run(...words(...beforeReindex));
    expect([told.code, told.stderr]).toEqual([0, '']);
    expect(told.stdout).toMatch(
      /^code-\d{8}T\d{6}Z: code, 3,000 points\nThis backup was taken .+ for the same reason: .+\.\n$/,
    );
    expect(await listed()).toHaveLength(1);

    // What differs in anything that was asked for is another backup.
    await writeFile(join(ground.home, 'state.json'), '{"hash":1}');
    const others = [
      await take('--reason', 'before-upgrade'),
      await take(...beforeReindex, '--companion', 'state.json'),
      await take(),
      await take(),
      await take('--reason', 'manual'),
    ];
    expect(others.map(reused)).toEqual(others.map(() => false));
    expect(await listed()).toHaveLength(6);
    // Those of the last time go along again, and are what they were.
    expect(reused(await take(...beforeReindex))).toBe(true);
    await writeFile(join(ground.home, 'state.json'), '{"hash":2}');
    expect(reused(await take(...beforeReindex))).toBe(false);
  });

  it('and pinned pins the first one', async () => {
    const { backup_name: name } = await take(...beforeReindex);
    expect(await listed()).toMatchObject([{ backup_name: name, pinned: false }]);
    expect(reused(await take(...beforeReindex, '--pin'))).toBe(true);
    expect(await listed()).toMatchObject([{ backup_name: name, pinned: true }]);
    // Whoever asks without is not asking for it to be let go.
    expect(reused(await take(...beforeReindex))).toBe(true);
    expect(await listed()).toMatchObject([{ backup_name: name, pinned: true }]);
  });

  it('while it is being taken is waited for, longer than anybody else waits for a vault', async () => {
    // An index is known by its address: both go the same way.
    const slow = [{ path: /\/points\/scroll/, after: 1, times: 1, fault: { kind: 'delay', ms: 7000 } }] as const;
    await behindProxy(ground.qdrant.url, [...slow], async (proxy) => {
      const args = ['backup', 'code', '--url', proxy.url, '--vault', vault, ...beforeReindex, '--json'];
      const first = start(args, { home: ground.home });
      await expect
        .poll(() => proxy.seen.filter((line) => line.includes('/points/scroll')).length, { timeout: 20_000 })
        .toBeGreaterThan(1);
      const second = object(await vectorkeep(args, { home: ground.home })) as unknown as Taken;
      const { backup_name: name } = object(await first.ended) as unknown as Taken;
      expect([second.backup_name, reused(second)]).toEqual([name, true]);
      expect(await listed()).toHaveLength(1);
    });
  });
});
