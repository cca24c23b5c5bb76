// `npm run setup`: fetches what development and tests need beyond npm's packages. Quiet when all is there.
import { SetupError, setUpQdrant } from './runtimes.mjs';

try {
  await setUpQdrant((line) => console.log(line));
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
