import { useEffect } from 'preact/hooks';

export interface Note {
  readonly id: number;
  readonly text: string;
}

/** One short note at a time. The region stays in the page, so that screen readers hear what appears in it. */
export function Toast({ note, onGone }: { readonly note: Note | null; readonly onGone: () => void }) {
  useEffect(() => {
    if (note === null) return;
    const timer = setTimeout(onGone, 5000);
    return () => {
      clearTimeout(timer);
    };
  }, [note, onGone]);
  return (
    <div class="toast-place" role="status" aria-live="polite">
      {note !== null && (
        <p key={note.id} class="toast">
          {note.text}
        </p>
      )}
    </div>
  );
}
