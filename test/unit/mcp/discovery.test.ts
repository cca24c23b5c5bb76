import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { announce, requireUnannounced, withdraw } from '../../../main/mcp/discovery.ts';
import { startEndpoint } from '../../../main/mcp/endpoint.ts';
import { endpointParts } from '../../support/endpoint-parts.ts';
import { stillService } from './still-service.ts';

const URL_OF_OURS = 'http://127.0.0.1:1/mcp';
let home = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'vk-discovery-'));
});
afterEach(() => rmSync(home, { recursive: true }));

describe('the discovery file', () => {
  const path = () => join(home, 'mcp.json');

  it('is not taken over from another process that answers, and is from one that ended', async () => {
    const script =
      "require('http').createServer((_, r) => r.writeHead(401).end())" +
      ".listen(0, '127.0.0.1', function () { console.log(this.address().port) })";
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const [port] = (await once(child.stdout, 'data')) as [Buffer];
      const url = `http://127.0.0.1:${port.toString().trim()}/mcp`;
      const text = JSON.stringify({ url, token: 'x', pid: child.pid });
      writeFileSync(path(), text);
      const opening = startEndpoint({
        ...{ service: stillService(), home, port: 0, version: '1', ...endpointParts(home) },
      }).then((endpoint) => endpoint.close());
      await expect(opening).rejects.toMatchObject({
        ...{ code: 'BUSY', params: { reason: 'endpoint', url, pid: child.pid } },
      });
      expect(readFileSync(path(), 'utf8')).toBe(text);
    } finally {
      child.kill();
      await once(child, 'exit');
    }
    await requireUnannounced(home);
  });

  it.each([{ pid: 1 }, { token: 'another' }, { url: 'http://127.0.0.1:2/mcp' }])(
    'is left alone on closing when it holds %j',
    (other) => {
      announce(home, URL_OF_OURS, 'mine');
      const mine = readFileSync(path(), 'utf8');
      writeFileSync(path(), JSON.stringify({ ...(JSON.parse(mine) as object), ...other }));
      withdraw(home, URL_OF_OURS, 'mine');
      expect(readFileSync(path(), 'utf8')).not.toBe(mine);
    },
  );
});
