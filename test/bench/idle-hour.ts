// The runs of an hour, one a second, in a process of its own: prints what memory it had after the first ten and at the end.
import { mkdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { protectedService } from '../support/protections.ts';

const [url = '', home = '', count = '60'] = process.argv.slice(2);
const WARM = 10;

mkdirSync(home, { recursive: true });
const program = await protectedService({ home });
const { settings, protection } = program;
settings.setVaultFolder(`${home}/vault`);
settings.saveConnection({ name: 'work', kind: 'url', url });
settings.setProtection({ keep: { keepLast: 3 } });
settings.setRule(
  { connection: 'work', collection: 'index-0' },
  { kind: 'cron', expression: '* * * * * *' },
  new Date(),
);
await protection.begin();
const before = await memoryAfter(WARM);
const after = await memoryAfter(WARM + Number(count));
await program.close();
console.log(
  `an hour of runs, one a minute, in a row: ${before.heap.toFixed(1)} → ${after.heap.toFixed(1)} MiB in use, ` +
    `${before.rss.toFixed(0)} → ${after.rss.toFixed(0)} MiB resident (asked for: no growth)`,
);

async function memoryAfter(runs: number): Promise<{ heap: number; rss: number }> {
  while (protection.history({ limit: 500, kind: 'backup', outcome: 'ok' }).entries.length < runs) await pause(200);
  for (let n = 0; n < 3; n++) {
    globalThis.gc?.();
    await pause(20);
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: (heapUsed + external) / 2 ** 20, rss: rss / 2 ** 20 };
}
