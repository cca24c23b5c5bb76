/** The window's own protocol: files of the built page under app://vectorkeep/, and nothing else on earth. */
import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import { protocol, type Session } from 'electron';

const SCHEME = 'app';
const HOST = 'vectorkeep';
export const PAGE_URL = `${SCHEME}://${HOST}/index.html`;

/** What the page may do: run and style itself with its own files. No network, no inline code, no strings made code. */
const CONTENT_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Must run before the app is ready. Standard: it has an origin; secure: it counts as one that may be trusted. */
export function registerPageScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: SCHEME, privileges: { standard: true, secure: true } }]);
}

/** Serves the files of `folder`. */
export function servePage(session: Session, folder: string): void {
  const root = normalize(folder + sep);
  session.protocol.handle(SCHEME, async (request) => {
    const file = fileOf(request.url, root);
    const type = file === null ? undefined : TYPES[extname(file)];
    if (request.method !== 'GET' || file === null || type === undefined) return refuse();
    try {
      return new Response(await readFile(file), { headers: headers(type) });
    } catch {
      return refuse();
    }
  });
}

function fileOf(address: string, root: string): string | null {
  const url = new URL(address);
  if (url.host !== HOST) return null;
  const file = join(root, decodeURIComponent(url.pathname));
  return file.startsWith(root) ? file : null;
}

function refuse(): Response {
  return new Response('Not found', { status: 404, headers: headers('text/plain') });
}

function headers(type: string): Record<string, string> {
  return {
    'content-type': type,
    'content-security-policy': CONTENT_POLICY,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cache-control': 'no-cache',
  };
}

/** Whether `address` is the page itself, whatever its query or fragment. */
export function isPage(address: string): boolean {
  try {
    const url = new URL(address);
    return url.protocol === `${SCHEME}:` && url.host === HOST;
  } catch {
    return false;
  }
}
