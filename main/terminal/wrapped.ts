import stringWidth from 'string-width';

/** A sentence in lines of so many columns at most, broken between words; each begins with `indent`. */
export function wrapped(text: string, width: number | null, indent: string): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? `${indent}${word}` : `${line} ${word}`;
    if (line !== '' && width !== null && stringWidth(longer) > width) {
      lines.push(line);
      line = `${indent}${word}`;
    } else line = longer;
  }
  return [...lines, line];
}

/** The same for a line of a report: one that fits, and one that is set off by spaces, as commands and names are, stay as they are. */
export const fitted = (line: string, width: number | null): readonly string[] =>
  width === null || line.startsWith(' ') || stringWidth(line) <= width ? [line] : wrapped(line, width, '');
