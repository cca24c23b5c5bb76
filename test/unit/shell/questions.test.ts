import { expect, test } from 'vitest';
import { quitQuestion, rotationQuestion } from '../../../main/shell/questions.ts';

test('quitting names the work and says what becomes of it', () => {
  const question = quitQuestion([
    { kind: 'backup', title: 'Backing up code' },
    { kind: 'drill', title: 'Testing docs' },
  ]);
  expect(question.message).toBe('Vectorkeep is still working on 2 things');
  expect(question.detail).toBe(
    'Backing up code\nTesting docs\n\nQuitting cancels the work. A cancelled backup leaves nothing behind, and your earlier backups stay as they are. One that was planned is made up for after the next start. A cancelled test harms no backup, and the copy it made is removed.',
  );
  expect(quitQuestion([{ kind: 'export', title: 'Exporting code' }]).message).toBe('Vectorkeep is still working');
});

test('of fifty runs ten are named', () => {
  const jobs = Array.from({ length: 50 }, (_, n) => ({ kind: 'backup' as const, title: `Backing up ${n}` }));
  expect(quitQuestion(jobs).detail.split('\n')[10]).toBe('and 40 more');
});

test('fewer backups are asked about with numbers, and only where some would go', () => {
  const loss = { removed: ['a', 'b'], bytesFreed: 1_440_000 };
  expect(rotationQuestion({ keepLast: 7 }, loss)).toEqual({
    message: 'Keep only the last 7 backups of each index?',
    detail: 'After the next backup 2 backups are deleted for good, which frees 1.44 MB. Pinned backups stay.',
    no: 'Leave it as it is',
    yes: 'Keep fewer',
  });
  expect(rotationQuestion({ keepLast: 7 }, { removed: [], bytesFreed: 0 })).toBeNull();
  expect(rotationQuestion({ keepLast: 7 }, { removed: null, why: 'The vault is gone.' })?.detail).toContain(
    'The vault is gone.',
  );
});
