/** The value of a JSON string, from the text between its quotes. It must have been scanned: broken text throws a SyntaxError. */
export function decodeString(text: string): string {
  return text.includes('\\') ? (JSON.parse(`"${text}"`) as string) : text;
}

/** Do these bytes stand at `start`? */
export function equals(buf: Uint8Array, start: number, bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) if (buf[start + i] !== bytes[i]) return false;
  return true;
}
