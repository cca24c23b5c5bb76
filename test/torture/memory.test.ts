import { memoryTests } from '../support/memory-tests.ts';

memoryTests({ points: 200_000, bytes: 500 });
