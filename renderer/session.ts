/** What every part of the window may need and none should have to be handed. */
import { createContext } from 'preact';

export interface SessionValue {
  readonly version: string;
  /** Puts text on the clipboard and says so. */
  readonly copy: (text: string, said: string) => void;
  /** A short note for the eye and the screen reader; gone after a while. */
  readonly say: (text: string) => void;
}

export const Session = createContext<SessionValue>({ version: '', copy: () => undefined, say: () => undefined });
