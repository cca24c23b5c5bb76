import { ask } from '../client.ts';
import { Button } from './button.tsx';

/** Shows a file or a folder where the system keeps it. */
export function ShowInFolder({ path }: { readonly path: string }) {
  return (
    <Button icon="folder" onClick={() => void ask('file:show', { path })}>
      Show in folder
    </Button>
  );
}
