import type { AppState } from '../../preload/api.ts';
import { ask } from '../client.ts';
import { Mark } from '../components/icon.tsx';

/** `agents` is a page of the settings. */
export type Screen = 'home' | 'backups' | 'history' | 'settings' | 'agents';

const SCREENS: readonly { readonly name: Exclude<Screen, 'agents'>; readonly label: string }[] = [
  { name: 'home', label: 'Home' },
  { name: 'backups', label: 'Backups' },
  { name: 'history', label: 'History' },
  { name: 'settings', label: 'Settings' },
];

interface HeaderProps {
  readonly state: AppState;
  readonly screen: Screen;
  readonly onScreen: (screen: Screen) => void;
}

export function Header({ state, screen, onScreen }: HeaderProps) {
  const here = screen === 'agents' ? 'settings' : screen;
  return (
    <header class="app-head">
      <p class="brand">
        <Mark />
        Vectorkeep
      </p>
      <nav aria-label="Screens">
        {SCREENS.map(({ name, label }) => (
          <button
            key={name}
            type="button"
            class="nav"
            aria-current={here === name ? 'page' : undefined}
            onClick={() => onScreen(name)}
          >
            {label}
          </button>
        ))}
      </nav>
      {state.connections.length > 1 && state.current !== null && (
        <label class="connection-switch">
          <span>Connection</span>
          <select
            value={state.current}
            onChange={(event) => void ask('connections:select', { name: event.currentTarget.value })}
          >
            {state.connections.map(({ name }) => (
              <option key={name} value={name} selected={name === state.current}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
    </header>
  );
}
