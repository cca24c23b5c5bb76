import type { FaultParams, Notice, NoticeCode } from './fault.ts';
import { because, moment, number, text } from './words.ts';

const notices: Record<NoticeCode, (p: FaultParams) => string> = {
  MODEL_UNKNOWN: (p) =>
    `The embedding model of the ${text(p['of'], 'file')} is not known, so it could not be checked that file and index fit.`,
  MODEL_DIFFERS: (p) =>
    `The ${text(p['of'], 'file')} was made with ${text(p['file'])}, the index with ${text(p['target'])}; it ${p['dryRun'] === true ? 'would be' : 'was'} ${p['of'] === 'backup' ? 'restored' : 'imported'} as asked.`,
  INDEX_MOVED: (p) =>
    `The index was written to while it was read: ${text(p['before'])} points before, ${text(p['after'])} after.`,
  FILES_NOT_ALL_LISTED: (p) =>
    `The export lists only the first ${text(p['listed'])} files of the index; it holds all points, ${text(p['points'])} of them from files that are not listed.`,
  SETTING_NOT_TAKEN: (p) =>
    `The target did not take the setting ${text(p['setting'])} (wanted ${text(p['wanted'])}, has ${text(p['got'], 'none')}).`,
  ALIAS_TAKEN: (p) =>
    `The alias "${text(p['alias'])}" already belongs to "${text(p['collection'])}" and was left there.`,
  ALIAS_KEPT_BACK: (p) => `The alias "${text(p['alias'])}" was not set.`,
  LOSSY_DATATYPE: (p) =>
    `The target stores ${text(p['vector'], 'vectors')} as ${text(p['target'])}: values of ${text(p['file'])} lose precision.`,
  NO_SUMMARY: () => 'The file carries no checksum, so only its structure could be checked.',
  INDEXING_PENDING: () => 'All points are written; Qdrant is still building its search index.',
  COMPANION_MISSING: (p) =>
    `The companion file ${text(p['path'])} is no longer there, so the backup does not carry it.`,
  COMPANIONS_NOT_RESTORED: (p) =>
    p['path'] !== undefined
      ? `${text(p['path'])} could not be written${because(p)}. ${p['count'] === 1 ? 'This companion file stays' : `${text(p['count'])} companion files stay`} in the ${text(p['of'], 'file')}; all points are written.`
      : p['count'] === 1
        ? `The ${text(p['of'], 'file')} carries 1 companion file; it stays in it.`
        : `The ${text(p['of'], 'file')} carries ${text(p['count'])} companion files; they stay in it.`,
  SETTINGS_REPLACED: (p) =>
    `The settings file could not be read. ${p['restored'] === 'last-good' ? 'The last good copy is used' : 'Vectorkeep starts with fresh settings'}; the damaged file is kept as ${text(p['keptAs'])}.`,
  SETTINGS_NOT_USED: (p) => `Vectorkeep goes on without its settings and remembers nothing of this${because(p)}.`,
  INDEX_SHRANK: (p) =>
    `The index has lost half of its points or more: the backup before has ${number(p['before'])}, this one ${number(p['after'])}. All its backups are kept until you say that this is right.`,
  BACKUP_UNREADABLE: (p) =>
    `The backup "${text(p['backup'])}" is damaged and left out: ${text(p['path'], 'its description')} cannot be read. The others are not affected.`,
  PARENT_DAMAGED: (p) =>
    `Of the backup before, "${text(p['backup'])}", ${p['segments'] === 1 ? '1 file is' : `${number(p['segments'])} files are`} damaged. The points in question were stored anew, so this backup is whole.`,
  ROTATION_FROZEN: (p) =>
    `All backups of "${text(p['collection'])}" are kept: the index had lost half of its points or more when "${text(p['backup'])}" was taken, and nobody has said yet that this is right.`,
  ROTATION_CLOCK: (p) =>
    `All backups of "${text(p['collection'])}" are kept: the newest, "${text(p['backup'])}", is dated ${moment(p['at'])}, which is in the future, and a clock that is wrong must not decide what goes.`,
  BACKUP_REUSED: (p) =>
    `This backup was taken ${p['seconds'] === 0 ? 'just now' : p['seconds'] === 1 ? '1 second ago' : `${number(p['seconds'])} seconds ago`} for the same reason: it is returned, and no second one was taken.`,
  SCRATCH_LEFT: (p) =>
    `The scratch index "${text(p['collection'])}" that the test was made with could not be removed. Vectorkeep tries again when it starts.`,
  MOVED_DAMAGED: (p) =>
    `Files of the backups that were damaged before (${number(p['count'])}) were moved as they are. Verify the vault to see which backups are whole.`,
  VAULT_LEFT: (p) =>
    `The backups are moved, but not everything could be removed from ${text(p['path'], 'the old folder')}${because(p)}. Nothing uses it any more.`,
  ROTATION_FAILED: (p) => `The backup is safe, but older ones could not be removed${because(p)}.`,
};

export function explainNotice(notice: Notice): { code: string; message: string } {
  return { code: notice.code, message: notices[notice.code](notice.params) };
}
