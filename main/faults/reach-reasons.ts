import type { FaultParams } from './fault.ts';

/** Why Qdrant could not be talked to: sub-codes of QDRANT_UNREACHABLE and NOT_QDRANT, in words that follow a colon. */
export const REACH_REASONS = {
  bad_url: () => 'that is not an address beginning with http:// or https://',
  refused: (p) =>
    p['tip'] === undefined
      ? 'nothing is listening there'
      : `nothing is listening there (did you mean ${String(p['tip'])}?)`,
  name: () => 'there is no host of that name',
  no_route: () => 'there is no way to that network',
  timeout: () => 'it did not answer in time',
  reset: () => 'the connection was cut off',
  tls_plain: () => 'that port speaks http, not https',
  tls_certificate: (p) => `its certificate is not trusted (${String(p['detail'] ?? 'unknown')})`,
  tls: (p) => `a secure connection could not be made (${String(p['detail'] ?? 'unknown')})`,
  blocked_port: () => 'that port is reserved for something else',
  network: (p) => `the network failed (${String(p['detail'] ?? 'unknown')})`,
  grpc_port: () => 'it speaks gRPC; give the REST port, usually 6333',
  not_http: () => 'it does not speak HTTP',
  web_page: () => 'it answers with a web page',
  redirect: (p) => `it redirects to ${String(p['location'] ?? 'another address')}; give that address if you trust it`,
  not_json: () => 'its answer is not JSON',
  shape: () => 'its answer is not one of Qdrant',
} as const satisfies Record<string, (params: FaultParams) => string>;

export type ReachReason = keyof typeof REACH_REASONS;

/** The words for a fault's `reason`; a reason of another kind is passed on as it is. */
export function describeReachReason(params: FaultParams): string {
  const reason = params['reason'];
  if (typeof reason === 'string' && Object.hasOwn(REACH_REASONS, reason))
    return REACH_REASONS[reason as ReachReason](params);
  return typeof reason === 'string' ? reason : '';
}
