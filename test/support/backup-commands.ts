/** Commands about backups: indexes whose points lie in files, and a vault of its own for each test. */
import { expect } from 'vitest';
import type { CommandLineGround } from './command-line-ground.ts';
import { object } from './command-line.ts';
import { create, upsert } from './server-text.ts';

export interface BackupCommands {
  /** Makes an index of its own with the points of `pointsOf('first')`; its name. */
  readonly makeIndex: () => Promise<string>;
  /** Runs a command with `vault` in the working folder, which must succeed without a word; the one object it prints. */
  readonly answer: (...args: string[]) => Promise<Record<string, unknown>>;
  /** The name of the backup. */
  readonly backUp: (index: string, ...more: string[]) => Promise<string>;
}

/** Two points lie in each file: 1 and 2 in `src/1.ts`, 3 and 4 in `src/2.ts`. */
export const pointOf = (id: number, text: string): string =>
  JSON.stringify({ id, vector: [id, 1], payload: { filePath: `src/${Math.ceil(id / 2)}.ts`, text } });

/** Points 1 to 40. */
export const pointsOf = (text: string): string[] => Array.from({ length: 40 }, (_, nth) => pointOf(nth + 1, text));

export function backupCommands(ground: CommandLineGround): BackupCommands {
  let serial = 0;
  const answer = async (...args: string[]): Promise<Record<string, unknown>> => {
    const ended = await ground.run(...args, '--vault', 'vault', '--json');
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    return object(ended);
  };
  return {
    makeIndex: async () => {
      const name = `files-${serial++}`;
      await create(ground.qdrant.url, name, '{"vectors":{"size":2,"distance":"Dot"}}');
      await upsert(ground.qdrant.url, name, pointsOf('first'));
      return name;
    },
    answer,
    backUp: async (index, ...more) => String((await answer('backup', index, ...ground.at(), ...more))['backup_name']),
  };
}
