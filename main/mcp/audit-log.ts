/**
 * `audit.jsonl` in the settings folder: who called which tool when, and what came of it. Arguments are kept as a digest
 * alone: they may hold paths and names that are nobody's business who reads the file later.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, renameSync, statSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { agentCall, type AgentCall } from '../../preload/agents.ts';
import { codeOf } from '../files/file-faults.ts';
import { plainText } from './plain-text.ts';

/** Calls that are shown. */
const MOST_SHOWN = 100;
/** Bytes from which on a new file begins; the one before is kept beside it, and none older. */
const MOST_BYTES = 1 << 20;

export interface AuditLog {
  /** Never throws: what cannot be written is kept in memory, and the call goes on. */
  note(call: AgentCall): void;
  /** The last hundred, newest first. */
  last(): AgentCall[];
  /** Why the latest calls are in memory alone: a code of the file system; null: they are in the file. */
  readonly trouble: string | null;
  /** Resolves once what was noted is written. */
  settled(): Promise<void>;
}

export function openAuditLog(home: string, mostBytes = MOST_BYTES): AuditLog {
  const path = join(home, 'audit.jsonl');
  const older = join(home, 'audit.old.jsonl');
  const calls = [...callsIn(older), ...callsIn(path)].slice(-MOST_SHOWN);
  let size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  // A line that a crash has cut is ended first.
  let torn = size > 0;
  let trouble: string | null = null;
  let writing = Promise.resolve();

  const write = async (line: string): Promise<void> => {
    try {
      if (size > 0 && size + line.length > mostBytes) {
        renameSync(path, older);
        size = 0;
        torn = false;
      }
      const text = torn ? `\n${line}` : line;
      await appendFile(path, text, { mode: 0o600 });
      // One that was there keeps its mode, whatever that is.
      if (size === 0 || torn) chmodSync(path, 0o600);
      size += Buffer.byteLength(text);
      torn = false;
      trouble = null;
    } catch (error) {
      trouble = codeOf(error);
    }
  };

  return {
    note(call) {
      calls.push(call);
      if (calls.length > MOST_SHOWN) calls.shift();
      const line = `${JSON.stringify(call)}\n`;
      writing = writing.then(() => write(line));
    },
    last: () => calls.toReversed(),
    get trouble() {
      return trouble;
    },
    settled: () => writing,
  };
}

/** Of this run of the program alone: without it short arguments could be guessed from their digests. */
const SALT = randomBytes(32);

/** What stands for the arguments of a call: the same for the same arguments while the program runs, and telling nothing of them. */
export function digestOf(args: unknown): string {
  return createHmac('sha256', SALT)
    .update(JSON.stringify(args ?? {}))
    .digest('hex')
    .slice(0, 16);
}

/** What a client calls itself, as it may be kept and shown. */
export const clientName = (text: string): string => plainText(text, 100).trim();

/** Lines that nobody here understands are passed over; a file that cannot be read counts as empty. */
function callsIn(path: string): AgentCall[] {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .slice(-MOST_SHOWN - 1)
      .flatMap((line) => {
        const parsed = agentCall.safeParse(parse(line));
        return parsed.success ? [parsed.data] : [];
      });
  } catch {
    return [];
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
