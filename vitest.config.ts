import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const project = (name: string, timeout: number) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.{ts,tsx}`],
    testTimeout: timeout,
    hookTimeout: timeout,
    // Real servers and real windows on two cores: one file at a time keeps their timing honest.
    fileParallelism: name === 'unit',
    pool: 'forks' as const,
  },
});

export default defineConfig({
  test: {
    // The usual number leaves a processor free: of two, half of the machine.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      project('unit', 20_000),
      project('integration', 120_000),
      project('e2e', 180_000),
      project('torture', 3_600_000),
    ],
  },
});
