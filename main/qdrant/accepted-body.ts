import { isExactObject, ownValue, type ExactJson, type ExactObject } from './exact-json.ts';

/** Path of a setting inside a request body. */
export type SettingPath = readonly string[];

/** Beyond this many settings only whole sections are tried: a file may name thousands of vectors. */
const MAX_CANDIDATES = 300;

/**
 * Qdrant passes over keys it does not know but refuses a whole request for one value it does not know (an encoding,
 * a datatype, a kind of quantization), mostly without saying which. This finds a body it takes: settings are left
 * out one after another until `attempt` succeeds, then each is put back that `wouldTake` does not object to.
 *
 * `keep` says which paths must stay. Returns the largest body found, or null when not even the smallest is taken;
 * `attempt` has succeeded with `taken`, `wouldTake` with `best`. Both return false for a refusal and throw for all else.
 */
export async function findAcceptedBody(
  body: ExactObject,
  keep: (path: SettingPath) => boolean,
  attempt: (body: ExactObject) => Promise<boolean>,
  wouldTake: (body: ExactObject) => Promise<boolean>,
): Promise<{ taken: ExactObject; best: ExactObject } | null> {
  const removed = new Set<SettingPath>();
  let taken: ExactObject | null = null;
  for (const path of candidates(body, keep)) {
    removed.add(path);
    const smaller = without(body, [...removed]);
    if (await attempt(smaller)) {
      taken = smaller;
      break;
    }
  }
  if (taken === null) return null;
  let best = taken;
  // The last one out made the difference; containers come back before what they contain.
  for (const path of [...removed].reverse().slice(1)) {
    removed.delete(path);
    const larger = without(body, [...removed]);
    if (await wouldTake(larger)) best = larger;
    else removed.add(path);
  }
  return { taken, best };
}

/** Paths of all settings that may go, the innermost first. */
function candidates(body: ExactObject, keep: (path: SettingPath) => boolean): SettingPath[] {
  const collect = (value: ExactJson, path: SettingPath, depth: number): SettingPath[] => {
    const inner =
      isExactObject(value) && depth > 0
        ? Object.entries(value).flatMap(([key, child]) => collect(child, [...path, key], depth - 1))
        : [];
    return path.length === 0 || keep(path) ? inner : [...inner, path];
  };
  const all = collect(body, [], 8);
  return all.length <= MAX_CANDIDATES ? all : collect(body, [], 1);
}

function without(value: ExactObject, paths: readonly SettingPath[]): ExactObject {
  const entries = Object.entries(value).flatMap(([key, inner]): [string, ExactJson][] => {
    const here = paths.filter((path) => path[0] === key).map((path) => path.slice(1));
    if (here.some((rest) => rest.length === 0)) return [];
    return [[key, here.length > 0 && isExactObject(inner) ? without(inner, here) : inner]];
  });
  return Object.fromEntries(entries);
}

/** What of `body` is not in `kept`: the outermost paths. */
export function leftOut(body: ExactObject, kept: ExactObject, path: SettingPath = []): SettingPath[] {
  return Object.entries(body).flatMap(([key, value]) => {
    const other = ownValue(kept, key);
    if (other === undefined) return [[...path, key]];
    return isExactObject(value) && isExactObject(other) ? leftOut(value, other, [...path, key]) : [];
  });
}
