/**
 * Text that came from elsewhere (names of collections, words of a server) on its way to an agent:
 * capped, and without the characters that could make it look like something else.
 */

// Control, format and direction characters, private use and halves of surrogate pairs; emoji joiners go with them.
const UNSAFE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]+/gu;

/** One line of at most `most` characters (256 unless told). */
export function plainText(text: string, most = 256): string {
  const clean = text.replaceAll(UNSAFE, ' ');
  return clean.length <= most ? clean : `${clean.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** Where longer text is of use: paths, and sentences that quote them. */
const LONG: Readonly<Record<string, number>> = { path: 4096, vault: 4096, message: 1024, hint: 1024 };

/** The same for every text and every key in plain data, at every depth. Pure. */
export function plainData(value: unknown, most?: number): unknown {
  if (typeof value === 'string') return plainText(value, most);
  if (Array.isArray(value)) return value.map((part) => plainData(part));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [plainText(key), plainData(part, LONG[key])]));
}
