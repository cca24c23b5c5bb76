import { Fault } from '../faults/fault.ts';

/** Clients give up after a minute, and looking for the collection in a file may take twenty seconds of it. */
const LONGEST_MS = 25_000;

/** What a call asks a server before there is a job that could be waited for. Throws QDRANT_UNREACHABLE where that takes too long. */
export async function inTime<T>(asked: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Fault('QDRANT_UNREACHABLE', { reason: 'timeout' })), LONGEST_MS);
  });
  try {
    return await Promise.race([asked, late]);
  } finally {
    clearTimeout(timer);
  }
}
