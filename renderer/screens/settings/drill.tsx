import { useState } from 'preact/hooks';
import type { ProtectionView, Schedule } from '../../../preload/api.ts';
import { ask } from '../../client.ts';
import { Button } from '../../components/button.tsx';
import { Facts } from '../../components/facts.tsx';
import { Switch } from '../../components/switch.tsx';
import { capital, formatSoon } from '../../protection-words.ts';
import { scheduleWords } from '../../schedule-words.ts';
import { useNow } from '../../use-backups.ts';
import { ScheduleDialog } from './schedule-dialog.tsx';
import { Section } from './section.tsx';

interface DrillProps {
  readonly drill: ProtectionView['drill'];
  /** There is a built-in Qdrant to test on. */
  readonly builtin: boolean;
}

/** How often it is tried whether backups come back. */
export function Drill({ drill, builtin }: DrillProps) {
  const now = useNow();
  const [editing, setEditing] = useState(false);
  const { schedule, onConnections, nextRun } = drill;
  const possible = builtin || onConnections;
  const set = (wanted: Schedule, allowed: boolean) =>
    ask('protection:set-drill', { schedule: wanted, onConnections: allowed });
  return (
    <Section
      id="drill"
      title="Testing backups"
      lead="The newest backup of every index is restored into an index of its own, compared point by point, and removed again."
    >
      <div class="card">
        <Facts
          facts={[
            { name: 'When', value: scheduleWords(schedule) },
            {
              name: 'Next test',
              value: !possible
                ? 'None: there is no Qdrant to test on'
                : nextRun === null
                  ? 'None'
                  : capital(formatSoon(nextRun, now)),
            },
          ]}
        />
        <Switch
          label="Test on my own Qdrant where there is no built-in one"
          hint={
            builtin
              ? 'Not needed here: there is a built-in Qdrant, and tests run on it.'
              : 'There is no built-in Qdrant here. The index of a test takes room there while the test runs.'
          }
          on={onConnections}
          work="backups"
          set={(allowed) => set(schedule, allowed)}
          said={(allowed) => (allowed ? 'Tests may use your own Qdrant' : 'Tests stay away from your own Qdrant')}
        />
        <div class="row">
          <Button label="Change when backups are tested" onClick={() => setEditing(true)}>
            Change…
          </Button>
        </div>
      </div>
      {editing && (
        <ScheduleDialog
          title="Testing backups"
          legend="When are backups tested?"
          offHint="Backups are verified when they are made, but never tried."
          schedule={schedule}
          onSave={(wanted) => set(wanted ?? { kind: 'off' }, onConnections)}
          onClose={() => setEditing(false)}
        />
      )}
    </Section>
  );
}
