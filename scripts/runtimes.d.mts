/** The folder that holds package.json. */
export const root: string;
/** Where fetched programs live. */
export const runtimesDir: string;
/** A mistake with one line for the person at the keyboard. */
export class SetupError extends Error {}
/** Path of the Qdrant server for tests and development; throws a SetupError of one line when there is none. */
export function qdrantPath(): string;
/** Path of the Electron that `npm start` and tests run; throws a SetupError of one line when there is none. */
export function electronPath(): string;
