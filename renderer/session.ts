/** What every part of the window may need and none should have to be handed. */
import { createContext } from 'preact';

export interface SessionValue {
  readonly version: string;
  /** Whether export files are compressed, to begin with. */
  readonly compress: boolean;
  /** Puts text on the clipboard and says so. */
  readonly copy: (text: string, said: string) => void;
  /** A short note for the eye and the screen reader; gone after a while. */
  readonly say: (text: string) => void;
}

export const Session = createContext<SessionValue>({
  version: '',
  compress: true,
  copy: () => undefined,
  say: () => undefined,
});
