import { Fault } from '../faults/fault.ts';
import { startLocalServer, type LocalServer } from '../qdrant/local-server.ts';
import type { QdrantTarget } from '../qdrant/target.ts';

/** The built-in server for a while. */
export interface BorrowedQdrant {
  readonly target: QdrantTarget;
  /** Ends the server where nobody needs it any more. Once; never rejects. */
  giveBack(): Promise<void>;
}

/** The built-in server as the service uses it: started when first needed, again after it died, ended with the service. */
export class LocalQdrant {
  readonly #binary: string | undefined;
  readonly #dir: string;
  #server: Promise<LocalServer> | null = null;
  /** Somebody needs it for as long as the service runs. */
  #stays = false;
  #borrowers = 0;

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
    this.#stays = true;
    return this.#running();
  }

  /** The same for work after which it may end again. */
  async borrow(): Promise<BorrowedQdrant> {
    this.#borrowers++;
    const giveBack = async (): Promise<void> => {
      if (--this.#borrowers === 0 && !this.#stays) await this.stop().catch(() => undefined);
    };
    try {
      return { target: await this.#running(), giveBack };
    } catch (error) {
      await giveBack();
      throw error;
    }
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    await (await server?.catch(() => null))?.stop();
  }

  async #running(): Promise<QdrantTarget> {
    if (this.#binary === undefined) throw new Fault('NO_LOCAL_SERVER', { reason: 'there is none for this system' });
    const { url, apiKey } = await (this.#server ??= this.#start(this.#binary));
    return { url, apiKey };
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
