/** Numbers in each vector. */
export const HASHING_DIMENSIONS = 384;

const WORD_WEIGHT = 1;
const TRIGRAM_WEIGHT = 0.25;

/**
 * A small deterministic text hashing embedder: every word of the text (identifiers are split at capitals and underscores)
 * and every three letters of a word add to or take from one of 384 places chosen by a hash. Texts that share words come
 * out close, and that is all it knows: it has no idea of meaning, and is here so that sample data needs no model.
 *
 * @returns 384 numbers of unit length, rounded to what float32 tells apart; all zero for a text without words.
 */
export function hashingEmbedder(text: string): number[] {
  const counts = new Map<string, number>();
  for (const word of words(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
  const sums = new Float64Array(HASHING_DIMENSIONS);
  for (const [word, count] of counts) {
    // The tenth mention of a word says little more than the third.
    const weight = 1 + Math.log(count);
    add(sums, word, WORD_WEIGHT * weight);
    const framed = `^${word}$`;
    for (let at = 0; at + 3 <= framed.length; at++) add(sums, framed.slice(at, at + 3), TRIGRAM_WEIGHT * weight);
  }
  const length = Math.hypot(...sums);
  return Array.from(sums, (sum) => (length === 0 || sum === 0 ? 0 : Number((sum / length).toPrecision(7))));
}

function words(text: string): string[] {
  const apart = text.replaceAll(/([a-z\d])([A-Z])/g, '$1 $2').toLowerCase();
  return apart.match(/[a-z][a-z\d]+/g) ?? [];
}

function add(sums: Float64Array, feature: string, weight: number): void {
  const hash = fnv1a(feature);
  const place = (hash >>> 1) % HASHING_DIMENSIONS;
  sums[place] = (sums[place] ?? 0) + (hash & 1 ? weight : -weight);
}

/** FNV-1a, 32 bit, with a last mixing step because the low bits of the plain one are weak. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
