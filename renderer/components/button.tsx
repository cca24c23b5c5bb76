import type { ComponentChildren, RefObject } from 'preact';
import { Icon, type IconName } from './icon.tsx';

interface ButtonProps {
  readonly children: ComponentChildren;
  readonly onClick?: () => void;
  readonly look?: 'primary' | 'plain' | 'quiet' | 'danger';
  readonly type?: 'button' | 'submit';
  readonly icon?: IconName;
  /** Work it started is running: it says so and cannot be pressed again. */
  readonly busy?: boolean;
  readonly disabled?: boolean;
  /** Name for a screen reader where the visible words need their surroundings: "Export code-index". */
  readonly label?: string;
  readonly elementRef?: RefObject<HTMLButtonElement>;
}

export function Button(props: ButtonProps) {
  const { children, onClick, look = 'plain', type = 'button', icon, busy = false, disabled = false, label } = props;
  return (
    <button
      ref={props.elementRef ?? null}
      type={type}
      class={`button button-${look}`}
      onClick={() => {
        if (!busy) onClick?.();
      }}
      disabled={disabled}
      aria-disabled={busy}
      aria-busy={busy}
      aria-label={label}
    >
      {icon !== undefined && <Icon name={icon} />}
      <span>{children}</span>
    </button>
  );
}

/** A button that is only a picture; `label` is its name and its tooltip. */
export function IconButton(props: {
  readonly icon: IconName;
  readonly label: string;
  readonly onClick: () => void;
  readonly disabled?: boolean;
}) {
  return (
    <button
      type="button"
      class="button button-icon"
      onClick={props.onClick}
      aria-label={props.label}
      title={props.label}
      disabled={props.disabled ?? false}
    >
      <Icon name={props.icon} />
    </button>
  );
}
