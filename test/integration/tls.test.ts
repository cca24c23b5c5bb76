import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { vectorkeep } from '../support/command-line.ts';
import { commandLineGround } from '../support/command-line-ground.ts';
import { pointTexts } from '../support/server-text.ts';
import { startTlsFront, writeCertificate, type TlsFront } from '../support/tls.ts';

const ground = commandLineGround();
let front: TlsFront;
beforeAll(async () => {
  front = await startTlsFront(ground.qdrant.port);
});
afterAll(() => front.stop());

describe('a Qdrant behind TLS', () => {
  it.each(['localhost', '127.0.0.1'])('is exported from and imported into, as %s', async (host) => {
    const at = ['--url', `https://${host}:${front.port}`, '--json'];
    const trusted = await writeCertificate(join(ground.home, 'certificate.pem'));
    const options = { home: ground.home, env: { NODE_EXTRA_CA_CERTS: trusted } };
    const copy = `copy-${host}`;
    const exported = await vectorkeep(['export', 'code', '-o', 'code.json.gz', ...at], options);
    expect(exported).toMatchObject({ code: 0, stderr: '' });
    const imported = await vectorkeep(['import', 'code.json.gz', '--collection', copy, ...at], options);
    expect(imported).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(imported.stdout)).toMatchObject({ new: 3000, skipped: 0 });
    expect(await pointTexts(ground.qdrant.url, copy)).toEqual(await pointTexts(ground.qdrant.url, 'code'));
  });

  it('is not believed without a certificate that is trusted', async () => {
    const { code, stdout } = await ground.run('export', 'code', '--url', `https://localhost:${front.port}`, '--json');
    expect(code).toBe(4);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'QDRANT_UNREACHABLE' } });
  });
});
