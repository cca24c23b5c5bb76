import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { companionsText, readCompanionFiles } from '../../../main/jobs/tasks/companions.ts';
import { faultOf, temporaryFolder, validateFile, writeArchive } from '../../support/archives.ts';

interface Entry {
  name: string;
  content: string;
  encoding?: 'base64';
}

test('files of any content travel in an export', async () => {
  const folder = temporaryFolder();
  const contents: Record<string, Buffer> = {
    'state.json': Buffer.from('{"é":"😀\\n"}\r\n'),
    empty: Buffer.alloc(0),
    bytes: Buffer.from([0, 255, 1, 254, 0xc3]),
    bom: Buffer.from('\uFEFFtext'),
    zeros: Buffer.alloc(100_000),
    __proto__: Buffer.from('x'),
  };
  const paths = Object.entries(contents).map(([name, content]) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  });
  const text = companionsText(await readCompanionFiles(paths));
  const entries = JSON.parse(text ?? '') as Entry[];
  for (const { name, content, encoding } of entries) {
    expect(Buffer.from(content, encoding ?? 'utf8').equals(contents[name] ?? Buffer.of(1)), name).toBe(true);
  }
  expect(entries.filter(({ encoding }) => encoding === 'base64').map(({ name }) => name)).toEqual(['bytes', 'zeros']);
  // Zeros as text would take six times their size and pass the reader's limit.
  expect(text?.length).toBeLessThan(140_000);
  const archive = join(folder, 'x.json.gz');
  await writeArchive(archive, [], { compress: true, header: { companions: text } });
  expect((await validateFile(archive)).companions).toEqual(Object.keys(contents));
  expect(companionsText(await readCompanionFiles([]))).toBeNull();
});

test('what cannot travel is refused before anything is written', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'a'));
  writeFileSync(join(folder, 'state'), '');
  writeFileSync(join(folder, 'a', 'state'), '');
  expect(await faultOf(readCompanionFiles([join(folder, 'nothing')]))).toMatchObject({ code: 'FILE_NOT_FOUND' });
  expect(await faultOf(readCompanionFiles([join(folder, 'a')]))).toMatchObject({ code: 'FILE_NOT_READABLE' });
  expect(await faultOf(readCompanionFiles(['/dev/zero']))).toMatchObject({ code: 'FILE_NOT_READABLE' });
  const twice = await faultOf(readCompanionFiles([join(folder, 'state'), join(folder, 'a', 'state')]));
  expect(twice).toMatchObject({ code: 'USAGE' });
});
