// `npm run setup`: fetches what development and tests need beyond npm's packages. Quiet when all is there.
import { setUpElectron } from './electron-runtime.mjs';
import { SetupError, setUpQdrant } from './runtimes.mjs';

try {
  const say = (line) => console.log(line);
  await setUpQdrant(say);
  await setUpElectron(say);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
