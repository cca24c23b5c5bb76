import type { RunningApp } from './electron.ts';

/** What page and main printed that somebody would have to worry about; a test expects nothing. */
export function complaintsOf({ printed }: Pick<RunningApp, 'printed'>): readonly string[] {
  return printed.filter((line) => /page (error|warning)|Uncaught|Unhandled|Violation/i.test(line));
}
