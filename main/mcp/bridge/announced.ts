/** Where the endpoint is, as `mcp.json` says, when that file is to be trusted with a token. */
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { lives } from '../../processes/process-identity.ts';

export interface Announced {
  readonly url: string;
  readonly token: string;
}

/** Why the file is not trusted. */
export type Distrust = 'no-file' | 'foreign' | 'shared' | 'unreadable' | 'malformed' | 'elsewhere';

export type Announcement =
  | { readonly kind: 'found'; readonly at: Announced }
  /** Nobody has announced an endpoint, or who has is gone. */
  | { readonly kind: 'none' }
  | { readonly kind: 'distrusted'; readonly path: string; readonly why: Distrust };

const content = z.object({
  url: z.string(),
  token: z.string().regex(/^[\x21-\x7e]{1,200}$/),
  pid: z.int().positive(),
});
/** Nowhere but on this machine, and in these very words. */
const ADDRESS = /^http:\/\/127\.0\.0\.1:([1-9]\d{0,4})\/mcp$/;
const MOST_BYTES = 64 * 1024;
/** A pipe in its place is not waited for. Windows knows neither. */
const FLAGS =
  process.platform === 'win32' ? constants.O_RDONLY : constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Reads it anew. Never throws. */
export function announcedIn(home: string): Announcement {
  const path = join(home, 'mcp.json');
  const distrust = (why: Distrust): Announcement => ({ kind: 'distrusted', path, why });
  let text: string;
  try {
    // Whose it is is asked of the file that is open, and no link is followed to another.
    const file = openSync(path, FLAGS);
    try {
      const why = distrustOf(fstatSync(file));
      if (why !== null) return distrust(why);
      text = readFileSync(file, 'utf8');
    } finally {
      closeSync(file);
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'none' };
    return distrust(code === 'ELOOP' ? 'no-file' : 'unreadable');
  }
  const found = parse(text);
  if (found === undefined) return distrust('malformed');
  if (Number(ADDRESS.exec(found.url)?.[1] ?? 65_536) > 65_535) return distrust('elsewhere');
  if (!lives(found.pid)) return { kind: 'none' };
  return { kind: 'found', at: { url: found.url, token: found.token } };
}

function distrustOf(stat: Stats): Distrust | null {
  if (!stat.isFile()) return 'no-file';
  if (stat.size > MOST_BYTES) return 'malformed';
  // Windows keeps the folder itself to its person.
  if (process.getuid === undefined) return null;
  if (stat.uid !== process.getuid()) return 'foreign';
  return (stat.mode & 0o077) === 0 ? null : 'shared';
}

function parse(text: string): z.infer<typeof content> | undefined {
  try {
    return content.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
