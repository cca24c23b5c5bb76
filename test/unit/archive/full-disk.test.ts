import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ArchiveWriter } from '../../../main/archive/archive-writer.ts';
import { explainFault } from '../../../main/faults/explain.ts';
import { Fault } from '../../../main/faults/fault.ts';
import { header, temporaryFolder } from '../../support/archives.ts';

/** A disk of this many bytes. Making one takes root: without it this test cannot be done, and fails. */
function disk(bytes: number): string {
  const folder = temporaryFolder();
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'vectorkeep-test', folder], { stdio: 'pipe' });
  onTestFinished(() => void execFileSync('umount', [folder], { stdio: 'pipe' }));
  return folder;
}

const PAGE = 4096;
/** Does not compress: 12 pages of 16 kB. */
const pages = Array.from({ length: 12 }, (_, id) =>
  Buffer.from(`{"id":${id},"payload":{"text":"${randomBytes(12_000).toString('base64')}"}}`),
);

async function exportTo(path: string, compress: boolean, replace: boolean, note: string): Promise<void> {
  const writer = await ArchiveWriter.create({ path, compress, replace, headerEstimate: 0 });
  try {
    // All at once, as an export does: what follows a failed write must fail as quietly.
    await Promise.all(pages.map((page) => writer.append(page)));
    await writer.finish(header(pages.length, { generator: note }), '2026-01-02T03:05:00.000Z');
    await writer.publish();
  } catch (error) {
    await writer.discard();
    throw error;
  }
}

test.each([
  [true, ''],
  [false, ''],
  [true, randomBytes(6000).toString('base64')],
  [false, randomBytes(6000).toString('base64')],
])(
  'a disk that is full at any step: a clear error, nothing left, what was there stays; compressed: %s',
  async (compress, note) => {
    let full = 0;
    let room = 0;
    for (let size = 3 * PAGE; ; size += compress ? 5 * PAGE : 6 * PAGE) {
      const folder = disk(size + PAGE);
      const path = join(folder, 'x.json.gz');
      writeFileSync(path, 'the last good one');
      let fault: Fault | null = null;
      try {
        await exportTo(path, compress, true, note);
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        fault = error;
      }
      expect(readdirSync(folder)).toEqual(['x.json.gz']);
      if (fault === null) {
        room++;
        expect(readFileSync(path).length).toBeGreaterThan(100_000);
        if (room === 2) break;
        continue;
      }
      full++;
      expect(room).toBe(0);
      expect(fault).toMatchObject({ code: 'NO_SPACE', params: { path } });
      expect(explainFault(fault).exitCode).toBe(1);
      expect(readFileSync(path, 'utf8')).toBe('the last good one');
    }
    console.log(`full at ${full} sizes of the disk`);
    expect(full).toBeGreaterThan(6);
  },
);

test('a disk without a single file to spare', async () => {
  const folder = temporaryFolder();
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'nr_inodes=1', 'vectorkeep-test', folder], { stdio: 'pipe' });
  onTestFinished(() => void execFileSync('umount', [folder], { stdio: 'pipe' }));
  await expect(exportTo(join(folder, 'x'), true, false, '')).rejects.toMatchObject({ code: 'NO_SPACE' });
});
