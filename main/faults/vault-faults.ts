import type { FaultCode } from './fault.ts';
import { describeVaultReason } from './vault-reasons.ts';
import { cameSomeWay, moment, text, type Entry } from './words.ts';

type VaultFaultCode = Extract<
  FaultCode,
  'BACKUP_NOT_FOUND' | 'BACKUP_DAMAGED' | 'NOT_A_VAULT' | 'VAULT_GONE' | 'VAULT_BUSY' | 'VAULT_NEWER'
>;

/** The sentences about backups and where they lie. */
export const vaultFaults: Record<VaultFaultCode, Entry> = {
  BACKUP_NOT_FOUND: {
    exit: 3,
    message: (p) =>
      p['backup'] === undefined && p['collection'] !== undefined
        ? `There is no verified backup of the index "${text(p['collection'])}" here.`
        : `There is no backup ${p['backup'] === undefined ? 'of that name' : `"${text(p['backup'])}"`} here.`,
    hint: (p) =>
      p['backup'] === undefined && p['collection'] !== undefined
        ? 'Back it up first.'
        : p['choices'] === undefined
          ? 'Check the name, and whether this is the vault that is meant.'
          : `The newest are: ${text(p['choices'])}.`,
  },
  BACKUP_DAMAGED: {
    exit: 5,
    message: (p) => {
      const backup = text(p['backup']);
      if (backup !== '') return `The backup "${backup}" is damaged: ${describeVaultReason(p)}.`;
      return `${p['path'] === undefined ? 'A backup' : 'The vault'} is damaged: ${describeVaultReason(p)}.`;
    },
    hint: (p) => {
      if (p['reason'] === 'newer') return 'A newer Vectorkeep can read it.';
      return cameSomeWay(p)
        ? 'The index holds only a part of it. Verify the vault to see which backups are whole, and restore one of those.'
        : 'No index was changed. Verify the vault to see which backups are whole, and use one of those.';
    },
  },
  NOT_A_VAULT: {
    exit: 3,
    message: (p) => `${text(p['path'], 'That folder')} is not a vault of backups: other things are in it.`,
    hint: () => 'Nothing was written there. Choose an empty folder, or one that is a vault.',
  },
  VAULT_GONE: {
    exit: 1,
    message: (p) => `The vault is not at ${text(p['path'], 'its place')}, or another one has taken its place.`,
    hint: (p) =>
      `${cameSomeWay(p) ? '' : 'Nothing was written to what is there now. '}If the vault is on a drive, connect it and try again.`,
  },
  VAULT_BUSY: {
    exit: 1,
    message: (p) => {
      const host = p['host'] === undefined ? '' : ` on ${text(p['host'])}`;
      const who = [
        text(p['purpose']),
        p['pid'] === undefined ? '' : `process ${text(p['pid'])}${host}`,
        p['since'] === undefined ? '' : `since ${moment(p['since'])}`,
      ].filter((part) => part !== '');
      return `Something else is writing to this vault${who.length === 0 ? '' : ` (${who.join(', ')})`}.`;
    },
    hint: () => 'Its backups are not affected. Try again when that is done.',
  },
  VAULT_NEWER: {
    exit: 3,
    message: (p) =>
      `${text(p['path'], 'The vault')} was made by a newer Vectorkeep${p['version'] === undefined ? '' : ` (format ${text(p['version'])})`}.`,
    hint: () => 'Nothing was written to it. Update Vectorkeep to use it fully.',
  },
};
