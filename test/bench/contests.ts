/** What can be measured. Plain data: each is done by a fresh process, which gets it as JSON and answers the same way. */
export type Contest =
  | {
      readonly kind: 'fill';
      readonly url: string;
      readonly collection: string;
      readonly points: number;
      readonly dimensions: number;
    }
  /** Our scroll requests, one JSON text each, written to `path`. */
  | { readonly kind: 'record-scroll'; readonly url: string; readonly collection: string; readonly path: string }
  | {
      readonly kind: 'export';
      readonly url: string;
      readonly collection: string;
      readonly path: string;
      readonly compress: boolean;
    }
  | { readonly kind: 'client-export'; readonly url: string; readonly collection: string; readonly path: string }
  | {
      readonly kind: 'scroll';
      readonly url: string;
      readonly collection: string;
      readonly requests: string;
      readonly points: number;
    }
  | { readonly kind: 'import'; readonly url: string; readonly collection: string; readonly path: string }
  | { readonly kind: 'client-upsert'; readonly url: string; readonly collection: string; readonly path: string }
  | {
      readonly kind: 'ready-bodies';
      readonly url: string;
      readonly collection: string;
      readonly path: string;
      readonly points: number;
    }
  /** `fresh`: the first one of a vault; else one more, of an index that did not change. */
  | {
      readonly kind: 'backup';
      readonly url: string;
      readonly collection: string;
      readonly vault: string;
      readonly fresh: boolean;
    }
  | { readonly kind: 'verify-backup'; readonly vault: string; readonly points: number }
  /** The newest backup, into a collection that is there and empty. */
  | { readonly kind: 'restore'; readonly url: string; readonly collection: string; readonly vault: string }
  /** The newest backup beside the oldest. */
  | { readonly kind: 'diff'; readonly vault: string }
  | { readonly kind: 'validate'; readonly path: string }
  | { readonly kind: 'gunzip'; readonly path: string; readonly points: number }
  /** An export by the service and its worker, seen from the event loop of the process that holds the service. */
  | { readonly kind: 'event-loop'; readonly url: string; readonly collection: string; readonly path: string };

export interface Measured {
  /** Milliseconds of the work alone: modules are loaded and inputs prepared before. */
  readonly ms: number;
  /** Points that went through. */
  readonly points: number;
  /** Largest resident memory of the process, in MiB. */
  readonly peakMiB: number;
  /** User and system time of the process during the work, all threads, in milliseconds. */
  readonly cpuMs: number;
  /** Further figures by name. */
  readonly more: Readonly<Record<string, number>>;
}
