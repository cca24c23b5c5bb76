/** Days where the person lives. A formatter takes longer to make than a thousand days to write, so all of it is kept. */

/** All zones are whole quarters of an hour away from each other. */
export const QUARTER_MS = 15 * 60_000;
const MOST_KNOWN = 20_000;
const days = new Map<string, string>();

/** `2026-11-23` where the person lives. */
export function dayOf(at: number, timeZone: string | undefined): string {
  const quarter = Math.floor(at / QUARTER_MS);
  const key = `${quarter} ${timeZone ?? ''}`;
  const known = days.get(key);
  if (known !== undefined) return known;
  if (days.size >= MOST_KNOWN) days.clear();
  const day = formatDay(quarter * QUARTER_MS, timeZone);
  days.set(key, day);
  return day;
}

const formats = new Map<string | undefined, Intl.DateTimeFormat>();

function formatDay(at: number, timeZone: string | undefined): string {
  const known = formats.get(timeZone);
  const zone = timeZone === undefined ? {} : { timeZone };
  const format = known ?? new Intl.DateTimeFormat('en-CA', { dateStyle: 'short', ...zone });
  if (known === undefined) formats.set(timeZone, format);
  return format.format(at);
}
