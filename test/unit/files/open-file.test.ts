import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import type * as Files from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { fileIdentity } from '../../../main/archive/file-identity.ts';
import { openFile } from '../../../main/files/open-file.ts';
import { explainFault } from '../../../main/faults/explain.ts';
import { Fault } from '../../../main/faults/fault.ts';
import { importArchive } from '../../../main/jobs/tasks/import.ts';
import { peekArchive } from '../../../main/jobs/tasks/peek.ts';
import { exportOf, faultOf, never, temporaryFolder } from '../../support/archives.ts';

/** What somebody does right behind a look at a path, and behind the opening. `proc` false: no file tells where it is. */
const moment = vi.hoisted(() => ({
  looked: (): void => undefined,
  opened: (): void => undefined,
  proc: true,
}));
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof Files>();
  return {
    ...real,
    lstat: async (path: string, options?: { bigint: true }) => {
      const found = await real.lstat(path, options);
      const { looked } = moment;
      moment.looked = () => undefined;
      looked();
      return found;
    },
    readlink: async (path: string) => {
      const told = await real.readlink(path);
      moment.opened();
      if (!moment.proc) throw new Error('no /proc here');
      return told;
    },
  };
});

let base: string;
const at = (...names: string[]): string => join(base, ...names);
/** The file that an agent may read, found to be one without links on the way. */
const path = (): string => at('exports', 'sub', 'a.json');
const within = (): string => at('exports');
const read = async (): Promise<string> => {
  const handle = await openFile(path(), within());
  try {
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
};

const good = exportOf('{"id":1,"vector":[1]}', '{"collection":"good"}');
const secret = exportOf('{"id":1,"vector":[1]}', '{"collection":"secret"}');
beforeEach(() => {
  Object.assign(moment, { looked: () => undefined, opened: () => undefined, proc: true });
  base = temporaryFolder();
  mkdirSync(at('exports', 'sub'), { recursive: true });
  mkdirSync(at('secret', 'sub'), { recursive: true });
  writeFileSync(path(), good);
  writeFileSync(at('secret', 'a.json'), secret);
  writeFileSync(at('secret', 'sub', 'a.json'), secret);
});

const swaps = {
  'the file for a link': () => {
    rmSync(path());
    symlinkSync(at('secret', 'a.json'), path());
  },
  'the file for a link to one that may be read': () => {
    writeFileSync(at('exports', 'b.json'), '{}');
    rmSync(path());
    symlinkSync(at('exports', 'b.json'), path());
  },
  'its folder for a link': () => {
    renameSync(at('exports', 'sub'), at('exports', 'was'));
    symlinkSync(at('secret'), at('exports', 'sub'));
  },
  'the allowed folder itself for a link': () => {
    renameSync(within(), at('was'));
    symlinkSync(at('secret'), within());
  },
};
const refused = { code: 'PATH_NOT_ALLOWED', params: { reason: 'moved' } };

describe.each([true, false])('where files tell where they are: %s. What is opened is not', (proc) => {
  beforeEach(() => void (moment.proc = proc));

  test.each(Object.entries(swaps))('elsewhere after somebody swapped %s before it is looked at', async (_, swap) => {
    expect(await read()).toBe(good);
    swap();
    const fault = await faultOf(read());
    expect(fault).toMatchObject(refused);
    // Where it leads is nobody's business.
    expect(JSON.stringify([fault, fault && explainFault(fault)])).not.toContain('secret');
  });

  test.each(Object.entries(swaps))('elsewhere after somebody swapped %s between look and opening', async (_, swap) => {
    moment.looked = swap;
    expect(await faultOf(read())).toMatchObject(refused);
  });

  test('elsewhere when the folder is put back behind the opening', async () => {
    moment.looked = swaps['its folder for a link'];
    moment.opened = () => {
      unlinkSync(at('exports', 'sub'));
      renameSync(at('exports', 'was'), at('exports', 'sub'));
    };
    expect(await faultOf(read())).toMatchObject(refused);
  });

  test('a pipe', async () => {
    moment.looked = () => {
      rmSync(path());
      execFileSync('mkfifo', [path()]);
    };
    expect(await faultOf(read())).toMatchObject({ code: 'FILE_NOT_READABLE' });
  });

  test('but another file that has the name by now, of the same folder, is read', async () => {
    moment.looked = () => {
      rmSync(path());
      writeFileSync(at('exports', 'other'), 'new');
      linkSync(at('exports', 'other'), path());
    };
    expect(await read()).toBe('new');
    rmSync(path());
    expect(await faultOf(read())).toMatchObject({ code: 'FILE_NOT_FOUND' });
  });
});

test('without an allowed folder a link is followed, as a person means it', async () => {
  swaps['the file for a link']();
  const handle = await openFile(path());
  expect(await handle.readFile('utf8')).toBe(secret);
  await handle.close();
});

test.each(Object.entries(swaps))('every task keeps to the folder when somebody swapped %s', async (_, swap) => {
  const context = { signal: never, report: () => undefined };
  const peek = (folder?: string) => peekArchive({ path: path(), within: folder }, context);
  // Nothing listens there: the file comes first.
  const target = { url: 'http://127.0.0.1:9' };
  const load = () =>
    importArchive(
      {
        ...{ target, path: path(), within: within(), collection: 'x', onConflict: 'skip', dryRun: true },
        ...{ allowModelMismatch: false, targetModel: null, usualModel: null, unfinished: false },
      },
      context,
    );
  expect(await peek(within())).toEqual({ collection: 'good' });
  expect(await fileIdentity(path(), within())).not.toBeNull();
  swap();
  expect(await fileIdentity(path(), within())).toBeNull();
  expect(await faultOf(peek(within()))).toMatchObject(refused);
  const fault = await load().catch((error: unknown) => Fault.from(error));
  expect(fault).toMatchObject(refused);
});
