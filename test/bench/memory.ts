import { readFileSync } from 'node:fs';

/**
 * Largest resident memory of this process so far, in MiB. From /proc where there is one: getrusage's maximum begins
 * with the memory of whoever started the process.
 */
export function peakMiB(): number {
  try {
    const match = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
    if (match !== null) return Number(match[1]) / 1024;
  } catch {
    // Not Linux.
  }
  return process.resourceUsage().maxRSS / 1024;
}
