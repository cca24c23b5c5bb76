import type { Finding } from './figures.ts';

/** Findings as aligned columns. */
export function table(findings: readonly Finding[]): string {
  const head = ['dim', 'what', 'ours', 'against', 'figure', 'min–max', 'asked for', ''];
  const rows = findings.map(({ dimensions, what, ours, against, value, unit, asked, met }) => [
    String(dimensions),
    what,
    ours,
    against,
    figure(value.median, unit),
    value.min === value.max ? '' : `${figure(value.min, unit)}–${figure(value.max, unit)}`,
    asked === null ? '' : 'atLeast' in asked ? `≥ ${figure(asked.atLeast, unit)}` : `≤ ${figure(asked.atMost, unit)}`,
    met === null ? '' : met ? 'met' : 'NOT MET',
  ]);
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (isText(i) ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  return [line(head), rule, ...rows.map(line)].join('\n');
}

const isText = (column: number): boolean => column === 1 || column === 7;

function figure(value: number, unit: Finding['unit']): string {
  if (unit === 'x') return `${value.toFixed(2)}×`;
  return `${value.toFixed(unit === 'ms' ? 1 : 0)} ${unit}`;
}
