/**
 * Which files the window may name. The page could be tricked into asking for any path, so a path
 * counts only if the person showed it in this session: in a native dialog, or by dropping the file.
 * Pure: no file is touched.
 */
import { normalize } from 'node:path';
import { Fault } from '../faults/fault.ts';

/** `read` to import or carry along, `write` to export to, `folder` to put files into, `show` to point at in the file manager. */
export type Use = 'read' | 'write' | 'folder' | 'show';

export interface PathGrants {
  grant(use: Use, path: string): void;
  /** The path, normalised. Throws PATH_NOT_ALLOWED when it was not granted for this use. */
  require(use: Use, path: string): string;
  /** The same, and the grant is used up: the save dialog's question about an existing file was for this time. */
  spend(use: Use, path: string): string;
}

export function createPathGrants(): PathGrants {
  const granted: Record<Use, Set<string>> = {
    read: new Set(),
    write: new Set(),
    folder: new Set(),
    show: new Set(),
  };
  const require = (use: Use, path: string): string => {
    const wanted = normalize(path);
    if (!granted[use].has(wanted)) throw new Fault('PATH_NOT_ALLOWED', { reason: 'not-picked' });
    return wanted;
  };
  return {
    grant(use, path) {
      granted[use].add(normalize(path));
    },
    require,
    spend(use, path) {
      const wanted = require(use, path);
      granted[use].delete(wanted);
      return wanted;
    },
  };
}
