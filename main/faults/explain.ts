import { describeArchiveReason } from './archive-reasons.ts';
import { describeLocalServerReason } from './local-server-reasons.ts';
import { describeSetting } from './setting-reasons.ts';
import { Fault, type FaultCode, type FaultParams } from './fault.ts';
import { describePathReason } from './path-reasons.ts';
import { describeReachReason } from './reach-reasons.ts';
import { vaultFaults } from './vault-faults.ts';
import {
  again,
  because,
  cameSomeWay,
  howFar,
  isRestore,
  keptSafe,
  size,
  text,
  type Entry,
  type ExitCode,
} from './words.ts';

/** A name as a shell takes it. */
const quoted = (value: FaultParams[string]): string => {
  const name = text(value, 'NAME');
  return /^[\w.-]+$/.test(name) ? name : `"${name}"`;
};
const where = (p: FaultParams): string => text(p['url'], 'that address');
const unreached = (p: FaultParams): string => (p['reason'] === undefined ? '' : `: ${describeReachReason(p)}`);

const catalogue: Record<FaultCode, Entry> = {
  USAGE: {
    exit: 2,
    message: (p) => describeSetting(p) ?? text(p['reason'], 'That is not a valid request.'),
    hint: (p) =>
      p['window'] !== undefined
        ? 'Start Vectorkeep anew.'
        : p['field'] === undefined
          ? 'Change the request and try again.'
          : 'Change it and try again.',
  },
  CANCELLED: {
    exit: 130,
    message: (p) => `Cancelled${howFar(p)}.`,
    hint: (p) =>
      cameSomeWay(p)
        ? 'Run it again to finish.'
        : p['created'] === true
          ? 'The new index stays behind. Run it again to finish, or delete it.'
          : 'Nothing was left behind.',
  },
  INTERNAL: {
    exit: 1,
    message: (p) => `Something unexpected went wrong inside Vectorkeep${howFar(p)}.`,
    hint: (p) => `${again(p)}Copy the details and report them.`,
  },
  BAD_ARCHIVE: {
    exit: 3,
    message: (p) => `This file ${describeArchiveReason(p)}${howFar(p)}.`,
    hint: (p) =>
      cameSomeWay(p)
        ? 'Run the same import again with a file that stays as it is.'
        : p['reason'] === 'unknown_version'
          ? 'Nothing was written. A newer Vectorkeep may be able to read it.'
          : 'Nothing was written. Use another copy of the file, or export it again.',
  },
  FILE_NOT_FOUND: {
    exit: 3,
    message: (p) => `There is no file at ${text(p['path'])}.`,
    hint: () => 'Check the path.',
  },
  FILE_NOT_READABLE: {
    exit: 3,
    message: (p) => `${text(p['path'])} cannot be used${because(p)}.`,
    hint: () => 'Choose another place, or change its permissions.',
  },
  FILE_EXISTS: {
    exit: 3,
    message: (p) => `There is already a file at ${text(p['path'])}.`,
    hint: () => 'Choose another name.',
  },
  PATH_NOT_ALLOWED: {
    exit: 3,
    message: describePathReason,
    hint: (p) =>
      p['reason'] === 'not-picked'
        ? 'Choose the file again.'
        : `Use a path inside ${text(p['folder'], 'the export folder')}.`,
  },
  NO_SPACE: {
    exit: 1,
    message: (p) =>
      p['needed'] !== undefined
        ? `There is too little space at ${text(p['path'])}: ${size(p['needed'])} are needed, ${size(p['free'])} are free.`
        : `The disk is full${p['path'] === undefined ? '' : `: ${text(p['path'])} could not be written`}.`,
    hint: () => 'Free some space or choose another disk. Nothing was left behind.',
  },
  WRITE_FAILED: {
    exit: 1,
    message: (p) => `${text(p['path'], 'The file')} could not be written${because(p)}.`,
    hint: () => 'Choose another place and try again. Nothing was left behind.',
  },
  SCHEMA_MISMATCH: {
    exit: 3,
    message: (p) =>
      `The ${isRestore(p) ? 'backup' : 'file'} does not fit the index "${text(p['collection'])}"${because(p)}.`,
    hint: (p) => `Nothing was written. ${isRestore(p) ? 'Restore' : 'Import'} it into a new index instead.`,
  },
  MODEL_MISMATCH: {
    exit: 3,
    message: (p) =>
      `The ${isRestore(p) ? 'backup' : 'file'} was made with the model ${text(p['file'])}, the index "${text(p['collection'])}" with ${text(p['target'])}.`,
    hint: () => 'Nothing was written. Vectors of different models do not mix; allow it only if you are sure.',
  },
  QDRANT_UNREACHABLE: {
    exit: 4,
    message: (p) => `Could not reach Qdrant at ${where(p)}${unreached(p)}${howFar(p)}.`,
    hint: (p) => `${again(p)}Check that it is running and that the address is right.`,
  },
  QDRANT_FORBIDDEN: {
    exit: 4,
    message: (p) =>
      p['reason'] === 'no_key'
        ? `Qdrant at ${where(p)} asks for an API key.`
        : `Qdrant at ${where(p)} refuses this key${p['right'] === undefined ? '' : `: it lacks the right to ${text(p['right'])}`}.`,
    hint: (p) =>
      p['right'] === undefined || p['reason'] === 'key_form'
        ? 'Enter the API key of this Qdrant.'
        : 'Use an API key with that right.',
  },
  QDRANT_REFUSED: {
    exit: 4,
    message: (p) => `Qdrant refused the request${because(p)}${howFar(p)}.`,
    hint: (p) => `${again(p)}See the server's own log for the reason.`,
  },
  NOT_QDRANT: {
    exit: 4,
    message: (p) => `What answers at ${where(p)} is not a Qdrant server${unreached(p)}.`,
    hint: () => 'Check the address and the port; the REST port is 6333 by default.',
  },
  COLLECTION_NOT_FOUND: {
    exit: 3,
    message: (p) => `There is no index "${text(p['collection'])}" on this Qdrant.`,
    hint: (p) => (p['choices'] === undefined ? 'Check the name.' : `It has: ${text(p['choices'], 'none')}.`),
  },
  COLLECTION_CHANGED: {
    exit: 1,
    message: (p) => `The index "${text(p['collection'])}" was recreated or changed while it was being read.`,
    hint: () => 'Run it again when nobody is rebuilding the index.',
  },
  COLLECTION_HIDDEN_POINTS: {
    exit: 1,
    message: (p) =>
      `Qdrant still hides ${text(p['points'])} points of "${text(p['collection'])}" until they are indexed.`,
    hint: () => 'Wait until the index is optimised and run it again, so that nothing is missing.',
  },
  NO_LOCAL_SERVER: {
    exit: 4,
    message: (p) =>
      `The built-in Qdrant is not available${p['reason'] === undefined ? '' : `: ${describeLocalServerReason(p)}`}.`,
    hint: (p) =>
      p['reason'] === 'drill'
        ? 'Allow tests on the Qdrant that the index is on.'
        : 'Connect to a Qdrant of your own by its URL.',
  },
  ...vaultFaults,
  CONNECTION_NOT_FOUND: {
    exit: 2,
    message: (p) =>
      p['connection'] === undefined
        ? 'No Qdrant is chosen yet.'
        : `There is no connection named "${text(p['connection'])}".`,
    hint: (p) =>
      p['choices'] === undefined ? 'Choose one, or add one in the settings.' : `There are: ${text(p['choices'])}.`,
  },
  COLLECTION_AMBIGUOUS: {
    exit: 2,
    message: () => 'Which index is meant? None was named.',
    hint: (p) => `This Qdrant has: ${text(p['choices'], 'none')}.`,
  },
  KEY_LOCKED: {
    exit: 2,
    message: (p) => `The key of "${text(p['connection'])}" is locked in the keychain of the desktop app.`,
    hint: (p) =>
      `In the app, enter the key again in Settings. On the command line, use --connection ${quoted(p['connection'])} with --api-key-env.`,
  },
  BUSY: {
    exit: 1,
    message: (p) =>
      p['reason'] === 'approval'
        ? 'The person at the app has many questions of agents to answer already.'
        : p['reason'] === 'endpoint'
          ? `Vectorkeep serves agents from this settings folder already: at ${where(p)}, process ${text(p['pid'])}.`
          : p['reason'] === 'jobs'
            ? `Agents have ${text(p['most'], 'many')} jobs open already.`
            : `Another job is already writing to "${text(p['collection'])}".`,
    hint: (p) =>
      p['reason'] === 'approval'
        ? 'Call again after the person answered.'
        : p['reason'] === 'endpoint'
          ? 'Use that one, end it, or take another settings folder.'
          : p['reason'] === 'jobs'
            ? 'Wait for one to finish, or cancel one.'
            : 'Wait for it to finish, or cancel it.',
  },
  APPROVAL_NEEDED: {
    exit: 1,
    message: (p) =>
      p['reason'] === 'unanswered'
        ? 'This could overwrite data; the person at the app was asked and did not answer in ten minutes.'
        : 'This could overwrite data, and nobody has approved it.',
    hint: (p) =>
      p['reason'] === 'unanswered'
        ? 'Nothing was written. Tell the person, and make the same call again when they are there.'
        : 'Use conflict_strategy "skip", a new index as the target, or run it from the app.',
  },
  APPROVAL_DENIED: {
    exit: 1,
    message: (p) =>
      p['reason'] === 'policy'
        ? 'The settings of Vectorkeep refuse agents everything that could overwrite data.'
        : p['reason'] === 'lately'
          ? 'The person at the app refused this very call a few minutes ago.'
          : p['reason'] === 'client'
            ? 'The person at the client did not allow this to overwrite data.'
            : 'The person at the app did not allow this to overwrite data.',
    hint: () => 'Nothing was written. Use conflict_strategy "skip", or a new index as the target.',
  },
  PLAN_OUTDATED: {
    exit: 1,
    message: (p) => `The index "${text(p['collection'])}" is not what it was when this was planned.`,
    hint: () => 'Nothing was written. Look again with a dry run, and decide by what it says.',
  },
  PLAN_GONE: {
    exit: 2,
    message: () => 'This plan is not good any more: it was used already, is older than ten minutes, or never was.',
    hint: () => 'Nothing was written. Make the dry run again, and use the plan_id that it gives.',
  },
  READ_ONLY: {
    exit: 2,
    message: (p) => `The settings of Vectorkeep let agents only read; ${text(p['tool'], 'this tool')} writes.`,
    hint: () => 'Ask the person to do it in the app, or to allow writing under Coding agents in its settings.',
  },
  JOB_NOT_FOUND: {
    exit: 2,
    message: (p) => `There is no job ${text(p['job'])}.`,
    hint: () => 'Jobs are forgotten when Vectorkeep restarts.',
  },
};

/** What is damaged will be no better the next time. */
const saysHowToGoOn = ({ exit }: Entry, hint: string): boolean => exit === 5 || hint.includes('again');

/** The sentence, the next step and the exit code for a fault. The only place where a code becomes words. */
export function explainFault(fault: Fault): { message: string; hint: string; exitCode: ExitCode } {
  const entry = catalogue[fault.code];
  const { params } = fault;
  const message = entry.message(params);
  const hint = entry.hint(params);
  const far = howFar(params);
  if (far === '') return { message, hint, exitCode: entry.exit };
  const next = entry.exit === 3 ? again(params).trim() : saysHowToGoOn(entry, hint) ? hint : `${again(params)}${hint}`;
  return {
    message: message.includes(far) ? message : message.replace(/\.$/, `${far}.`),
    // 3 promises that nothing was written, and so do its hints; a file that changes while it is sent breaks that.
    hint: `${next}${keptSafe(params)}`,
    exitCode: entry.exit === 3 ? 1 : entry.exit,
  };
}

/** A fault as people and agents get it: `{code, message, hint, details}`. */
export function errorReport(error: unknown): {
  code: string;
  message: string;
  hint: string;
  details: Record<string, unknown>;
} {
  const fault = Fault.from(error);
  const { message, hint } = explainFault(fault);
  return { code: fault.code, message, hint, details: { ...fault.params } };
}
