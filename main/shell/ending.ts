import { app, powerMonitor } from 'electron';

export interface EndingParts {
  /** Whether the person wants to quit, who is asked where work would be cancelled. */
  readonly ask: () => Promise<boolean>;
  /** Cancels all work and waits until everything is put away. */
  readonly close: () => Promise<void>;
  /** Takes away what is seen. */
  readonly last: () => void;
}

/** Quitting asks while work is going on, then cancels it and waits for everything to be put away. Once the app is ready. */
export function endInOrder({ ask, close, last }: EndingParts): void {
  let phase: 'up' | 'asking' | 'closing' | 'down' = 'up';
  const end = async (asks: boolean): Promise<void> => {
    phase = 'asking';
    if (asks && !(await ask())) {
      if (isAsking()) phase = 'up';
      return;
    }
    // Whoever does not wait for an answer came first.
    if (!isAsking()) return;
    phase = 'closing';
    await close();
    last();
    phase = 'down';
    // Not quit(): after Ctrl-C, which Chromium takes itself, a second quit() closes the window and goes no further.
    app.exit(0);
  };
  const isAsking = (): boolean => phase === 'asking';
  const endAtOnce = (): void => {
    if (phase !== 'closing' && phase !== 'down') void end(false);
  };
  app.on('before-quit', (event) => {
    if (phase === 'down') return;
    event.preventDefault();
    if (phase === 'up') void end(true);
  });
  // Whoever ends the session or the process does not wait for an answer.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, endAtOnce);
  app.on('browser-window-created', (_event, window) => window.on('session-end', endAtOnce));
  // Linux and macOS, where it is held up for as long as it takes to put things away.
  powerMonitor.on('shutdown', ((event: { preventDefault(): void }) => {
    event.preventDefault();
    endAtOnce();
  }) as () => void);
}
