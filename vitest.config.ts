import { availableParallelism } from 'node:os';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

/** Files of test/integration that kill at moments, measure memory or wait for minutes to begin: nothing runs beside them. */
const ALONE = ['cli-schedules', 'kill', 'memory', 'network-faults', 'vault-kill'].map(
  (name) => `test/integration/${name}.test.ts`,
);

type Tests = NonNullable<TestProjectInlineConfiguration['test']>;

const project = (name: string, timeout: number, options: Tests = {}): TestProjectInlineConfiguration => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.{ts,tsx}`],
    testTimeout: timeout,
    hookTimeout: timeout,
    pool: 'forks',
    globalSetup: 'test/support/folders-in-memory.ts',
    ...options,
  },
});

export default defineConfig({
  test: {
    // The usual number leaves a processor free: of two, half of the machine.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      project('unit', 20_000),
      project('integration', 120_000, { exclude: ALONE, maxWorkers: 2, sequence: { groupOrder: 1 } }),
      project('integration-alone', 120_000, { include: ALONE, fileParallelism: false }),
      // Real windows on two cores: one file at a time keeps their timing honest.
      project('e2e', 180_000, { fileParallelism: false }),
      project('torture', 3_600_000, { fileParallelism: false, globalSetup: [] }),
    ],
  },
});
