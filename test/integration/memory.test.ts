import { memoryTests } from '../support/memory-tests.ts';

// Fewer points than in the torture tests, and as many bytes: those are what would be held.
memoryTests({ points: 50_000, bytes: 2500 });
