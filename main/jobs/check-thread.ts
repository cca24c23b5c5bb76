import { Worker, type MessagePort } from 'node:worker_threads';
import { Fault, type FaultData } from '../faults/fault.ts';
import type { CheckedGroup, CheckGroup, GroupToCheck } from '../vault/segment-check.ts';
import { CHECKS, YOUNG_GENERATION_MB } from './port.ts';

interface Question {
  readonly id: number;
  readonly what: GroupToCheck;
}

type Answer =
  { readonly id: number; readonly checked: CheckedGroup } | { readonly id: number; readonly fault: FaultData };

interface Waiting {
  readonly what: GroupToCheck;
  readonly resolve: (checked: CheckedGroup | PromiseLike<CheckedGroup>) => void;
  readonly reject: (error: unknown) => void;
}

/** What the thread is needed for, loaded only where it is. */
const checkHere: CheckGroup = async (what) => (await import('../vault/segment-check.ts')).checkGroup(what);

/**
 * A second thread for a job that has row groups to check: half the time where there are two processors. It starts when it
 * is first asked; what it cannot answer, because it was not to be had or is gone, is checked here.
 */
export class CheckThread {
  readonly #script: URL;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | null = null;
  #asked = 0;
  #isGone = false;

  /** `script`: the worker's own. */
  constructor(script: URL) {
    this.#script = script;
  }

  readonly check: CheckGroup = (what) => {
    if (this.#isGone) return checkHere(what);
    const worker = (this.#worker ??= this.#start());
    return new Promise((resolve, reject) => {
      const id = this.#asked++;
      this.#waiting.set(id, { what, resolve, reject });
      worker.postMessage({ id, what } satisfies Question);
    });
  };

  #start(): Worker {
    const worker = new Worker(this.#script, {
      workerData: CHECKS,
      name: CHECKS,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    });
    worker.on('message', (answer: Answer) => {
      const waiting = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      if ('checked' in answer) waiting?.resolve(answer.checked);
      else waiting?.reject(Fault.fromData(answer.fault));
    });
    // `exit` follows.
    worker.on('error', () => undefined);
    worker.on('exit', () => {
      this.#isGone = true;
      for (const { what, resolve } of this.#waiting.values()) resolve(checkHere(what));
      this.#waiting.clear();
    });
    return worker;
  }

  /** Nobody asks any more. */
  async close(): Promise<void> {
    await this.#worker?.terminate();
  }
}

/** The other end: answers until it is ended. */
export function answerChecks(port: MessagePort): void {
  const answer = async ({ id, what }: Question): Promise<Answer> => {
    try {
      return { id, checked: await checkHere(what) };
    } catch (error) {
      return { id, fault: Fault.from(error).toData() };
    }
  };
  port.on('message', (question: Question) => void answer(question).then((said) => port.postMessage(said)));
}
