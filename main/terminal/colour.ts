import { styleText } from 'node:util';
import type { Screen } from './output.ts';

/** What is said by colour is always said by a word too. */
export type Tone = 'good' | 'bad' | 'notice' | 'quiet';
export type Paint = (tone: Tone, text: string) => string;

const STYLES = { good: 'green', bad: 'red', notice: 'yellow', quiet: 'dim' } as const;

/** Without colour: in files, in pipes, and for whoever does not want any (no-color.org). */
export const unpainted: Paint = (_, text) => text;

export function paintFor({ isTTY }: Screen, env: NodeJS.ProcessEnv): Paint {
  if (isTTY !== true || (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb') return unpainted;
  return (tone, text) => (text === '' ? '' : styleText(STYLES[tone], text, { validateStream: false }));
}
