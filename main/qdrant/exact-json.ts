/**
 * JSON whose numbers stay what they were. JavaScript rounds integers above 2^53 and turns `1.0`, `-0.0` and `1e20`
 * into other text; collection metadata and limits such as 18446744073709551615 ("no limit") hold all of these.
 * `JSON.rawJSON` and revivers with source text exist only from Node 21 on, so this works without them.
 */
export interface ExactNumber {
  /** The number as the JSON text spelled it. A symbol, so that no JSON can pretend to be one. */
  readonly [SPELLED]: string;
}
const SPELLED = Symbol('number as spelled');

export function exactNumber(text: string): ExactNumber {
  return { [SPELLED]: text };
}

export function isExactNumber(value: unknown): value is ExactNumber {
  return typeof value === 'object' && value !== null && SPELLED in value;
}

export type ExactJson = null | boolean | number | string | ExactNumber | readonly ExactJson[] | ExactObject;
export interface ExactObject {
  readonly [key: string]: ExactJson;
}

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** Where in a plain value a number stands that JavaScript could not hold, and how it was spelled. */
export interface ExactEntry {
  readonly path: readonly (string | number)[];
  readonly text: string;
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const STRING_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g;

/** Whether JavaScript would print the number as it was spelled. */
const survives = (source: string): boolean => String(Number(source)) === source;

/** Parses JSON; numbers that JavaScript would change become ExactNumber. Throws SyntaxError as JSON.parse does. */
export function parseExact(text: string): ExactJson {
  const mark = `exact-${Math.random().toString(36).slice(2)}:`;
  const prepared = text.replace(STRING_OR_NUMBER, (token) => {
    if (token.startsWith('"') || survives(token) || !NUMBER.test(token)) return token;
    return `"${mark}${token}"`;
  });
  const parsed = JSON.parse(prepared) as ExactJson;
  if (prepared === text) return parsed;
  return mapLeaves(parsed, (leaf) =>
    typeof leaf === 'string' && leaf.startsWith(mark) ? exactNumber(leaf.slice(mark.length)) : leaf,
  );
}

/** The counterpart of JSON.stringify, without white space. */
export function printExact(value: ExactJson): string {
  if (isExactNumber(value)) return value[SPELLED];
  if (isList(value)) return `[${value.map(printExact).join(',')}]`;
  if (isExactObject(value)) {
    return `{${Object.entries(value)
      .map(([key, inner]) => `${JSON.stringify(key)}:${printExact(inner)}`)
      .join(',')}}`;
  }
  return JSON.stringify(value);
}

/** Takes exact numbers apart: a plain value, fit for JSON.stringify and worker ports, and what it could not hold. */
export function splitExact(value: ExactJson): { plain: Json; exact: ExactEntry[] } {
  const exact: ExactEntry[] = [];
  const plain = mapLeaves(value, (leaf, path) => {
    if (!isExactNumber(leaf)) return leaf;
    exact.push({ path, text: leaf[SPELLED] });
    return Number(leaf[SPELLED]);
  });
  return { plain: plain as Json, exact };
}

/**
 * Puts exact numbers back. An entry counts only when a number stands at its path and both mean the same as far as
 * JavaScript can tell: a list that was edited or forged changes nothing.
 */
export function joinExact(plain: Json, exact: readonly ExactEntry[]): ExactJson {
  if (exact.length === 0) return plain;
  const texts = new Map(exact.map((entry) => [JSON.stringify(entry.path), entry.text]));
  return mapLeaves(plain, (leaf, path) => {
    if (typeof leaf !== 'number') return leaf;
    const text = texts.get(JSON.stringify(path));
    return text !== undefined && NUMBER.test(text) && Number(text) === leaf ? exactNumber(text) : leaf;
  });
}

/** Numbers of the same value are equal however they are spelled; object keys may come in any order. */
export function sameExact(a: ExactJson | undefined, b: ExactJson | undefined): boolean {
  if (isExactNumber(a) || isExactNumber(b)) return sameNumber(a, b);
  if (isList(a) && isList(b)) return a.length === b.length && a.every((item, index) => sameExact(item, b[index]));
  if (isExactObject(a) && isExactObject(b)) {
    const keys = Object.keys(a);
    return (
      keys.length === Object.keys(b).length &&
      keys.every((key) => Object.hasOwn(b, key) && sameExact(ownValue(a, key), ownValue(b, key)))
    );
  }
  return a === b;
}

function sameNumber(a: ExactJson | undefined, b: ExactJson | undefined): boolean {
  const spelled = (value: ExactJson | undefined): string | undefined =>
    isExactNumber(value) ? value[SPELLED] : typeof value === 'number' ? String(value) : undefined;
  const [left, right] = [spelled(a), spelled(b)];
  if (left === undefined || right === undefined) return false;
  if (left === right) return true;
  const integer = /^-?\d+$/;
  return integer.test(left) && integer.test(right)
    ? BigInt(left) === BigInt(right)
    : Number(left) === Number(right) && Math.abs(Number(left)) <= Number.MAX_SAFE_INTEGER;
}

/** An own property, also when it is called `__proto__`; undefined when there is none. */
export function ownValue<T>(object: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(object, key) ? (Object.getOwnPropertyDescriptor(object, key)?.value as T) : undefined;
}

export function isExactObject(value: unknown): value is ExactObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactNumber(value);
}

function isList(value: unknown): value is readonly ExactJson[] {
  return Array.isArray(value);
}

type Leaf = null | boolean | number | string | ExactNumber;

function mapLeaves(
  value: ExactJson,
  change: (leaf: Leaf, path: readonly (string | number)[]) => ExactJson,
  path: readonly (string | number)[] = [],
): ExactJson {
  if (isList(value)) return value.map((item, index) => mapLeaves(item, change, [...path, index]));
  if (isExactObject(value)) {
    // fromEntries defines own properties, so that a key `__proto__` stays a key.
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, mapLeaves(inner, change, [...path, key])]),
    );
  }
  return change(value, path);
}
