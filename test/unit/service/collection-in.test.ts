import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Conf from 'conf';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createService } from '../../../main/service/backup-service.ts';
import type { Service } from '../../../main/service/service.ts';
import { openSettings } from '../../../main/settings/settings.ts';

let dir = '';
let service: Service;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vk-service-'));
  service = createService({
    ...{ settings: openSettings({ Store: Conf, dir }), home: dir, qdrantBinary: undefined, generator: 'test' },
    workerScript: new URL('../../../main/jobs/worker.ts', import.meta.url),
  });
});
afterEach(async () => {
  await service.close();
  rmSync(dir, { recursive: true });
});

test.each([3, 2000])('the index that a file names behind its %i points', async (count) => {
  const path = join(dir, 'file.json');
  const points = Array.from({ length: count }, (_, id) => `{"id":${id},"vector":[1]}`).join(',');
  const write = (metadata: string): void =>
    writeFileSync(path, `{"version":"1.0","vectors":[${points}],"metadata":${metadata}}`);
  write('{"dimensions":1,"collection":"behind"}');
  const { signal } = new AbortController();
  expect(await service.collectionIn({ path }, signal)).toBe('behind');
  write('{"dimensions":1}');
  await expect(service.collectionIn({ path }, signal)).rejects.toMatchObject({ code: 'USAGE' });
});
