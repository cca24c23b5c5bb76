/*
 * The whole official conformance suite against the endpoint, at both revisions of the protocol. What it misses is listed by
 * name and reason in test/support/mcp-conformance.ts; a check that is missed and not listed fails here, and so does one
 * that is listed and holds.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MISSED_SCENARIOS, missesOf, PASSED, REVISIONS, runConformance } from '../support/mcp-conformance.ts';
import type { Revision, Verdict } from '../support/mcp-conformance.ts';
import { fillCollection, openMcpGround } from '../support/mcp-ground.ts';
import type { McpGround } from '../support/mcp-ground.ts';
import { startTokenProxy } from '../support/mcp-token-proxy.ts';
import type { TokenProxy } from '../support/mcp-token-proxy.ts';

let ground: McpGround;
let proxies: TokenProxy[] = [];
const verdicts = new Map<Revision, ReadonlyMap<string, Verdict>>();
/** The same proxy without an Origin of its own. */
const rebinding = new Map<Revision, Verdict | undefined>();

beforeAll(async () => {
  ground = await openMcpGround();
  await fillCollection(ground.control, 'code', 10);
  // Something to read for those who list resources.
  const request = { connection: { name: 'local' }, collection: 'code', reason: 'manual', pin: false } as const;
  await ground.service.backUp(request).result;
  const { url } = ground.endpoint;
  proxies = [
    await startTokenProxy(url, ground.token),
    await startTokenProxy(url, ground.token, { dropOwnOrigin: true }),
  ];
  const [plain, withoutOrigin] = proxies;
  if (!plain || !withoutOrigin) throw new Error('No proxies');
  const scenario = 'dns-rebinding-protection';
  await Promise.all(
    REVISIONS.map(async (revision) => {
      verdicts.set(revision, await runConformance(plain.url, revision));
      rebinding.set(revision, (await runConformance(withoutOrigin.url, revision, scenario)).get(scenario));
    }),
  );
});
afterAll(async () => {
  await Promise.all(proxies.map((proxy) => proxy.close()));
  await ground.close();
});

describe.each(REVISIONS)('revision %s', (revision) => {
  it.each(PASSED[revision])('passes %s whole', (scenario) => {
    const verdict = verdicts.get(revision)?.get(scenario);
    expect(verdict).toBeDefined();
    expect([...(verdict?.missed ?? [])]).toEqual([]);
  });

  it('misses the checks that are listed, and no others', () => {
    const found = [...(verdicts.get(revision) ?? [])].map(([scenario, { missed }]) => [scenario, [...missed].sort()]);
    const expected = found.map(([scenario, missed]) => [
      scenario,
      missesOf(String(scenario), revision)
        .sort()
        .map((check) => [check, new Map(missed as [string, string][]).get(check)]),
    ]);
    expect(found).toEqual(expected);
  });

  it('was asked every scenario that is listed, and every one that was asked is listed', () => {
    const asked = [...(verdicts.get(revision)?.keys() ?? [])].sort();
    const missed = MISSED_SCENARIOS.filter((scenario) => missesOf(scenario, revision).length > 0);
    const listed = [...PASSED[revision], ...missed];
    // A scenario that is of the other revision alone is not asked.
    const others = REVISIONS.filter((each) => each !== revision).flatMap((each) => [
      ...(verdicts.get(each)?.keys() ?? []),
    ]);
    expect(asked).toEqual([...new Set(listed.filter((each) => asked.includes(each) || !others.includes(each)))].sort());
  });

  it('passes dns-rebinding-protection whole when the client sends no Origin of its own', () => {
    expect(rebinding.get(revision)).toEqual({
      held: ['localhost-host-rebinding-rejected', 'localhost-host-valid-accepted'],
      missed: new Map(),
    });
  });
});

it('was given a resource to read', () => {
  expect(verdicts.get('2026-07-28')?.get('caching')?.held).toContain('sep-2549-resources-read-caching-hints');
});

it('holds most of server-stateless', () => {
  expect(new Set(verdicts.get('2026-07-28')?.get('server-stateless')?.held).size).toBeGreaterThan(18);
});
