import { useId, useRef } from 'preact/hooks';
import { Icon, type IconName } from './icon.tsx';

interface MenuProps {
  /** Name of the button that opens it. */
  readonly label: string;
  readonly items: readonly { readonly label: string; readonly icon: IconName; readonly run: () => void }[];
}

/** What else can be done with something: a button that opens a list of buttons. The browser closes it on Escape or a click elsewhere. */
export function Menu({ label, items }: MenuProps) {
  const id = useId();
  const anchor = `--${id}`;
  const list = useRef<HTMLUListElement>(null);
  return (
    <>
      <button
        type="button"
        class="button button-icon"
        popovertarget={id}
        style={{ anchorName: anchor }}
        aria-label={label}
        title="More"
      >
        <Icon name="more" />
      </button>
      <ul ref={list} id={id} popover="auto" class="menu" style={{ positionAnchor: anchor }}>
        {items.map((item) => (
          <li key={item.label}>
            <button
              type="button"
              class="menu-item"
              onClick={() => {
                // First, so that the button that opened it has the focus again and a dialog hands it back there.
                list.current?.hidePopover();
                item.run();
              }}
            >
              <Icon name={item.icon} />
              {item.label}
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
