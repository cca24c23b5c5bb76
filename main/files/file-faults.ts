import { Fault } from '../faults/fault.ts';

/** The system's code of an error, such as ENOENT; '' for others. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** Whether the file system has no hard links, as FAT and some network shares. */
export const hasNoLinks = (error: unknown): boolean =>
  ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(codeOf(error));

/** What the operating system said of a file, as a fault with our words. */
export function fileFault(error: unknown, path: string): Fault {
  if (error instanceof Fault) return error;
  const options = { cause: error };
  switch (codeOf(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new Fault('NO_SPACE', { path }, options);
    case 'EEXIST':
      return new Fault('FILE_EXISTS', { path }, options);
    case 'ENOENT':
      return new Fault('FILE_NOT_READABLE', { path, reason: 'there is no such folder' }, options);
    case 'ENOTDIR':
      return new Fault('FILE_NOT_READABLE', { path, reason: 'a part of the path is not a folder' }, options);
    case 'EACCES':
    case 'EPERM':
      return new Fault('FILE_NOT_READABLE', { path, reason: 'permission is denied' }, options);
    case 'EROFS':
      return new Fault('FILE_NOT_READABLE', { path, reason: 'the disk is read-only' }, options);
    case 'EISDIR':
      return new Fault('FILE_NOT_READABLE', { path, reason: 'it is a folder' }, options);
    case 'ENAMETOOLONG':
      return new Fault('FILE_NOT_READABLE', { path, reason: 'the name is too long' }, options);
    case 'ELOOP':
      return new Fault('FILE_NOT_READABLE', { path, reason: 'it is a link' }, options);
    default:
      return new Fault(
        'WRITE_FAILED',
        { path, reason: codeOf(error) === '' ? 'the file system failed' : `the file system answered ${codeOf(error)}` },
        options,
      );
  }
}

/** The same for a file that is only read: FILE_NOT_FOUND, FILE_NOT_READABLE. What is no error of the system is passed on. */
export function readFault(error: unknown, path: string): unknown {
  const code = codeOf(error);
  if (error instanceof Fault || code === '') return error;
  if (code === 'ENOENT') return new Fault('FILE_NOT_FOUND', { path }, { cause: error });
  const fault = fileFault(error, path);
  if (fault.code === 'FILE_NOT_READABLE') return fault;
  return new Fault('FILE_NOT_READABLE', { path, reason: `the file system answered ${code}` }, { cause: error });
}
