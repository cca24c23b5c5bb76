/** Names of export files, the same from every side. Pure. */

const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)$/i;

/** An index name as part of a file name that every system takes. Never empty. */
export function safeFileName(name: string): string {
  const cleaned = name.replace(/[\p{Cc}\p{Cs}<>:"/\\|?*]+/gu, '-').replace(/^[.~\s-]+|[.\s-]+$/g, '');
  const short = Array.from(cleaned).slice(0, 60).join('');
  if (short === '') return 'index';
  return RESERVED.test(short) ? `${short}-index` : short;
}

/** `codebase-2026-11-22-093000.json.gz`: sortable, in local time, with nothing in it that a file system could mind. */
export function exportName(collection: string, compress: boolean, now: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = [now.getFullYear(), two(now.getMonth() + 1), two(now.getDate())].join('-');
  const time = [now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join('');
  return `${safeFileName(collection)}-${day}-${time}.json${compress ? '.gz' : ''}`;
}

/** Whether a file of this name is to be compressed: whoever names it `index.json` wants to open it in an editor. */
export function compresses(path: string, wanted: boolean): boolean {
  return wanted && !path.toLowerCase().endsWith('.json');
}
