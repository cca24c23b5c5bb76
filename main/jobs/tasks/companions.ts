import { createHash } from 'node:crypto';
import { isUtf8 } from 'node:buffer';
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { readFault } from '../../files/file-faults.ts';
import { Fault } from '../../faults/fault.ts';
import type { CompanionFile } from '../../vault/companions.ts';

/** An indexer's state file is a few MiB; the format's reader takes a section of up to 128 MiB. */
const LARGEST = 64 << 20;

/** Reads them. Throws FILE_NOT_FOUND, FILE_NOT_READABLE, USAGE for two of one name or too large ones. */
export async function readCompanionFiles(paths: readonly string[]): Promise<CompanionFile[]> {
  const names = new Set<string>();
  let total = 0;
  const files: CompanionFile[] = [];
  for (const path of paths) {
    const name = basename(path);
    if (names.has(name)) throw new Fault('USAGE', { reason: `Two companion files have the name ${name}.` });
    names.add(name);
    const content = await read(path);
    total += content.length;
    if (total > LARGEST)
      throw new Fault('USAGE', { reason: `The companion files are larger than ${LARGEST >> 20} MiB together.` });
    files.push({ name, content });
  }
  return files;
}

/**
 * The `companions` of an export as JSON text, or null for none: each file with name, sha256 and content (as text when
 * it is UTF-8, else as base64).
 */
export function companionsText(files: readonly CompanionFile[]): string | null {
  if (files.length === 0) return null;
  const entries = files.map(({ name, content }) => {
    const sha256 = createHash('sha256').update(content).digest('hex');
    return JSON.stringify({ name, sha256, ...contentOf(content) });
  });
  return `[${entries.join(',\n')}]`;
}

/** As text where it is text; escapes must not make it longer than base64 would, so that the reader's limit holds. */
function contentOf(content: Buffer): { encoding?: 'base64'; content: string } {
  const asText = isUtf8(content) ? content.toString('utf8') : null;
  const limit = Math.max(1024, content.length * 1.3);
  if (asText !== null && Buffer.byteLength(JSON.stringify(asText)) <= limit) return { content: asText };
  return { encoding: 'base64', content: content.toString('base64') };
}

async function read(path: string): Promise<Buffer> {
  try {
    const found = await stat(path);
    if (!found.isFile()) throw new Fault('FILE_NOT_READABLE', { path, reason: 'it is not an ordinary file' });
    if (found.size > LARGEST)
      throw new Fault('USAGE', { reason: `The companion file ${basename(path)} is larger than ${LARGEST >> 20} MiB.` });
    return await readFile(path);
  } catch (error) {
    throw readFault(error, path);
  }
}
