/** TLS in front of a real server, as a reverse proxy would put it there. */
import { writeFile } from 'node:fs/promises';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { createServer } from 'node:tls';

/** For `localhost` and 127.0.0.1, signed by itself, good until 2126. The key guards nothing. */
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgCy5qaD5XKjwQvOjC
6JF49mKZu12C+wiHsLsDBu0tavuhRANCAAQ3NvyK/vqoDzxNA0g2xY8K31qmkV1H
aP9D9PheKAdMyPiPQyi2wJtjoIRJuEWg610II9qYRdqHHuyTJyZ0CJLn
-----END PRIVATE KEY-----`;
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBmjCCAUGgAwIBAgIUclJui1jb311bGENN4Bf7wD17IzowCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMjEyMzEzMVoYDzIxMjYxMDI5
MTIzMTMxWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQ3NvyK/vqoDzxNA0g2xY8K31qmkV1HaP9D9PheKAdMyPiPQyi2wJtj
oIRJuEWg610II9qYRdqHHuyTJyZ0CJLno28wbTAdBgNVHQ4EFgQUtTEINGYnyGAj
1Yz8PYm7jqG2eDAwHwYDVR0jBBgwFoAUtTEINGYnyGAj1Yz8PYm7jqG2eDAwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDRwAwRAIgfnbdHlGrEkDW1fHlj3X8/hO4cIKwIC+PHVSlXtZ/qVkCIHiD
BrCEnCn+ylnABcurE6Um6+D/bMX4a+lsoQdMQXl8
-----END CERTIFICATE-----`;

export interface TlsFront {
  readonly port: number;
  stop(): void;
}

/** Listens on a free port of 127.0.0.1 and passes everything on to the server on `port`. */
export async function startTlsFront(port: number): Promise<TlsFront> {
  const sockets = new Set<Socket>();
  const server = createServer({ key: KEY, cert: CERTIFICATE }, (outside) => {
    const inside = connect(port, '127.0.0.1');
    for (const [one, other] of [
      [outside, inside],
      [inside, outside],
    ] as const) {
      sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    stop: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Writes the certificate where Node looks for more of them: `NODE_EXTRA_CA_CERTS`. */
export async function writeCertificate(path: string): Promise<string> {
  await writeFile(path, CERTIFICATE);
  return path;
}
