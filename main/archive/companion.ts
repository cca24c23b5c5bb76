import { z } from 'zod';
import { decodeString } from '../points/json-text.ts';
import type { JsonScanner } from '../points/json-scanner.ts';
import { descriptionFault } from './header.ts';

const companionSchema = z.object({
  name: z.string().min(1).max(1024),
  sha256: z.string().regex(/^[0-9a-fA-F]{64}$/),
  content: z.string(),
  encoding: z.enum(['utf8', 'base64']).default('utf8'),
});

/** An indexer's state file that travels in an export. */
export type Companion = z.infer<typeof companionSchema>;

const LONGEST_KEY = 64;

/**
 * One entry of `companions` at `pos`. Only the strings that are wanted are built, whatever else stands there: a small
 * compressed file could otherwise unfold into objects that fill memory. Throws INCOMPLETE, BAD_ARCHIVE.
 */
export function scanCompanion(scanner: JsonScanner): Companion {
  const from = scanner.pos;
  scanner.value(1);
  const end = scanner.pos;
  scanner.pos = from;
  const found = new Map<string, string>();
  if (scanner.peek() !== 0x7b) throw descriptionFault('companions', scanner.base + from);
  scanner.pos++;
  if (scanner.peek() !== 0x7d) {
    do {
      const start = scanner.pos;
      scanner.string();
      const key = scanner.pos - start > LONGEST_KEY ? '' : decodeString(scanner.text(start + 1, scanner.pos - 1));
      scanner.expect(0x3a, '":"');
      const quoted = scanner.peek() === 0x22;
      const value = scanner.pos;
      scanner.value(2);
      if (!Object.hasOwn(companionSchema.shape, key) || !quoted) continue;
      if (found.has(key)) scanner.fail('duplicate_key', { key }, start);
      found.set(key, decodeString(scanner.text(value + 1, scanner.pos - 1)));
    } while (scanner.more(0x7d));
  }
  scanner.pos = end;
  const parsed = companionSchema.safeParse(Object.fromEntries(found));
  if (parsed.success) return parsed.data;
  throw descriptionFault(['companions', ...(parsed.error.issues[0]?.path ?? [])].join('.'), scanner.base + from);
}
