/** Starts Xvfb and gives the environment that shows windows there. */
export function startDisplay(): Promise<{ env: NodeJS.ProcessEnv; stop(): void }>;
