// `npm run setup`: everything that development and tests need. Quiet when all is there.
import { runScript, setUp } from './steps.mjs';

await runScript(async () => {
  await setUp({ virtualDisplay: true, panel: true });
  return 0;
});
