import type { BigIntStats } from 'node:fs';

/**
 * What tells a file as it is now from another one of its name, or from what becomes of it. Who may write to it can set
 * every time but the last one of these, which is the system's own.
 */
export const stampOf = ({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string =>
  [dev, ino, size, mtimeNs, ctimeNs].join(':');
