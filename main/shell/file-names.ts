/** Names that are proposed for files. Pure. */

const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)$/i;

/** An index name as part of a file name that every system takes. Never empty. */
export function safeFileName(name: string): string {
  const cleaned = name.replace(/[\p{Cc}<>:"/\\|?*]+/gu, '-').replace(/^[.\s-]+|[.\s-]+$/g, '');
  const short = Array.from(cleaned).slice(0, 100).join('');
  if (short === '') return 'index';
  return RESERVED.test(short) ? `${short}-index` : short;
}

/** Local date, sortable: 2026-11-22. */
export function dayStamp(time: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
}
