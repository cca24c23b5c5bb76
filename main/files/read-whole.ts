import { Fault } from '../faults/fault.ts';
import { readFault } from './file-faults.ts';
import { openFile } from './open-file.ts';

/**
 * The content of an ordinary file, as long as it was when it was opened. Throws FILE_NOT_FOUND, FILE_NOT_READABLE (not an
 * ordinary file, or longer than `most` bytes).
 */
export async function readWhole(path: string, most: number): Promise<Buffer> {
  const file = await openFile(path);
  try {
    const { size } = await file.stat();
    if (size > most) throw new Fault('FILE_NOT_READABLE', { path, reason: `it is larger than ${most} bytes` });
    const bytes = Buffer.allocUnsafeSlow(size);
    let got = 0;
    while (got < size) {
      const { bytesRead } = await file.read(bytes, got, size - got, got);
      if (bytesRead === 0) break;
      got += bytesRead;
    }
    return bytes.subarray(0, got);
  } catch (error) {
    throw readFault(error, path);
  } finally {
    await file.close();
  }
}
