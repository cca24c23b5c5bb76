import { useId, useRef } from 'preact/hooks';
import { Icon, type IconName } from './icon.tsx';

interface MenuProps {
  /** Name of the button that opens it. */
  readonly label: string;
  /** Words on that button; without them it is three dots. */
  readonly text?: string;
  readonly items: readonly {
    readonly label: string;
    /** Where the visible words need their surroundings. */
    readonly name?: string;
    readonly icon?: IconName;
    readonly disabled?: boolean;
    readonly run: () => void;
  }[];
}

/** What else can be done with something: a button that opens a list of buttons. The browser closes it on Escape or a click elsewhere. */
export function Menu({ label, text, items }: MenuProps) {
  const id = useId();
  const anchor = `--${id}`;
  const list = useRef<HTMLUListElement>(null);
  return (
    <>
      <button
        type="button"
        class={text === undefined ? 'button button-icon' : 'button button-plain button-menu'}
        popovertarget={id}
        style={{ anchorName: anchor }}
        aria-label={label}
        title={text === undefined ? 'More' : undefined}
      >
        {text === undefined ? <Icon name="more" /> : <span>{text}</span>}
        {text !== undefined && <Icon name="down" />}
      </button>
      <ul ref={list} id={id} popover="auto" class="menu" style={{ positionAnchor: anchor }}>
        {items.map((item) => (
          <li key={item.label}>
            <button
              type="button"
              class="menu-item"
              aria-label={item.name}
              disabled={item.disabled ?? false}
              onClick={() => {
                // First, so that the button that opened it has the focus again and a dialog hands it back there.
                list.current?.hidePopover();
                item.run();
              }}
            >
              {item.icon !== undefined && <Icon name={item.icon} />}
              {item.label}
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
