import type { FaultParams } from './fault.ts';

/** Why a path is not taken: `reason` of PATH_NOT_ALLOWED, each with its sentence. */
export const PATH_REASONS: Readonly<Record<string, string>> = {
  empty: 'The path is empty.',
  'too-long': 'That path, or a name in it, is too long.',
  characters: 'That path holds characters or endings that file names may not have here.',
  device: 'That path names a device of the system.',
  parent: 'That path leads upwards by two dots.',
  outside: 'That path is outside the folders that may be used.',
  own: 'That path is in a folder that Vectorkeep keeps for itself.',
  link: 'That path leads over a link to nowhere.',
  moved: 'That path has come to lead elsewhere since it was looked at.',
  'not-a-file': 'That path is not one of an ordinary file.',
  'not-picked': 'The window asked for a file that nobody chose.',
};

export function describePathReason(params: FaultParams): string {
  return PATH_REASONS[String(params['reason'])] ?? 'That path may not be used.';
}
