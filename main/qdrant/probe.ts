import { openControl } from './control.ts';
import type { QdrantTarget } from './target.ts';

/** What a live test of a connection found. */
export interface ProbeResult {
  readonly version: string;
  readonly collections: number;
  /** Of one small request on an open connection. */
  readonly roundTripMs: number;
}

/** A live test must answer while somebody watches. */
const PROBE_LIMIT_MS = 10_000;

/**
 * Tests a target once, without trying again: is it a Qdrant, does it take the key? Throws QDRANT_UNREACHABLE,
 * NOT_QDRANT (also for the gRPC port), QDRANT_FORBIDDEN; at most 10 s.
 */
export async function probe(target: QdrantTarget, signal?: AbortSignal): Promise<ProbeResult> {
  const limit = AbortSignal.timeout(PROBE_LIMIT_MS);
  const control = openControl(target, signal === undefined ? limit : AbortSignal.any([signal, limit]), 1);
  const version = await control.version();
  // The version is told to anybody; only the list shows whether the key is right.
  const begun = performance.now();
  const names = await control.list();
  return { version, collections: names.length, roundTripMs: performance.now() - begun };
}
