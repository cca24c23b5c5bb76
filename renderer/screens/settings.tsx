import { useEffect } from 'preact/hooks';
import type { AppState, ProtectionView } from '../../preload/api.ts';
import { Button } from '../components/button.tsx';
import { Working } from '../components/progress.tsx';
import type { Jobs } from '../live.ts';
import type { Backups } from '../use-backups.ts';
import { Agents } from './settings/agents.tsx';
import { Connections, type ConnectionWays } from './settings/connections.tsx';
import { Drill } from './settings/drill.tsx';
import { Exports } from './settings/exports.tsx';
import { Login } from './settings/login.tsx';
import { Pause } from './settings/pause.tsx';
import { Rotation } from './settings/rotation.tsx';
import { Schedules } from './settings/schedules.tsx';
import { goTo, SectionNav, SECTIONS, type SectionId } from './settings/section.tsx';
import { VaultSection, type VaultWays } from './settings/vault.tsx';

interface SettingsProps extends ConnectionWays, VaultWays {
  readonly state: AppState;
  readonly jobs: Jobs;
  /** null while it is not known. */
  readonly protection: ProtectionView | null;
  readonly backups: Backups;
  /** Where to begin; null: at the top. */
  readonly section: SectionId | null;
  /** Goes to the page of coding agents. */
  readonly onAgents: () => void;
  /** Goes through the setup again. */
  readonly onSetUp: () => void;
}

export function Settings(props: SettingsProps) {
  const { state, protection, backups, section } = props;
  const known = protection !== null;
  useEffect(() => {
    if (section !== null && known) goTo(section);
  }, [section, known]);
  return (
    <main class="screen" id="main">
      <header class="screen-head">
        <h1>Settings</h1>
        <Button icon="shield" onClick={props.onSetUp}>
          Set up protection…
        </Button>
      </header>
      <div class="settings">
        <SectionNav sections={SECTIONS} />
        <div class="settings-sections">
          <Connections {...props} />
          {protection === null ? (
            <Working label="Looking at the schedules" />
          ) : (
            <>
              <Schedules state={state} protection={protection} />
              <Rotation keep={protection.keep} backups={backups} />
              <VaultSection {...props} />
              <Drill drill={protection.drill} builtin={state.builtinAvailable} />
              <Pause paused={protection.paused} />
            </>
          )}
          <Exports compress={state.compressExports} />
          <Login startsAtLogin={state.startsAtLogin} />
          <Agents endpoint={state.endpoint} onSetUp={props.onAgents} />
          <p class="muted about">Vectorkeep {state.version}</p>
        </div>
      </div>
    </main>
  );
}
