import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { AppState, ProtectionView } from '../../preload/api.ts';
import { Button } from '../components/button.tsx';
import type { Jobs } from '../live.ts';
import { isRunning } from '../results.ts';
import { CallsSection } from './agents/calls.tsx';
import { ClientSection } from './agents/client.tsx';
import { EndpointSection } from './agents/endpoint.tsx';
import { FolderSection } from './agents/folders.tsx';
import { LeaveSection } from './agents/leave.tsx';
import { TokenSection } from './agents/token.tsx';
import { UsualIndexSection } from './agents/usual-index.tsx';
import { SectionNav } from './settings/section.tsx';

const SECTIONS = [
  { id: 'endpoint', title: 'Endpoint' },
  { id: 'client', title: 'Set up a client' },
  { id: 'leave', title: 'What they may do' },
  { id: 'usual-index', title: 'Usual index' },
  { id: 'folders', title: 'Folders' },
  { id: 'token', title: 'Address and token' },
  { id: 'calls', title: 'Last calls' },
] as const;

interface AgentsScreenProps {
  readonly state: AppState;
  readonly jobs: Jobs;
  /** null while it is not known. */
  readonly protection: ProtectionView | null;
  /** To the settings, of which this is a page. */
  readonly onBack: () => void;
}

/** All that can be set about coding agents, and what they have done. */
export function AgentsScreen({ state, jobs, protection, onBack }: AgentsScreenProps) {
  const { endpoint } = state;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    window.scrollTo(0, 0);
    heading.current?.focus({ preventScroll: true });
  }, []);
  const ended = [...jobs.values()].filter((job) => !isRunning(job)).length;
  const revision = useMemo(() => ({ begun: jobs.size, ended }), [jobs.size, ended]);
  return (
    <main class="screen" id="main">
      <header class="screen-head">
        <div>
          <div class="way-back">
            <Button look="quiet" icon="back" label="Back to the settings" onClick={onBack}>
              Settings
            </Button>
          </div>
          <h1 ref={heading} tabIndex={-1}>
            Coding agents
          </h1>
        </div>
      </header>
      <div class="settings">
        <SectionNav sections={SECTIONS} />
        <div class="settings-sections">
          <EndpointSection endpoint={endpoint} />
          <ClientSection clients={endpoint.clients} />
          <LeaveSection choices={endpoint.choices} />
          <UsualIndexSection state={state} scheduled={protection?.indexes ?? []} />
          <FolderSection folders={endpoint.folders} />
          <TokenSection endpoint={endpoint} />
          <CallsSection revision={revision} />
        </div>
      </div>
    </main>
  );
}
