/**
 * The border between our camelCase and the snake_case that agents and scripts get. Only names that
 * this program chose are changed: what stands in `dimensions` is keyed by names of vectors, and
 * those belong to the user.
 */

/** Properties whose value is keyed by the user's names and passes as it is. */
type UserKeyed = 'dimensions';
const USER_KEYED: ReadonlySet<string> = new Set<UserKeyed>(['dimensions']);

export type SnakeKey<S extends string> = S extends `${infer Head}${infer Tail}`
  ? `${Head extends Lowercase<Head> ? Head : `_${Lowercase<Head>}`}${SnakeKey<Tail>}`
  : S;

export type SnakeCased<T> = T extends readonly (infer Item)[]
  ? SnakeCased<Item>[]
  : T extends object
    ? { [K in keyof T as K extends string ? SnakeKey<K> : K]: K extends UserKeyed ? T[K] : SnakeCased<T[K]> }
    : T;

/** `totalVectors` -> `total_vectors`. */
export function snakeKey<S extends string>(key: S): SnakeKey<S> {
  return key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) as SnakeKey<S>;
}

/** A copy of plain data with our property names in snake_case, at every depth. Pure. */
export function snakeCase<T>(value: T): SnakeCased<T> {
  return convert(value) as SnakeCased<T>;
}

function convert(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(convert);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [
      snakeKey(key),
      USER_KEYED.has(key) ? (part as unknown) : convert(part),
    ]),
  );
}
