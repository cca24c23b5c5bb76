import { Fault } from '../faults/fault.ts';

/** What no collection's name may hold, also one that an old Qdrant made. */
const FORBIDDEN = /[<>"/\\|?*\u0000\u001f]/;

/**
 * Refuses a name that no Qdrant takes, before it becomes part of an address and somebody else answers there.
 * Throws USAGE with `field: 'collection'`, `reason`: `empty`, `length` or `characters`.
 */
export function checkCollectionName(name: string): void {
  requireName(name);
  if (Buffer.byteLength(name) > 255) refuse('length');
  if (FORBIDDEN.test(name)) refuse('characters');
}

/** The same of what was asked for, which may be an alias: only an empty one cannot be. */
export function requireName(name: string): void {
  if (name === '') refuse('empty');
}

/** Indexes that are made to try something and removed again. */
export const SCRATCH_PREFIX = 'vectorkeep-drill-';
export const isScratchName = (name: string): boolean => /^vectorkeep-drill-[0-9a-f]{12}$/.test(name);

function refuse(reason: string): never {
  throw new Fault('USAGE', { field: 'collection', reason });
}
