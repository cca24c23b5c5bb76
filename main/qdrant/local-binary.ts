import { accessSync, constants, readdirSync } from 'node:fs';
import { join } from 'node:path';

export interface BinaryPlaces {
  /** `process.resourcesPath` of a packaged app. */
  readonly resourcesPath?: string | undefined;
  /** `.runtimes` of a checkout. */
  readonly runtimesDir?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Path of the Qdrant program to run as the built-in server: the one named by `VECTORKEEP_QDRANT` (also when it is not
 * there, so that starting it says so), else the packaged one, else the newest one that set-up has fetched into a
 * checkout. Undefined when there is none for this platform.
 */
export function findBinary(places: BinaryPlaces): string | undefined {
  const named = places.env['VECTORKEEP_QDRANT'];
  if (named !== undefined && named !== '') return named;
  const program = process.platform === 'win32' ? 'qdrant.exe' : 'qdrant';
  const candidates = [
    ...(places.resourcesPath === undefined ? [] : [join(places.resourcesPath, 'qdrant', program)]),
    ...(places.runtimesDir === undefined ? [] : fetched(places.runtimesDir).map((folder) => join(folder, program))),
  ];
  return candidates.find(isExecutable);
}

/** Whether there is a program at `path` that this user may run. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function fetched(runtimesDir: string): string[] {
  try {
    return readdirSync(runtimesDir)
      .filter((name) => name.startsWith('qdrant-'))
      .sort((a, b) => b.localeCompare(a, 'en', { numeric: true }))
      .map((name) => join(runtimesDir, name));
  } catch {
    return [];
  }
}
