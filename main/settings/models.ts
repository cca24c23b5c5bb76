/**
 * What is remembered of a collection: its embedding model, that an import of it is not finished yet, and which files of its
 * indexer go along with its backups. Pure.
 */
import { normalizeUrl } from './connections.ts';
import type { Settings } from './schema.ts';

/** Far more than anybody has collections; only a bound on the file. The oldest go first. */
const MOST = 2000;

/** The address in its one spelling; anything that is no address (such as `builtin`) as it stands. */
function targetOf(url: string): string {
  try {
    return normalizeUrl(url);
  } catch {
    return url;
  }
}

export function knownModel(settings: Settings, url: string, collection: string): string | null {
  const target = targetOf(url);
  return settings.models.find((m) => m.target === target && m.collection === collection)?.model ?? null;
}

export function withModel(settings: Settings, url: string, collection: string, model: string): Settings {
  const target = targetOf(url);
  const others = settings.models.filter((m) => m.target !== target || m.collection !== collection);
  return { ...settings, models: [...others, { target, collection, model }].slice(-MOST) };
}

/** Which file an import was creating the collection from; null: none was. */
export function unfinishedFile(settings: Settings, url: string, collection: string): string | null {
  const target = targetOf(url);
  return settings.unfinished.find((m) => m.target === target && m.collection === collection)?.file ?? null;
}

export function withUnfinished(settings: Settings, url: string, collection: string, file: string | null): Settings {
  const target = targetOf(url);
  const others = settings.unfinished.filter((m) => m.target !== target || m.collection !== collection);
  return { ...settings, unfinished: file === null ? others : [...others, { target, collection, file }].slice(-MOST) };
}

/** Absolute paths; none where nobody said any. */
export function companionsOf(settings: Settings, url: string, collection: string): readonly string[] {
  const target = targetOf(url);
  return settings.companions.find((m) => m.target === target && m.collection === collection)?.paths ?? [];
}

export function withCompanions(
  settings: Settings,
  url: string,
  collection: string,
  paths: readonly string[],
): Settings {
  const target = targetOf(url);
  const others = settings.companions.filter((m) => m.target !== target || m.collection !== collection);
  const own = paths.length === 0 ? [] : [{ target, collection, paths: [...paths] }];
  return { ...settings, companions: [...others, ...own].slice(-MOST) };
}
