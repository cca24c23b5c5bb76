import type { ComponentChildren } from 'preact';
import { useEffect, useId, useLayoutEffect, useRef } from 'preact/hooks';
import { IconButton } from './button.tsx';

interface DialogProps {
  readonly title: string;
  readonly children: ComponentChildren;
  readonly actions: ComponentChildren;
  /** What has to be seen before acting: stays above the buttons however long the rest is. */
  readonly notices?: ComponentChildren;
  readonly wide?: boolean;
  /** Escape, the cross, or the system's way to close. The caller decides what closing means. */
  readonly onClose: () => void;
  /** What the cross is called; "Hide" while a job goes on behind it. */
  readonly closeLabel?: string;
  /** When set, Enter in a field submits. */
  readonly onSubmit?: () => void;
  /** Changes with the step shown, so that each step is read out from its heading and starts at its top. */
  readonly step?: string;
}

/** A native modal dialog: the browser keeps focus inside, closes on Escape and gives focus back. */
export function Dialog(props: DialogProps) {
  const { title, children, actions, onClose, onSubmit, step = title } = props;
  const element = useRef<HTMLDialogElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const titleId = useId();
  const close = useRef(onClose);
  close.current = onClose;

  useLayoutEffect(() => {
    const dialog = element.current;
    if (dialog === null) return;
    dialog.showModal();
    const onNativeClose = (): void => {
      close.current();
    };
    dialog.addEventListener('close', onNativeClose);
    return () => {
      dialog.removeEventListener('close', onNativeClose);
      // Closing before it leaves the page is what hands focus back to where it came from.
      dialog.close();
    };
  }, []);

  const firstStep = useRef(step);
  useEffect(() => {
    if (firstStep.current === step) return;
    firstStep.current = step;
    heading.current?.focus();
  }, [step]);

  return (
    <dialog ref={element} class={props.wide === true ? 'dialog dialog-wide' : 'dialog'} aria-labelledby={titleId}>
      <form
        class="dialog-frame"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit?.();
        }}
      >
        <header class="dialog-head">
          <h2 id={titleId} ref={heading} tabIndex={-1}>
            {title}
          </h2>
          <IconButton icon="close" label={props.closeLabel ?? 'Close'} onClick={() => element.current?.close()} />
        </header>
        <div class="dialog-body">{children}</div>
        <div class="dialog-notices">{props.notices}</div>
        <footer class="dialog-actions">{actions}</footer>
      </form>
    </dialog>
  );
}
