/** Paths that an agent could try, the ground on which they would lead somewhere, and what is to be said to each. */
import { spawnSync } from 'node:child_process';
import { linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Stands in files that no agent may read. */
export const FOREIGN = 'the words of a file that is nobody’s business';

/** An export file of one point, of the collection `name`. */
const archive = (name: string): string =>
  JSON.stringify({
    version: '1.0',
    metadata: { collection: name, dimensions: 8 },
    vectors: [{ id: 1, vector: [1, 2, 3, 4, 5, 6, 7, 8], payload: { text: FOREIGN } }],
  });

/**
 * Below `base`: `secret` with an export file and words, `exports-old` beside `exports`, and in `exports` links of all kinds, a pipe, a device
 * where one can be made, a folder with the name of a file, and `sub/x.json`, which is harmless.
 */
export function layTraps(base: string): void {
  const at = (...names: string[]) => join(base, ...names);
  for (const folder of ['secret/inner', 'exports-old', 'exports/sub', 'exports/folder.json'])
    mkdirSync(at(folder), { recursive: true });
  for (const file of ['secret/key.json', 'secret/x.json', 'secret/inner/key.json', 'exports-old/key.json'])
    writeFileSync(at(file), archive('stolen'));
  writeFileSync(at('secret/words.txt'), FOREIGN);
  writeFileSync(at('exports/good.json'), archive('harmless'));
  writeFileSync(at('exports/sub/x.json'), archive('harmless'));
  linkSync(at('secret/words.txt'), at('exports/hard.json'));
  for (const [name, target] of [
    ['way-out', at('secret')],
    ['way-up', '..'],
    ['key.json', at('secret/key.json')],
    ['relative.json', '../secret/key.json'],
    ['same.json', 'good.json'],
    ['dangling', at('nowhere')],
    ['dangling.json', at('nowhere/new.json')],
    ['new-through-link.json', at('secret/made.json')],
    ['loop', at('exports/loop')],
    ['top', '/'],
    ['self.json', '/proc/self/environ'],
    ['twice', at('exports/way-out')],
  ] as const)
    symlinkSync(target, at('exports', name));
  if (spawnSync('mkfifo', [at('exports/pipe.json')]).status !== 0) throw new Error('No pipe.');
  // Where only root may make devices, the name is missing, which is no different for the agent.
  spawnSync('mknod', [at('exports/device.json'), 'c', '1', '5']);
}

/** Said to reading and to writing. */
type Said = 'PATH_NOT_ALLOWED' | 'FILE_NOT_FOUND' | 'FILE_EXISTS' | 'BAD_ARCHIVE' | 'done' | null;

const NO = 'PATH_NOT_ALLOWED';
/** `BASE` stands for the folder above the export folder; null: the arguments are refused as such. */
export const PATH_TRICKS: readonly (readonly [path: string, reading: Said, writing: Said])[] = [
  ['', null, null],
  ...[
    ...['.', './', '..', '../', '/', '//', '...', '. .', ' ', '\t'],
    ...['../secret/key.json', './../secret/key.json', 'sub/../../secret/key.json', 'sub/../good.json', 'sub/..'],
    ...['sub/./../../secret/key.json', '....//....//secret/key.json', '.../...//secret/key.json'],
    ...['../exports-old/key.json', '../exports/good.json', '..\\secret\\key.json', 'sub\\..\\..\\secret\\key.json'],
    ...['BASE', 'BASE/', 'BASE/exports', 'BASE/exports/', 'BASE/secret/key.json', 'BASE//secret//key.json'],
    ...['BASE/exports-old/key.json', 'BASE/exports/../secret/key.json', 'BASE/exports/./../secret/key.json'],
    ...['BASE/shared/../secret/key.json', 'BASE/EXPORTS/good.json', 'BASE/home/mcp-token', 'BASE/home/mcp.json'],
    ...['BASE/vault/README.txt', 'BASE/exports/sub/../../home/mcp-token'],
    ...['/etc/passwd', '/proc/self/environ', '/proc/self/cwd/x.json', '/proc/self/root/etc/passwd', '/proc/self/fd/0'],
    ...['/dev/stdin', '/dev/fd/0', '/dev/null', '/dev/zero', '/dev/tty', '/dev/shm/x.json', '/tmp/vk-stranger.json'],
    ...[
      '~',
      '~/x.json',
      '~root/x.json',
      '$HOME/x.json:',
      '%USERPROFILE%\\x.json',
      '`id`|x.json',
      '*.json',
      'g?od.json',
    ],
    ...['//server/share/x.json', '\\\\server\\share\\x.json', '\\\\?\\C:\\x.json', '\\\\.\\pipe\\x', '//?/C:/x.json'],
    ...['C:\\x.json', 'C:/x.json', 'C:x.json', 'c:', '\\x.json', 'file:///etc/passwd', 'http://127.0.0.1/x.json'],
    ...[
      'good.json:stream',
      'good.json::$DATA',
      'good.json\u0000.txt',
      'good.json\u0000',
      'BASE/exports/good.json\u0000',
    ],
    ...['new\nline.json', 'new\rline.json', 'bell\u0007.json', 'esc\u001b[2J.json', 'del\u007f.json', 'c1\u0085.json'],
    ...['good\u202enosj.json', 'good\u2066.json', 'zero\u200bwidth.json', 'joined\u200d.json', 'bom\ufeff.json'],
    ...['line\u2028.json', 'private\ue000.json', 'soft\u00adhyphen.json', 'tag\u{e0041}.json'],
    ...['CON', 'con.json', 'NUL', 'NUL.json.gz', 'sub/aux.json', 'PRN.tar.json', 'COM1.json', 'lpt9.json', 'COM².json'],
    ...['CONIN$', 'conout$.json', 'sub/nul/x.json'],
    ...['good.json.', 'good.json ', 'good.json...', 'sub./x.json', 'sub /x.json', 'sub/', 'folder.json/'],
    ...['way-out/key.json', 'way-out/inner/key.json', 'way-out/../key.json', 'way-up/secret/key.json'],
    ...['twice/key.json', 'top/etc/passwd', 'top/tmp/vk-stranger.json', 'dangling/new.json', 'loop/x.json'],
    ...['good.json/x.json', 'pipe.json/x.json', 'BASE/exports/way-out/key.json', 'BASE/exports/top/etc/passwd'],
    ...[
      'x'.repeat(241),
      `${'é'.repeat(121)}.json`,
      `sub/${'x'.repeat(300)}/y.json`,
      'x/'.repeat(2000),
      '/'.repeat(4096),
    ],
  ].map((path) => [path, NO, NO] as const),
  ['x'.repeat(5000), null, null],
  ...['key.json', 'relative.json', 'same.json', 'dangling.json', 'new-through-link.json', 'self.json', 'pipe.json'].map(
    (path) => [path, NO, 'FILE_EXISTS'] as const,
  ),
  // Names without an ending get one.
  ['folder.json', NO, 'FILE_EXISTS'],
  ['good.json', 'done', 'FILE_EXISTS'],
  ['./sub//x.json', 'done', 'FILE_EXISTS'],
  // A second name of a file is that file; its words are not repeated.
  ['hard.json', 'BAD_ARCHIVE', 'FILE_EXISTS'],
  ['..%2fsecret%2fkey.json', 'FILE_NOT_FOUND', 'done'],
  ['..;/secret/key.json', 'FILE_NOT_FOUND', 'done'],
  ['%2e%2e/secret/key.json', 'FILE_NOT_FOUND', 'done'],
  ['..%c0%af..%c0%afsecret.json', 'FILE_NOT_FOUND', 'done'],
  ['GOOD.JSON.gz', 'FILE_NOT_FOUND', 'done'],
];
