/**
 * What the channels of `api.ts` are called on the wire. With these prefixes nothing else that main
 * may ever listen to can be reached through the bridge. Apart from `api.ts` so that the preload,
 * which needs no more than this, does not carry the schemas.
 */
export const wire = {
  request: (channel: string): string => `vectorkeep:request:${channel}`,
  event: (event: string): string => `vectorkeep:event:${event}`,
  /** The path of a file that was really dropped on the window; sent by the preload alone. */
  drop: 'vectorkeep:drop',
} as const;
