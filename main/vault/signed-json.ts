import { sha256Of } from './sha256.ts';

/**
 * JSON that says itself whether it is whole: its last member is `sha256`, over all bytes before the comma in front of it.
 */
export function signed(value: Readonly<Record<string, unknown>>): string {
  const body = JSON.stringify(value, null, 1).slice(0, -2);
  return `${body},\n "sha256": "${sha256Of(body)}"\n}\n`;
}

const TAIL = /,\n "sha256": "([0-9a-f]{64})"\n\}\n$/;

/** The value; null when one byte of it is not as it was written. */
export function readSigned(bytes: Buffer): Record<string, unknown> | null {
  const tail = TAIL.exec(bytes.toString('latin1', Math.max(0, bytes.length - 128)));
  if (tail === null) return null;
  const body = bytes.subarray(0, bytes.length - tail[0].length);
  if (sha256Of(body) !== tail[1]) return null;
  try {
    // Without its last member; a name such as `__proto__` stays one among others.
    return JSON.parse(`${body.toString('utf8')}\n}`) as Record<string, unknown>;
  } catch {
    return null;
  }
}
