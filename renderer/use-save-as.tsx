import { useState } from 'preact/hooks';
import type { Reply } from '../preload/api.ts';
import { ask } from './client.ts';
import { Button } from './components/button.tsx';
import { Choice } from './components/field.tsx';
import type { Runner } from './live.ts';

interface Destination {
  readonly path: string;
  readonly compress: boolean;
}

/** The last questions before a file is written, compressed or not and where, and the button that asks where. */
export function useSaveAs(
  collection: string,
  runner: Runner,
  write: (file: Destination) => Promise<Reply<{ jobId: string }>>,
) {
  const [compress, setCompress] = useState(true);
  const [picking, setPicking] = useState(false);
  const pickAndWrite = async (): Promise<void> => {
    if (picking) return;
    setPicking(true);
    const picked = await ask('pick:export', { collection, compress });
    setPicking(false);
    if (!picked.ok) runner.start(Promise.resolve(picked));
    else if (picked.value !== null) runner.start(write({ path: picked.value, compress }));
  };
  const save = (): void => void pickAndWrite();
  return {
    save,
    /** Asks for a place once more, after a failure. */
    again: (label: string) => ({ label, run: save, busy: picking }),
    choice: (
      <Choice
        kind="checkbox"
        label="Compress the file"
        hint="A .json.gz file is a good deal smaller; any unzip program opens it. Without, the file is plain JSON."
        checked={compress}
        onChange={setCompress}
      />
    ),
    button: (
      <Button look="primary" type="submit" busy={picking}>
        Choose where to save…
      </Button>
    ),
  };
}
