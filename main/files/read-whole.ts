import { Fault } from '../faults/fault.ts';
import { readFault } from './file-faults.ts';
import { openFile } from './open-file.ts';

/**
 * The content of an ordinary file, as long as it was when it was opened. Throws FILE_NOT_FOUND, FILE_NOT_READABLE (not an
 * ordinary file, or longer than `most` bytes).
 */
export function readWhole(path: string, most: number): Promise<Buffer> {
  return read(path, (size) => {
    if (size > most) throw new Fault('FILE_NOT_READABLE', { path, reason: `it is larger than ${most} bytes` });
    return size;
  });
}

/** Its last `most` bytes, or all of a shorter one. Throws FILE_NOT_FOUND, FILE_NOT_READABLE. */
export function readEnd(path: string, most: number): Promise<Buffer> {
  return read(path, (size) => Math.min(size, most));
}

async function read(path: string, lengthOf: (size: number) => number): Promise<Buffer> {
  const file = await openFile(path);
  try {
    const { size } = await file.stat();
    const length = lengthOf(size);
    const bytes = Buffer.allocUnsafeSlow(length);
    let got = 0;
    while (got < length) {
      const { bytesRead } = await file.read(bytes, got, length - got, size - length + got);
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
