/** The functions of Node's file modules, broken as the plan of the work that calls them says. See `failing-disk.ts`. */
import type { FileHandle } from 'node:fs/promises';
import { DeadProcess, plans, type Plan } from './failing-disk.ts';

type Call = (...args: unknown[]) => unknown;

/** Never the wrapped ones. */
const { closeSync, constants } = process.getBuiltinModule('node:fs');
const realPromises = process.getBuiltinModule('node:fs/promises');

const CHANGES = 'rename unlink rm rmdir mkdir mkdtemp link symlink truncate copyFile chmod utimes lutimes'.split(' ');
const CHANGES_OPEN = { sync: 'sync', datasync: 'datasync', fsync: 'sync', fdatasync: 'datasync', truncate: 'truncate' };
const READS = 'access exists stat lstat statfs readdir readFile readlink realpath opendir'.split(' ');
const READS_OPEN = ['read', 'readv', 'stat', 'readFile', 'fstat'];

/** A module of file functions as the sources get it. What is not known here cannot be used on a failing disk. */
export function failingModule<M extends object>(module: M): M {
  const wrapped: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(module)) {
    const isFunction = typeof value === 'function' && !/^[A-Z_]/.test(name);
    wrapped[name] = isFunction ? failing(name, value as Call) : value;
  }
  if ('promises' in module) wrapped['promises'] = failingModule(module.promises as object);
  return { ...wrapped, default: wrapped } as M;
}

function failing(name: string, call: Call): Call {
  const plain = name.replace(/Sync$/, '');
  return (...args) => {
    const plan = plans.getStore();
    return plan === undefined ? call(...args) : broken(plan, name, plain, call, args);
  };
}

function broken(plan: Plan, name: string, plain: string, call: Call, args: unknown[]): unknown {
  const [first] = args;
  const isSync = name !== plain;
  const callback = args.at(-1);
  if (typeof callback === 'function') {
    if (plain !== 'read') throw new Error(`the failing disk does not know ${name} with a callback`);
    try {
      plan.enter('read', plain, pathOf(plan, first));
    } catch (error) {
      process.nextTick(callback, error);
      return undefined;
    }
    return call(...args);
  }
  const attempt = (): unknown => {
    if (plain === 'open') return opened(plan, isSync, call, args);
    if (plain === 'writeFile' && !isSync) return writeWhole(plan, args);
    const byDescriptor = typeof first === 'number';
    const path = pathOf(plan, first);
    if (plain === 'close') {
      plan.enter('close', plain, path);
      plan.open.delete(Number(first));
    } else if (byDescriptor && plain in CHANGES_OPEN)
      plan.enter('change', CHANGES_OPEN[plain as keyof typeof CHANGES_OPEN], path);
    else if (byDescriptor ? READS_OPEN.includes(plain) : READS.includes(plain)) plan.enter('read', plain, path);
    // What is done to two names is told by the new one.
    else if (CHANGES.includes(plain))
      plan.enter('change', plain, ['rename', 'link', 'copyFile'].includes(plain) ? String(args[1]) : path);
    else throw new Error(`the failing disk does not know ${name}`);
    return call(...args);
  };
  return isSync ? attempt() : plan.pending(new Promise((settle) => settle(attempt())));
}

const pathOf = (plan: Plan, it: unknown): string =>
  typeof it === 'number' ? (plan.open.get(it)?.path ?? '') : String(it instanceof URL ? it.pathname : it);

const WRITING = constants.O_WRONLY | constants.O_RDWR | constants.O_CREAT | constants.O_TRUNC;

function opened(plan: Plan, isSync: boolean, call: Call, args: unknown[]): unknown {
  const path = String(args[0]);
  const flags = args[1] ?? 'r';
  const writes = typeof flags === 'number' ? (flags & WRITING) !== 0 : !['r', 'rs'].includes(flags as string);
  plan.enter(writes ? 'change' : 'read', 'open', path);
  if (isSync) {
    const fd = call(...args) as number;
    plan.open.set(fd, { path, close: () => closeSync(fd) });
    return fd;
  }
  return (call(...args) as Promise<FileHandle>).then((handle) => failingHandle(plan, handle, path));
}

/** In the steps in which it is really done. */
async function writeWhole(plan: Plan, [path, data, options]: unknown[]): Promise<void> {
  const { flag = 'w', mode = 0o666 } = typeof options === 'object' ? (options as { flag?: string; mode?: number }) : {};
  const open = realPromises.open as Call;
  const handle = (await opened(plan, false, open, [path, flag, mode])) as FileHandle;
  try {
    await handle.writeFile(data as Uint8Array);
  } finally {
    await handle.close();
  }
}

function failingHandle(plan: Plan, handle: FileHandle, path: string): FileHandle {
  const { fd } = handle;
  plan.open.set(fd, { path, close: () => handle.close() });
  const methods: Record<string | symbol, Call> = {
    close: async () => {
      plan.enter('close', 'close', path);
      await handle.close();
      plan.open.delete(fd);
    },
    write: (data, ...rest) => plan.inTurn(() => write(plan, handle, path, pieceOf(data, rest))),
    writeFile: (data) => plan.inTurn(() => writeAll(plan, handle, path, bytesOf(data))),
  };
  for (const [name, change] of Object.entries(CHANGES_OPEN))
    methods[name] = (...args) => {
      plan.enter('change', change, path);
      return (Reflect.get(handle, name) as Call).apply(handle, args);
    };
  for (const name of READS_OPEN)
    methods[name] = (...args) => {
      plan.enter('read', name, path);
      return (Reflect.get(handle, name) as Call).apply(handle, args);
    };
  return new Proxy(handle, {
    get: (_, key) => {
      if (key === 'fd') return handle.fd;
      if (key === 'then') return undefined;
      const method = methods[key];
      if (method === undefined) throw new Error(`the failing disk does not know ${String(key)} of a file`);
      return (...args: unknown[]) => plan.pending(new Promise((settle) => settle(method(...args))));
    },
  });
}

interface Piece {
  readonly bytes: Buffer;
  /** null: where the file stands. */
  readonly position: number | null;
}

const bytesOf = (data: unknown): Buffer =>
  ArrayBuffer.isView(data) ? Buffer.from(data.buffer, data.byteOffset, data.byteLength) : Buffer.from(String(data));

function pieceOf(data: unknown, rest: unknown[]): Piece {
  const bytes = bytesOf(data);
  if (typeof data === 'string') return { bytes, position: (rest[0] as number | null | undefined) ?? null };
  const options = typeof rest[0] === 'object' && rest[0] !== null ? (rest[0] as Record<string, number | null>) : null;
  const [offset, length, position] = options ? [options['offset'], options['length'], options['position']] : rest;
  const from = Number(offset ?? 0);
  const count = typeof length === 'number' ? length : bytes.length - from;
  return { bytes: bytes.subarray(from, from + count), position: typeof position === 'number' ? position : null };
}

async function write(
  plan: Plan,
  handle: FileHandle,
  path: string,
  { bytes, position }: Piece,
): Promise<{ bytesWritten: number; buffer: Buffer }> {
  const verdict = plan.enter('change', 'write', path);
  const { size } = await handle.stat();
  const growth = position === null ? bytes.length : Math.max(0, position + bytes.length - size);
  const count = verdict === 'half' ? bytes.length >> 1 : plan.fit(bytes.length, growth, path);
  const { bytesWritten } = await handle.write(bytes, 0, count, position);
  if (verdict === 'half') throw new DeadProcess('write');
  return { bytesWritten, buffer: bytes };
}

async function writeAll(plan: Plan, handle: FileHandle, path: string, bytes: Buffer): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await write(plan, handle, path, { bytes: bytes.subarray(done), position: null });
    done += bytesWritten;
  }
}
