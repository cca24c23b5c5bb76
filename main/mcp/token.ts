/** The endpoint's secret: 256 bits, made once, readable by its owner alone. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writePrivateFile } from '../settings/private-file.ts';

const FORM = /^[A-Za-z0-9_-]{43}$/;

/** The token kept in `home`. One that is missing, malformed or was readable by others is replaced. */
export function loadToken(home: string): string {
  const path = join(home, 'mcp-token');
  try {
    const stat = lstatSync(path);
    const isPrivate = process.platform === 'win32' || (stat.mode & 0o077) === 0;
    const token = stat.isFile() && isPrivate ? readFileSync(path, 'utf8').trim() : '';
    if (FORM.test(token)) return token;
  } catch {
    // None yet, or not to be read: a new one is made, and failing to write it is an error of its own.
  }
  return makeToken(home);
}

/** A new token in the place of the old one. Throws the error of the file system. */
export function makeToken(home: string): string {
  const token = randomBytes(32).toString('base64url');
  writePrivateFile(join(home, 'mcp-token'), `${token}\n`);
  return token;
}

/** Whether an Authorization header carries the token. The time it takes says nothing about either. */
export function carriesToken(header: string | undefined, token: string): boolean {
  const given = /^Bearer +(\S+)$/i.exec(header ?? '')?.[1] ?? '';
  return timingSafeEqual(digest(given), digest(token));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
