import type { FaultParams } from './fault.ts';

/** Why the built-in server is not to be had: the `reason` of NO_LOCAL_SERVER, in words that follow a colon. */
export const LOCAL_SERVER_REASONS = {
  missing_binary: (p) =>
    p['path'] === undefined ? 'none comes with this platform' : `there is no program at ${String(p['path'])}`,
  not_executable: (p) => `${String(p['path'])} cannot be run`,
  folder: (p) => `its folder ${String(p['path'])} cannot be used (${String(p['detail'] ?? 'unknown')})`,
  exited: (p) => `it ended while starting; its log is ${String(p['log'])}`,
  timeout: (p) => `it did not answer in time; its log is ${String(p['log'])}`,
  ports: () => 'no free port could be had on this machine',
  drill: () => 'a backup is tested by restoring it into a scratch index there',
  busy: () => 'another start of it did not come to an end',
} as const satisfies Record<string, (params: FaultParams) => string>;

export type LocalServerReason = keyof typeof LOCAL_SERVER_REASONS;

/** The words for a fault's `reason`; a reason of another kind is passed on as it is. */
export function describeLocalServerReason(params: FaultParams): string {
  const reason = params['reason'];
  if (typeof reason !== 'string') return '';
  return Object.hasOwn(LOCAL_SERVER_REASONS, reason)
    ? LOCAL_SERVER_REASONS[reason as LocalServerReason](params)
    : reason;
}
