/** The protocol's official conformance suite: how it is run here, and what it cannot find at our endpoint, with the reason. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

export const REVISIONS = ['2025-11-25', '2026-07-28'] as const;
export type Revision = (typeof REVISIONS)[number];

const checks = z.array(z.object({ id: z.string(), status: z.string(), errorMessage: z.string().optional() }));

export interface Verdict {
  /** Ids of the checks that held; an id stands for all its occurrences. */
  readonly held: readonly string[];
  /** Failures of what the protocol demands, and warnings about what it recommends, by id. */
  readonly missed: ReadonlyMap<string, string>;
}

/** Runs one scenario, or all that there are for the revision, and returns their verdicts by name. */
export async function runConformance(
  url: string,
  revision: Revision,
  scenario?: string,
): Promise<ReadonlyMap<string, Verdict>> {
  const folder = mkdtempSync(join(tmpdir(), 'vk-conformance-'));
  const program = fileURLToPath(import.meta.resolve('@modelcontextprotocol/conformance/dist/index.js'));
  const which = scenario === undefined ? ['--suite', 'all'] : ['--scenario', scenario];
  const child = spawn(
    process.execPath,
    [program, 'server', '--url', url, '--spec-version', revision, ...which, '--output-dir', folder],
    { stdio: 'ignore' },
  );
  try {
    await once(child, 'close');
    return new Map(readdirSync(folder).map((name) => [scenarioOf(name), verdictIn(join(folder, name, 'checks.json'))]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Folders are named `server-<scenario>-<date>`. */
const scenarioOf = (folder: string): string => folder.replace(/^server-/, '').replace(/-\d{4}-\d\d-\d\dT.*$/, '');

function verdictIn(path: string): Verdict {
  const found = checks.parse(JSON.parse(readFileSync(path, 'utf8')));
  const missed = new Map(
    found
      .filter(({ status }) => status === 'FAILURE' || status === 'WARNING')
      .map(({ id, status, errorMessage = '' }) => [id, `${status}: ${errorMessage}`]),
  );
  const held = found.filter(({ id, status }) => status === 'SUCCESS' && !missed.has(id)).map(({ id }) => id);
  return { held, missed };
}

/** What the endpoint passes whole, with no check missed. */
export const PASSED: Readonly<Record<Revision, readonly string[]>> = {
  '2025-11-25': ['server-initialize', 'server-session-lifecycle', 'ping', 'tools-list', 'resources-list'],
  '2026-07-28': [
    'tools-list',
    'resources-list',
    'sep-2164-resource-not-found',
    'http-header-validation',
    'server-sse-multiple-streams',
    'input-required-result-unsupported-methods',
    'input-required-result-validate-input',
  ],
};

const EXAMPLE_TOOL = 'calls a tool that only the suite’s own example server has';
const EXAMPLE_RESOURCE = 'reads a resource that only the suite’s own example server has';
const NO_PROMPTS = 'we offer no prompts, and say so in our capabilities';
const NO_LOGGING = 'we send no log messages to clients, and say so in our capabilities';
const NO_COMPLETION = 'we offer no completion, and say so in our capabilities';
const NO_SUBSCRIPTIONS = 'nobody can subscribe to a resource, and our capabilities say so: backups never change';
const NO_SESSIONS = 'every request stands alone: there are no sessions, and no streams to take up again';
const NO_QUESTIONS = 'needs a tool of the suite’s own example server that asks the client something';

/** A check that is missed: scenario, check, reason, and the revision where it is only one. */
type Miss = readonly [scenario: string, check: string, reason: string, only?: Revision];

const MISSES: readonly Miss[] = [
  [
    'dns-rebinding-protection',
    'localhost-host-valid-accepted',
    'sends an Origin of its own host, as a page of ours would; we have no pages and refuse every Origin. Without it the scenario passes, which is tested too',
  ],
  ['logging-set-level', 'logging-set-level', NO_LOGGING],
  ['completion-complete', 'completion-complete', NO_COMPLETION],
  ['tools-call-simple-text', 'tools-call-simple-text', EXAMPLE_TOOL],
  ['tools-call-image', 'tools-call-image', EXAMPLE_TOOL],
  ['tools-call-audio', 'tools-call-audio', EXAMPLE_TOOL],
  ['tools-call-embedded-resource', 'tools-call-embedded-resource', EXAMPLE_TOOL],
  ['tools-call-mixed-content', 'tools-call-mixed-content', EXAMPLE_TOOL],
  ['tools-call-with-logging', 'tools-call-with-logging', NO_LOGGING],
  ['tools-call-error', 'tools-call-error', EXAMPLE_TOOL],
  ['tools-call-with-progress', 'tools-call-with-progress', EXAMPLE_TOOL],
  ['tools-call-sampling', 'tools-call-sampling', EXAMPLE_TOOL],
  ['tools-call-elicitation', 'tools-call-elicitation', EXAMPLE_TOOL],
  ['json-schema-2020-12', 'json-schema-2020-12-tool-found', EXAMPLE_TOOL],
  ['elicitation-sep1034-defaults', 'elicitation-sep1034-general', EXAMPLE_TOOL],
  ['elicitation-sep1330-enums', 'elicitation-sep1330-general', EXAMPLE_TOOL],
  ['server-sse-polling', 'server-sse-polling-session', NO_SESSIONS],
  ['server-sse-polling', 'server-sse-priming-event', NO_SESSIONS],
  ['server-sse-polling', 'server-sse-retry-field', NO_SESSIONS],
  ['server-sse-multiple-streams', 'server-sse-multiple-streams-session', NO_SESSIONS, '2025-11-25'],
  ['resources-read-text', 'resources-read-text', EXAMPLE_RESOURCE],
  ['resources-read-binary', 'resources-read-binary', EXAMPLE_RESOURCE],
  ['resources-templates-read', 'resources-templates-read', EXAMPLE_RESOURCE],
  ['resources-subscribe', 'resources-subscribe', NO_SUBSCRIPTIONS],
  ['resources-unsubscribe', 'resources-unsubscribe', NO_SUBSCRIPTIONS],
  ['prompts-list', 'prompts-list', NO_PROMPTS],
  ['prompts-get-simple', 'prompts-get-simple', NO_PROMPTS],
  ['prompts-get-with-args', 'prompts-get-with-args', NO_PROMPTS],
  ['prompts-get-embedded-resource', 'prompts-get-embedded-resource', NO_PROMPTS],
  ['prompts-get-with-image', 'prompts-get-with-image', NO_PROMPTS],
  ['caching', 'sep-2549-prompts-list-caching-hints', NO_PROMPTS],
  ['server-stateless', 'sep-2575-server-rejects-undeclared-capability', NO_QUESTIONS],
  ['server-stateless', 'sep-2575-missing-capability-http-400', NO_QUESTIONS],
  ['server-stateless', 'sep-2575-http-server-no-independent-requests-on-stream', NO_QUESTIONS],
  ['server-stateless', 'sep-2575-server-no-log-without-loglevel', NO_LOGGING],
  [
    'server-stateless',
    'sep-2575-server-sends-tools-list-changed-on-subscription',
    'the suite cannot change our list of tools: its own example server has a tool for that',
  ],
  ...[
    'sep-2243-server-no-xmcp-tool',
    'sep-2243-server-decode-base64',
    'sep-2243-server-validate-param-match',
    'sep-2243-server-reject-invalid-param-chars',
    'sep-2243-server-reject-param-mismatch',
  ].map((check): Miss => [
    'http-custom-header-server-validation',
    check,
    'none of our tools asks for a parameter in a header',
  ]),
  ...(
    [
      ['basic-elicitation', 'elicitation-incomplete'],
      ['basic-sampling', 'sampling-incomplete'],
      ['basic-list-roots', 'list-roots-incomplete'],
      ['request-state', 'request-state-incomplete'],
      ['multiple-input-requests', 'multiple-inputs-incomplete'],
      ['multi-round', 'multi-round-r1'],
      ['missing-input-response', 'missing-response-rerequests'],
      ['non-tool-request', 'non-tool-incomplete'],
      ['result-type', 'result-type-included'],
      ['tampered-state', 'reject-tampered-state'],
      ['capability-check', 'respect-client-capabilities'],
      ['ignore-extra-params', 'ignore-unexpected-params'],
    ] as const
  ).map(([scenario, check]): Miss => [`input-required-result-${scenario}`, `sep-2322-${check}`, NO_QUESTIONS]),
];

/** Checks that the endpoint misses in a scenario at a revision. */
export function missesOf(scenario: string, revision: Revision): string[] {
  return MISSES.filter(([in_, , , only = revision]) => in_ === scenario && only === revision).map(([, check]) => check);
}

export const MISSED_SCENARIOS: readonly string[] = [...new Set(MISSES.map(([scenario]) => scenario))];
