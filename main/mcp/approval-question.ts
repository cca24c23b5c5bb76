/** A request for approval in the words that the person reads. Pure. */
import type { ApprovalRequest, ImportApproval, RestoreApproval } from './approval.ts';

export interface Question {
  readonly message: string;
  /** Some lines. */
  readonly detail: string;
  /** Label of the button that allows it. */
  readonly yes: string;
}

export function questionOf(request: ApprovalRequest): Question {
  return request.kind === 'import' ? aboutImport(request) : aboutRestore(request);
}

/** In the time of this computer, as everywhere else that people read. */
const moment = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short' });

const count = (points: number): string => `${points.toLocaleString('en')} ${points === 1 ? 'point' : 'points'}`;

const target = ({ connection, collection, points }: ApprovalRequest): string =>
  `Index: ${collection} on ${connection}, ${count(points)} now`;

function aboutImport(request: ImportApproval): Question {
  const what = request.onConflict === 'overwrite' ? 'replaced by' : 'merged with';
  return {
    message: 'A coding agent wants to import into an index that has points',
    detail: [
      ...warnings(request),
      target(request),
      `File: ${ending(request.path)}`,
      '',
      `Points that are in both would be ${what} what the file holds.`,
      ...counted(request),
      ...copied(request),
    ].join('\n'),
    yes: 'Allow this import',
  };
}

/** What a dry run has found. Nothing is done if the index is another one by then. */
const counted = ({ effect, onConflict }: ApprovalRequest): string[] =>
  effect === null
    ? []
    : [
        `In numbers: ${effect.updated.toLocaleString('en')} ${onConflict === 'merge' ? 'merged' : 'replaced'}, ${effect.removed.toLocaleString('en')} removed, ` +
          `${effect.new.toLocaleString('en')} new.`,
      ];

const copied = ({ safetyCopy }: ApprovalRequest): string[] => (safetyCopy ? ['The index is backed up first.'] : []);

/** In front of all that the agent could make long. */
const warnings = ({ safetyCopy, allowModelMismatch }: ApprovalRequest): string[] => {
  const told = [
    ...(safetyCopy ? [] : ['The agent asks for NO safety copy: what is lost by this cannot be brought back.']),
    ...(allowModelMismatch
      ? ['It would go on even where the vectors are of ANOTHER MODEL than those of the index.']
      : []),
  ];
  return told.length === 0 ? [] : [...told, ''];
};

/** Characters of a path that are shown: what it ends with says which file it is. */
const LONGEST_PATH = 120;

const ending = (path: string): string =>
  path.length <= LONGEST_PATH ? path : `…${path.slice(1 - LONGEST_PATH).replace(/^[\udc00-\udfff]/, '')}`;

/** What becomes of points of the target. */
const EFFECTS = {
  overwrite: 'Points that differ would be replaced by what the backup holds.',
  merge: 'Points that differ would be merged with what the backup holds.',
  exact: 'Points that differ would be replaced by what the backup holds, and points that it does not hold removed.',
};

function aboutRestore(request: RestoreApproval): Question {
  const { backup, createdAt, backupPoints, onConflict, paths } = request;
  const lines = [
    ...warnings(request),
    target(request),
    `Backup: ${backup}, ${count(backupPoints)}, taken ${moment.format(new Date(createdAt))}`,
    '',
    EFFECTS[onConflict],
    ...counted(request),
    ...copied(request),
    ...(paths === null ? [] : ['', `Only points of files that match: ${paths}`]),
  ];
  return {
    message: 'A coding agent wants to restore a backup into an index that has points',
    detail: lines.join('\n'),
    yes: 'Allow this restore',
  };
}
