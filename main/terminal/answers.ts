import type { Lines } from './backup-reports.ts';
import { printJson, printLines, printWarnings } from './output.ts';
import type { Terminal } from './terminal.ts';

/** How the commands about schedules answer: one object for a script, lines for a person, what to beware of beside them. */
export function tell(terminal: Terminal, result: unknown, report: Lines): void {
  if (terminal.json) printJson(terminal.streams, result);
  else write(terminal, report);
}

export const write = ({ streams }: Terminal, lines: Lines): void => printLines(streams.out, lines);

/** With --json they stand in the object. */
export function warn({ streams, json }: Terminal, warnings: readonly { readonly message: string }[]): void {
  if (!json)
    printWarnings(
      streams,
      warnings.map(({ message }) => ({ code: '', message })),
    );
}
