import type { FaultParams } from './fault.ts';

/** What is wrong with something that was typed: `field` and `reason` of USAGE, each pair with its sentence. */
const SENTENCES: Readonly<Record<string, string>> = {
  'url empty': 'An address is needed, such as http://localhost:6333.',
  'url scheme': 'The address must begin with http:// or https://.',
  'url not-a-url': 'That is not a valid address.',
  'url credentials': 'The address must not hold a user name or password. Put the key into the key field.',
  'url query': 'The address must not have a part after "?". Put the key into the key field.',
  'name empty': 'A name is needed.',
  'name length': 'The name is too long: 255 characters at most.',
  'name characters': 'The name holds characters that cannot be shown.',
  'name taken': 'Another connection has that name already.',
  'apiKey empty': 'The key is empty.',
  'apiKey characters': 'The key holds characters that no API key can have, such as spaces or accents.',
  'exportFolder relative': 'The export folder must be a full path.',
  'vaultFolder relative': 'The folder of the backups must be a full path.',
  'vaultMove relative': 'The new folder of the backups must be a full path.',
  'vaultMove same': 'The backups are in that folder already.',
  'vaultMove inside': 'The new folder lies inside the folder of the backups. Choose one outside of it.',
  'vaultMove around': 'The folder of the backups lies inside the new one. Choose one that is empty.',
  'vaultMove not-empty': 'Other things are in the new folder. Choose one that is empty.',
  'vaultMove changed': 'Another folder was chosen for the backups meanwhile, so they were not moved.',
  'allowedFolders relative': 'The folder must be a full path.',
  'allowedFolders disk': 'A whole disk is more than agents need: choose a folder.',
  'allowedFolders many': 'There are fifty folders already: take one away first.',
  'plan_id other': 'The plan was made for another call: give the same arguments as with the dry run.',
  'cursor foreign': 'The cursor is not from an answer of this tool.',
  'collection needed':
    'The target index has to be named: the file does not tell, or is too large to be looked through now.',
  'collection empty': 'The name of the index is empty.',
  'collection length': 'The name of the index is too long: 255 bytes at most.',
  'collection characters': 'Qdrant takes no index whose name holds one of < > " / \\ | ? *.',
  'schedule expression':
    'That is not a schedule. An expression has five fields, for minute, hour, day, month and weekday, as 30 2 * * 1-5, and a time that comes.',
  'schedule fields':
    'That is not a schedule. An expression has five fields, for minute, hour, day, month and weekday, as 30 2 * * 1-5.',
  'schedule minute': 'The first field of that expression, the minute, is wrong: it takes 0 to 59, as in 30 2 * * 1-5.',
  'schedule hour': 'The second field of that expression, the hour, is wrong: it takes 0 to 23, as in 30 2 * * 1-5.',
  'schedule day':
    'The third field of that expression, the day of the month, is wrong: it takes 1 to 31, as in 30 2 1 * *.',
  'schedule month': 'The fourth field of that expression, the month, is wrong: it takes 1 to 12, as in 30 2 1 6 *.',
  'schedule weekday':
    'The fifth field of that expression, the weekday, is wrong: it takes 0 to 7, where 0 and 7 are Sunday, as in 30 2 * * 1-5.',
  'schedule never': 'Each field of that expression is right, but no day has all of it: its time never comes.',
  'settings invalid': 'That value is not one the settings can hold.',
  'port in-use': 'Another program uses that port already. Choose another one, or 0 for any free one.',
  'port not-allowed': 'That port is not open to this user. Choose one above 1023, or 0 for any free one.',
};

/** The sentence, or undefined when the fault is not about something typed. */
export function describeSetting(params: FaultParams): string | undefined {
  return SENTENCES[`${String(params['field'])} ${String(params['reason'])}`];
}
