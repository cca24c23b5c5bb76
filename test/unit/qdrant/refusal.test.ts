import { describe, expect, it } from 'vitest';
import { explainFault } from '../../../main/faults/explain.ts';
import { Fault } from '../../../main/faults/fault.ts';
import { REACH_REASONS } from '../../../main/faults/reach-reasons.ts';
import { AnswerError, transience, translateRefusal } from '../../../main/qdrant/refusal.ts';

/** As fetch throws it: nothing but "fetch failed", the truth in the cause. */
const failed = (code: string, message = code): Error =>
  new TypeError('fetch failed', { cause: Object.assign(new Error(message), { code }) });
const context = { url: 'http://h:80', operation: 'read the settings', right: 'read', collection: 'c' } as const;

describe('translateRefusal', () => {
  it.each([
    [failed('ECONNREFUSED'), 'QDRANT_UNREACHABLE', { reason: 'refused', url: 'http://h:80', tip: 'http://h:6333' }],
    [failed('ENOTFOUND'), 'QDRANT_UNREACHABLE', { reason: 'name' }],
    [failed('ECONNRESET'), 'QDRANT_UNREACHABLE', { reason: 'reset' }],
    [failed('EHOSTUNREACH'), 'QDRANT_UNREACHABLE', { reason: 'no_route' }],
    [failed('UND_ERR_CONNECT_TIMEOUT'), 'QDRANT_UNREACHABLE', { reason: 'timeout' }],
    [failed('ERR_SSL_WRONG_VERSION_NUMBER'), 'QDRANT_UNREACHABLE', { reason: 'tls_plain' }],
    [
      failed('DEPTH_ZERO_SELF_SIGNED_CERT'),
      'QDRANT_UNREACHABLE',
      { reason: 'tls_certificate', detail: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
    ],
    [failed('CERT_HAS_EXPIRED'), 'QDRANT_UNREACHABLE', { reason: 'tls_certificate' }],
    [failed('ERR_TLS_CERT_ALTNAME_INVALID'), 'QDRANT_UNREACHABLE', { reason: 'tls_certificate' }],
    [failed('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION'), 'QDRANT_UNREACHABLE', { reason: 'tls' }],
    [failed('EMFILE'), 'QDRANT_UNREACHABLE', { reason: 'network', detail: 'EMFILE' }],
    [
      new TypeError('fetch failed', { cause: new AggregateError([failed('ECONNREFUSED')]) }),
      'QDRANT_UNREACHABLE',
      { reason: 'refused' },
    ],
    [new TypeError('terminated'), 'QDRANT_UNREACHABLE', { reason: 'reset' }],
    [new DOMException('late', 'TimeoutError'), 'QDRANT_UNREACHABLE', { reason: 'timeout' }],
    [new DOMException('stop', 'AbortError'), 'CANCELLED', {}],
    [new RangeError('a bug'), 'INTERNAL', { reason: 'a bug' }],
    [
      answer(404, '{"status":{"error":"Not found: Collection `x` doesn\'t exist!"}}'),
      'COLLECTION_NOT_FOUND',
      { collection: 'c' },
    ],
    [answer(404, '{"status":{"error":"Not found: No point with id 5"}}'), 'QDRANT_REFUSED', { status: 404 }],
    [
      answer(500, '{"status":{"error":"Service internal error: no space\\n left"}}'),
      'QDRANT_REFUSED',
      { status: 500, reason: 'Service internal error: no space left' },
    ],
    [
      answer(403, '{"status":{"error":"Forbidden: Write access to collection c is required"}}'),
      'QDRANT_FORBIDDEN',
      { right: 'write' },
    ],
    [answer(403, '<html>cloud</html>'), 'QDRANT_FORBIDDEN', { right: 'read' }],
    [answer(401, 'Invalid API key or JWT'), 'QDRANT_FORBIDDEN', { reason: 'wrong_key' }],
    [answer(302, '', 'https://u:s3cret@other/login?token=s3cret'), 'NOT_QDRANT', { location: 'https://other/login' }],
    [answer(302, '', '/login?token=s3cret'), 'NOT_QDRANT', { location: '/login' }],
    [answer(400, 'x'.repeat(5000)), 'QDRANT_REFUSED', { reason: `${'x'.repeat(299)}…` }],
  ])('%s', (error, code, params) => {
    const fault = translateRefusal(error, context);
    expect(fault).toMatchObject({ code, params });
    expect(fault.message).not.toContain('s3cret');
  });

  it('leaves a Fault as it is', () => {
    const fault = new Fault('BUSY');
    expect(translateRefusal(fault)).toBe(fault);
  });
});

function answer(status: number, text: string, location: string | null = null): AnswerError {
  return new AnswerError({ status, text, location });
}

it.each([
  [answer(429, ''), true],
  [answer(408, ''), true],
  [answer(503, ''), true],
  [answer(500, ''), true],
  [answer(501, ''), false],
  [answer(400, ''), false],
  [answer(404, ''), false],
  [failed('ECONNRESET'), true],
  [failed('ECONNREFUSED'), false],
  [failed('ENOTFOUND'), false],
  [failed('CERT_HAS_EXPIRED'), false],
  [new DOMException('late', 'TimeoutError'), true],
  [new DOMException('stop', 'AbortError'), false],
  [new Fault('QDRANT_REFUSED', { status: 503 }), false],
])('%s may pass: %s', (error, again) => {
  expect(transience(error).again).toBe(again);
});

it('each reason reads as part of a sentence', () => {
  for (const reason of Object.keys(REACH_REASONS)) {
    const { message } = explainFault(new Fault('QDRANT_UNREACHABLE', { url: 'http://h', reason }));
    expect(message).toMatch(/^Could not reach Qdrant at http:\/\/h: [a-z].+\.$/);
    expect(message).not.toContain(`: ${reason}.`);
  }
});
