/**
 * The bridge. Runs in the sandbox between page and main, and hands the page exactly `VectorkeepApi`:
 * no ipcRenderer, no event objects, no channel that `api.ts` does not name.
 */
import { contextBridge, ipcRenderer, webUtils, type IpcRendererEvent } from 'electron';
import type { Channel, EventName, EventPayload, Input, Output, Reply, VectorkeepApi } from './api.ts';
import { wire } from './wire.ts';

const bridge: VectorkeepApi = {
  async request<C extends Channel>(channel: C, input: Input<C>): Promise<Reply<Output<C>>> {
    return (await ipcRenderer.invoke(wire.request(channel), input)) as Reply<Output<C>>;
  },

  on<E extends EventName>(event: E, listener: (payload: EventPayload<E>) => void): () => void {
    const channel = wire.event(event);
    const forward = (_event: IpcRendererEvent, payload: EventPayload<E>): void => listener(payload);
    ipcRenderer.on(channel, forward);
    return () => {
      ipcRenderer.removeListener(channel, forward);
    };
  },

  async dropped(file: File): Promise<string | null> {
    // Empty for a File that script made up: only a real drop or a file input has a path.
    const path = webUtils.getPathForFile(file);
    if (path === '') return null;
    const reply = (await ipcRenderer.invoke(wire.drop, { path })) as Reply<string | null>;
    return reply.ok ? reply.value : null;
  },
};

contextBridge.exposeInMainWorld('vectorkeep', bridge);
