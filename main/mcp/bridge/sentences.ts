/** What the bridge says, to the person on stderr and to the agent as an error: what is wrong, and the next step. Pure. */
import { plainText } from '../plain-text.ts';
import type { Announcement, Distrust } from './announced.ts';

const WHY: Readonly<Record<Distrust, string>> = {
  'no-file': 'it is a link, or no file at all',
  foreign: 'it belongs to another user',
  shared: 'other users of this machine can read it',
  unreadable: 'it cannot be read',
  malformed: 'it is damaged',
  elsewhere: 'it does not lead to this machine',
};

export const sentences = {
  notRunning: (canStart: boolean): string =>
    'Vectorkeep is not running. Open Vectorkeep, or run "vectorkeep serve" in a terminal, then try again' +
    (canStart ? '; or start this bridge with --start.' : '.'),
  switchedOff:
    'Vectorkeep is running, but its endpoint for agents is switched off. Switch it on in the settings of Vectorkeep, ' +
    'then try again.',
  leftOff: 'The endpoint for agents is switched off. Open Vectorkeep and switch it on in its settings, then try again.',
  distrusted: ({ path, why }: Extract<Announcement, { kind: 'distrusted' }>): string =>
    `The file ${plainText(path, 4096)} is not trusted: ${WHY[why]}. Nothing was sent. Remove that file, start Vectorkeep again, then try again.`,
  strange:
    'What answers at the address of Vectorkeep is not its endpoint, or does not accept its token. Start Vectorkeep ' +
    'again, then try again.',
  unfinished:
    'The connection to Vectorkeep broke before the answer came. The call may have been carried out all the same: look ' +
    'with list_backups, list_collections or get_job before you repeat it.',
  broken: 'The connection to Vectorkeep broke before the answer came. Try again.',
  busy: 'Vectorkeep is busy with too many requests. Try again in a minute.',
  startFailed: (reason: string): string =>
    `Vectorkeep could not be started: ${reason === '' ? 'it ended at once.' : plainText(reason, 1024)} Run "vectorkeep serve" in a terminal to see why.`,
  startSlow: 'Vectorkeep was started, but its endpoint did not appear in time. Try again in a minute.',
} as const;
