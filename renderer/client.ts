/** The window's side of the contract. */
import type { Channel, ErrorReport, Input, Output, Reply, VectorkeepApi } from '../preload/api.ts';

declare global {
  interface Window {
    readonly vectorkeep: VectorkeepApi;
  }
}

export type Ask = <C extends Channel>(channel: C, input: Input<C>) => Promise<Reply<Output<C>>>;

/** Asks main. Never throws: a broken bridge becomes an error with a sentence like any other. */
export const ask: Ask = async (channel, input) => {
  try {
    return await window.vectorkeep.request(channel, input);
  } catch {
    return { ok: false, error: brokenBridge };
  }
};

const brokenBridge: ErrorReport = {
  code: 'INTERNAL',
  message: 'The window lost touch with Vectorkeep.',
  hint: 'Quit Vectorkeep and start it again.',
  details: {},
};
