/**
 * The stable codes of everything that can go wrong. They are part of the contract with agents and
 * scripts: a code is never renamed. `explain.ts` holds the one sentence for each.
 */
export const FAULT_CODES = [
  'USAGE',
  'CANCELLED',
  'INTERNAL',
  // the file
  'BAD_ARCHIVE',
  'FILE_NOT_FOUND',
  'FILE_NOT_READABLE',
  'FILE_EXISTS',
  'PATH_NOT_ALLOWED',
  'NO_SPACE',
  'WRITE_FAILED',
  // file and index do not fit
  'SCHEMA_MISMATCH',
  'MODEL_MISMATCH',
  // Qdrant
  'QDRANT_UNREACHABLE',
  'QDRANT_FORBIDDEN',
  'QDRANT_REFUSED',
  'NOT_QDRANT',
  'COLLECTION_NOT_FOUND',
  'COLLECTION_CHANGED',
  'COLLECTION_HIDDEN_POINTS',
  'NO_LOCAL_SERVER',
  // the vault
  'BACKUP_NOT_FOUND',
  'BACKUP_DAMAGED',
  'NOT_A_VAULT',
  'VAULT_GONE',
  'VAULT_BUSY',
  'VAULT_NEWER',
  // this program
  'CONNECTION_NOT_FOUND',
  'COLLECTION_AMBIGUOUS',
  'KEY_LOCKED',
  'BUSY',
  'APPROVAL_NEEDED',
  'APPROVAL_DENIED',
  'PLAN_OUTDATED',
  'PLAN_GONE',
  'READ_ONLY',
  'JOB_NOT_FOUND',
] as const;

export type FaultCode = (typeof FAULT_CODES)[number];

/** What a sentence about a fault may mention. Never a secret: these reach logs, results and cards. */
export type FaultParams = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** A fault as plain data: crosses the worker port and the IPC border. */
export interface FaultData {
  readonly code: FaultCode;
  readonly params: FaultParams;
}

/** The one error type that parts of this program throw on purpose. */
export class Fault extends Error {
  readonly code: FaultCode;
  readonly params: FaultParams;

  constructor(code: FaultCode, params: FaultParams = {}, options?: { cause?: unknown }) {
    super(`${code} ${JSON.stringify(params)}`, options);
    this.name = 'Fault';
    this.code = code;
    this.params = params;
  }

  /** The same fault with more to say, e.g. how far an import came before it. */
  with(more: FaultParams): Fault {
    return new Fault(this.code, { ...this.params, ...more }, { cause: this.cause });
  }

  toData(): FaultData {
    return { code: this.code, params: this.params };
  }

  static fromData(data: FaultData): Fault {
    return new Fault(data.code, data.params);
  }

  /** Anything thrown, as a Fault. What nobody foresaw becomes INTERNAL with its message as `reason`. */
  static from(error: unknown): Fault {
    if (error instanceof Fault) return error;
    if (isAbort(error)) return new Fault('CANCELLED', {}, { cause: error });
    const reason = error instanceof Error ? error.message : String(error);
    return new Fault('INTERNAL', { reason }, { cause: error });
  }
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

/** Something worth telling that does not stop the work. Same shape as a fault, other codes. */
export const NOTICE_CODES = [
  'MODEL_UNKNOWN',
  'MODEL_DIFFERS',
  'INDEX_MOVED',
  'FILES_NOT_ALL_LISTED',
  'SETTING_NOT_TAKEN',
  'ALIAS_TAKEN',
  'ALIAS_KEPT_BACK',
  'LOSSY_DATATYPE',
  'NO_SUMMARY',
  'INDEXING_PENDING',
  'COMPANIONS_NOT_RESTORED',
  'COMPANION_MISSING',
  'SETTINGS_REPLACED',
  'SETTINGS_NOT_USED',
  'INDEX_SHRANK',
  'BACKUP_UNREADABLE',
  'PARENT_DAMAGED',
  'ROTATION_FROZEN',
  'ROTATION_CLOCK',
  'ROTATION_FAILED',
  'SCRATCH_LEFT',
  'MOVED_DAMAGED',
  'VAULT_LEFT',
  'BACKUP_REUSED',
] as const;

export type NoticeCode = (typeof NOTICE_CODES)[number];

export interface Notice {
  readonly code: NoticeCode;
  readonly params: FaultParams;
}
