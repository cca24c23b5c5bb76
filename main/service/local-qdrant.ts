import { Fault } from '../faults/fault.ts';
import { startLocalServer, type LocalServer } from '../qdrant/local-server.ts';
import type { QdrantTarget } from '../qdrant/target.ts';

/** The built-in server as the service uses it: started when first needed, again after it died, ended with the service. */
export class LocalQdrant {
  readonly #binary: string | undefined;
  readonly #dir: string;
  #server: Promise<LocalServer> | null = null;

  /** `binary` undefined: none is to be had on this platform. */
  constructor(binary: string | undefined, dir: string) {
    this.#binary = binary;
    this.#dir = dir;
  }

  get available(): boolean {
    return this.#binary !== undefined;
  }

  /** Starts the server if need be. Throws NO_LOCAL_SERVER. */
  async target(): Promise<QdrantTarget> {
    if (this.#binary === undefined) throw new Fault('NO_LOCAL_SERVER', { reason: 'there is none for this system' });
    const { url, apiKey } = await (this.#server ??= this.#start(this.#binary));
    return { url, apiKey };
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    await (await server?.catch(() => null))?.stop();
  }

  async #start(binary: string): Promise<LocalServer> {
    const forget = (): void => {
      this.#server = null;
    };
    try {
      return await startLocalServer({ binary, dir: this.#dir, onExit: forget });
    } catch (error) {
      forget();
      throw error;
    }
  }
}
