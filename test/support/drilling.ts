/** A program that drills, to be killed in the middle: `node test/support/drilling.ts URL VAULT COLLECTION`. It prints the name of the scratch index. */
import { memoryService } from './services.ts';

const [url = '', vault = '', collection = ''] = process.argv.slice(2);
await memoryService().drill({
  ...{ connection: { url }, vault, collection, onConnection: true },
  onScratch: (name, there) => process.stdout.write(`${there ? name : 'gone'}\n`),
}).result;
