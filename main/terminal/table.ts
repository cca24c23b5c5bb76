import stringWidth from 'string-width';
import { plain } from './output.ts';

export interface Column {
  readonly title: string;
  readonly align?: 'right';
  /** How narrow it may become, its cells shortened in the middle; undefined: not at all. */
  readonly least?: number;
  /** Left out where all cannot fit: the highest first. undefined: never. */
  readonly leaveOut?: number;
  /** Colours a cell that has its width already. */
  readonly paint?: (cell: string) => string;
}

const GAP = 2;

/**
 * Rows in columns under their titles, each line at most `width` columns of a terminal wide; null: as wide as it takes.
 * Names of servers and files may stand in it. Pure.
 */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number | null,
): readonly string[] {
  const cells = [columns.map(({ title }) => title), ...rows.map((row) => row.map(plain))];
  let shown: (Sized & { readonly at: number })[] = columns.map((column, at) => ({
    ...column,
    at,
    width: widest(cells, at),
  }));
  if (width !== null) {
    while (!narrow(shown, width)) {
      const last = shown.reduce((a, b) => ((b.leaveOut ?? 0) > (a.leaveOut ?? 0) ? b : a));
      if (last.leaveOut === undefined) break;
      shown = shown.filter((column) => column !== last);
    }
  }
  return cells.map((row, nth) => {
    const texts = shown.map(({ at, align, width: room }) => {
      const cell = shorten(row[at] ?? '', room);
      const space = ' '.repeat(Math.max(0, room - stringWidth(cell)));
      return align === 'right' ? space + cell : cell + space;
    });
    const joined = (parts: readonly string[]): string => parts.join(' '.repeat(GAP)).trimEnd();
    const line = joined(texts);
    if (width !== null && stringWidth(line) > width) return shorten(line, width);
    if (nth === 0) return line;
    // Spaces at the end have no colour to show.
    const last = texts.findLastIndex((text) => text.trim() !== '');
    return joined(
      texts.map((text, n) => {
        const { paint } = shown[n] ?? {};
        return paint === undefined ? text : paint(n === last ? text.trimEnd() : text);
      }),
    );
  });
}

type Sized = Column & { width: number };

/** Takes width from the columns that can spare it, first from those that can be done without; false: it was not enough. */
function narrow(columns: readonly Sized[], room: number): boolean {
  let over = columns.reduce((sum, { width }) => sum + width, GAP * (columns.length - 1)) - room;
  const given = columns.map((column) => ({ column, width: column.width }));
  for (const spare of [true, false]) {
    const able = given.filter(({ column }) => (column.leaveOut !== undefined) === spare && column.least !== undefined);
    for (; over > 0; over--) {
      const wide = able.filter(({ column, width }) => width > (column.least ?? width));
      if (wide.length === 0) break;
      const widestOf = wide.reduce((a, b) => (b.width > a.width ? b : a));
      widestOf.width--;
    }
  }
  if (over > 0) return false;
  for (const { column, width } of given) column.width = width;
  return true;
}

const widest = (cells: readonly (readonly string[])[], at: number): number =>
  cells.reduce((most, row) => Math.max(most, stringWidth(row[at] ?? '')), 0);

const graphemes = new Intl.Segmenter();

/** `code-2026…140302Z`: names differ at their ends. At most so many columns wide, and never half a character. */
export function shorten(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  const parts = Array.from(graphemes.segment(text), ({ segment }) => segment);
  const head: string[] = [];
  const tail: string[] = [];
  let [headWidth, tailWidth] = [0, 0];
  for (let [first, last] = [0, parts.length - 1]; first <= last;) {
    const atHead = headWidth <= tailWidth;
    const part = parts[atHead ? first++ : last--] ?? '';
    const partWidth = stringWidth(part);
    if (headWidth + tailWidth + partWidth > width - 1) break;
    if (atHead) headWidth += partWidth;
    else tailWidth += partWidth;
    (atHead ? head : tail).push(part);
  }
  return `${head.join('')}…${tail.reverse().join('')}`;
}
