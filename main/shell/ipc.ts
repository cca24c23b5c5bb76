/** The border between window and main. Nothing passes that `preload/api.ts` does not describe. */
import { ipcMain, type IpcMainInvokeEvent } from 'electron';
import type { ZodType } from 'zod';
import { dropRequest, requests, type Channel, type Input, type Output, type Reply } from '../../preload/api.ts';
import { wire } from '../../preload/wire.ts';
import { errorReport } from '../faults/explain.ts';
import { Fault } from '../faults/fault.ts';
import { isPage } from './page.ts';

/** One function for every channel of the contract; a missing or a surplus one does not compile. */
export type Handlers = { readonly [C in Channel]: (input: Input<C>) => Output<C> | Promise<Output<C>> };

export interface IpcOptions {
  readonly handlers: Handlers;
  /** Takes the path of a file that was dropped on the window. */
  readonly onDrop: (path: string) => string | null;
  /** Whether a frame is the app's own page, and not a frame in it. */
  readonly isOwnFrame: (frame: Electron.WebFrameMain | null) => boolean;
}

export function registerIpc({ handlers, onDrop, isOwnFrame }: IpcOptions): void {
  const serve = (channel: string, input: ZodType, output: ZodType, run: (input: unknown) => unknown): void => {
    ipcMain.handle(channel, async (event: IpcMainInvokeEvent, argument: unknown): Promise<Reply<unknown>> => {
      const frame = event.senderFrame;
      if (frame === null || !isOwnFrame(frame) || !isPage(frame.url)) return refusal('sender');
      const parsed = input.safeParse(argument);
      if (!parsed.success) return refusal('argument');
      try {
        // What goes out is cut to the contract too: a field nobody declared, a key say, stays here.
        return { ok: true, value: output.parse(await run(parsed.data)) };
      } catch (error) {
        return { ok: false, error: errorReport(error) };
      }
    });
  };
  for (const channel of Object.keys(requests) as Channel[]) {
    const { input, output } = requests[channel];
    // The schema of this very channel stands before its handler; the compiler cannot follow the pairing through the loop.
    serve(wire.request(channel), input, output, handlers[channel] as (input: unknown) => unknown);
  }
  serve(wire.drop, dropRequest.input, dropRequest.output, (input) => onDrop(dropRequest.input.parse(input).path));
}

function refusal(reason: 'sender' | 'argument'): Reply<never> {
  return { ok: false, error: errorReport(new Fault('USAGE', { window: reason })) };
}
