#!/usr/bin/env node
import { existsSync } from 'node:fs';

const program = new URL('../out/main/cli.js', import.meta.url);
if (existsSync(program)) await import(program.href);
else {
  process.stderr.write('Error: Vectorkeep is not built yet.\nRun npm run build first.\n');
  process.exitCode = 1;
}
