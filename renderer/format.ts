/** Numbers, sizes and times as people read them. Sentences are English, so numbers are too. */

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const ratio = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric' });
const shortDay = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short' });
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

/** 12345 -> "12,345" */
export function formatCount(count: number): string {
  return whole.format(count);
}

/** 1, "point" -> "1 point"; 2,000 -> "2,000 points" */
export function formatQuantity(count: number, singular: string, plural = `${singular}s`): string {
  return `${whole.format(count)} ${count === 1 ? singular : plural}`;
}

const UNITS = ['kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** Bytes to three significant digits in decimal units, as file managers show them: 1234567 -> "1.23 MB". */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return formatQuantity(Math.round(bytes), 'byte');
  let value = bytes / 1000;
  let unit = 0;
  // 999.5 would be printed as 1,000: it belongs to the next unit already.
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return new Intl.NumberFormat('en', {
    style: 'unit',
    unit: UNITS[unit] ?? 'terabyte',
    unitDisplay: 'short',
    maximumSignificantDigits: 3,
  }).format(value);
}

/** Milliseconds: "0.4 s", "12 s", "3 min 20 s", "1 h 5 min". */
export function formatDuration(ms: number): string {
  if (ms < 9950) return `${ratio.format(Math.max(ms, 100) / 1000)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return parts(Math.floor(seconds / 60), 'min', seconds % 60, 's');
  const minutes = Math.round(seconds / 60);
  return parts(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
}

function parts(big: number, bigUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${big} ${bigUnit}` : `${big} ${bigUnit} ${small} ${smallUnit}`;
}

/** Seconds still to go, no more exact than a forecast is: "a few seconds left", "about 3 min left". */
export function formatTimeLeft(seconds: number): string {
  if (seconds < 5) return 'a few seconds left';
  if (seconds < 55) return `about ${Math.ceil(seconds / 5) * 5} s left`;
  if (seconds < 3300) return `about ${Math.max(1, Math.round(seconds / 60))} min left`;
  return `about ${formatDuration(Math.round(seconds / 300) * 300_000)} left`;
}

/** Points a second: "12,345 points/s". */
export function formatRate(pointsPerSecond: number): string {
  return `${whole.format(pointsPerSecond)} points/s`;
}

/** 10.42 -> "10.4 times smaller"; null when there is nothing to boast of. */
export function formatRatio(times: number): string | null {
  return Number.isFinite(times) && times >= 1.05 ? `${ratio.format(times)} times smaller` : null;
}

/** 384 -> "384 dimensions"; several named vectors -> "text 384, image 512". */
export function formatDimensions(dimensions: number | Readonly<Record<string, number>> | null): string {
  if (dimensions === null) return 'not known';
  if (typeof dimensions === 'number') return formatQuantity(dimensions, 'dimension');
  const named = Object.entries(dimensions);
  return named.length === 0
    ? 'no dense vectors'
    : named.map(([name, size]) => `${name} ${whole.format(size)}`).join(', ');
}

/** ISO time -> "22 November 2026, 08:38" in local time. Text that is no time comes back as it is. */
export function formatTime(iso: string): string {
  const time = new Date(iso);
  return Number.isNaN(time.getTime()) ? iso : `${day.format(time)}, ${clock.format(time)}`;
}

/** ISO time -> "08:38" in local time. */
export function formatClock(iso: string): string {
  return clock.format(new Date(iso));
}

/** ISO time -> "Sun, 22 Nov" in local time. */
export function formatDay(iso: string): string {
  return shortDay.format(new Date(iso));
}

/** How long ago: "just now", "12 min ago", "3 h ago", "yesterday", "5 days ago", then the date. */
export function formatAge(iso: string, now: number): string {
  const time = Date.parse(iso);
  if (Number.isNaN(time)) return iso;
  // A clock that is a little ahead does not make a backup of the future.
  const minutes = Math.floor((now - time) / 60_000);
  if (minutes < -5) return formatTime(iso);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${minutes} min ago`;
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ago`;
  const days = daysBetween(time, now);
  if (days <= 1) return 'yesterday';
  return days <= 30 ? `${days} days ago` : `on ${day.format(time)}`;
}

/** Days of the calendar from one moment to a later one, in local time. */
export function daysBetween(time: number, later: number): number {
  const midnight = (moment: number): number => {
    const date = new Date(moment);
    // Of UTC, where every day has 24 hours.
    return Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  };
  return Math.round((midnight(later) - midnight(time)) / 86_400_000);
}

const LONGEST_NAME = 44;

/** “code”; of a long name the beginning and the end, which tell it from others. For headings: what they are about stays in view. */
export function quoteName(name: string): string {
  const signs = Array.from(name);
  const half = LONGEST_NAME / 2;
  return signs.length <= LONGEST_NAME
    ? `“${name}”`
    : `“${signs.slice(0, half).join('')}…${signs.slice(-half).join('')}”`;
}

/** Last part of a path, of either kind of system. */
export function fileName(path: string): string {
  return path.split(/[/\\]/).at(-1) ?? path;
}
