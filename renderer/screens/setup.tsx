import { useContext, useState } from 'preact/hooks';
import type { AppState, ErrorReport, ProtectionView } from '../../preload/api.ts';
import { ask } from '../client.ts';
import { Warnings } from '../components/message.tsx';
import { useCollections, type Jobs } from '../live.ts';
import { Session } from '../session.ts';
import { planNow, plansFor, PLANS, ruleChanges, ticksNow, type Step } from '../setup-plan.ts';
import type { Backups } from '../use-backups.ts';
import { useFirstBackups } from '../use-first-backups.ts';
import { BackupStep } from './setup/backup-step.tsx';
import { DoneStep } from './setup/done-step.tsx';
import { FindStep } from './setup/find-step.tsx';
import { IndexStep } from './setup/index-step.tsx';
import { PlanStep } from './setup/plan-step.tsx';

interface SetupProps {
  readonly state: AppState;
  readonly jobs: Jobs;
  /** null while it is not known. */
  readonly protection: ProtectionView | null;
  readonly backups: Backups;
  /** To Home; what was set stays set. */
  readonly onLeave: () => void;
}

/** From nothing to the first verified backup, in five pages. */
export function Setup({ state, jobs, protection, backups, onLeave }: SetupProps) {
  const { say } = useContext(Session);
  const [step, setStep] = useState<Step>(0);
  const [connection, setConnection] = useState('');
  const collections = useCollections(connection === '' ? null : connection, '');
  const names = collections.list?.map(({ name }) => name) ?? [];
  /** null: nothing was ticked by hand. */
  const [ticks, setTicks] = useState<ReadonlySet<string> | null>(null);
  const [planId, setPlanId] = useState<string | null>(null);
  const [login, setLogin] = useState<boolean | null>(null);
  const [failure, setFailure] = useState<ErrorReport | null>(null);
  const [saving, setSaving] = useState(false);
  const first = useFirstBackups(jobs);

  const ticked = ticks ?? ticksNow(protection, connection, names);
  const chosen = names.filter((name) => ticked.has(name));
  const plans = plansFor(protection, connection);
  const wanted = planId ?? planNow(protection, connection);
  const plan = plans.find(({ id }) => id === wanted) ?? PLANS[0];
  // Before anything is protected it is offered ticked; later it stays as it was.
  const startAtLogin = state.startsAtLogin === null ? null : (login ?? (state.startsAtLogin || isNew(protection)));
  if (plan === undefined) return null;

  // The page shows where it is now: nothing more is said.
  const chooseVault = async (): Promise<void> => {
    const reply = await ask('vault:choose', undefined);
    if (!reply.ok) say(reply.error.message);
    backups.reload();
  };
  const start = (): void => first.start(connection, chosen);
  const apply = async (): Promise<ErrorReport | null> => {
    const rules = ruleChanges(names, ticked, plan.schedule, protection, connection);
    for (const rule of rules) {
      const reply = await ask('protection:set-schedule', { connection, ...rule });
      if (!reply.ok) return reply.error;
    }
    const kept = await ask('protection:set-keep', { keep: plan.keep });
    if (!kept.ok) return kept.error;
    if (startAtLogin === null || startAtLogin === state.startsAtLogin) return null;
    const set = await ask('login:set', { enabled: startAtLogin });
    return set.ok ? null : set.error;
  };
  const begin = async (): Promise<void> => {
    if (saving) return;
    setSaving(true);
    const error = await apply();
    setSaving(false);
    setFailure(error);
    if (error !== null) return;
    setPlanId(plan.id);
    setLogin(startAtLogin);
    if (chosen.length === 0) {
      setStep(4);
      return;
    }
    start();
    setStep(3);
  };
  return (
    <main class="screen setup" id="main">
      <Warnings warnings={state.notices} />
      {step === 0 && (
        <FindStep
          state={state}
          jobs={jobs}
          onLeave={onLeave}
          onChosen={(name) => {
            if (name !== connection) setTicks(null);
            setConnection(name);
            setStep(1);
          }}
        />
      )}
      {step === 1 && (
        <IndexStep
          connection={connection}
          collections={collections}
          ticked={ticked}
          onTick={setTicks}
          onBack={() => setStep(0)}
          onLeave={onLeave}
          onNext={() => setStep(2)}
        />
      )}
      {step === 2 && (
        <PlanStep
          plans={plans}
          plan={plan}
          onPlan={setPlanId}
          backups={backups}
          onChooseVault={chooseVault}
          startAtLogin={startAtLogin}
          onStartAtLogin={setLogin}
          failure={failure}
          saving={saving}
          starts={chosen.length > 0}
          onBack={() => setStep(1)}
          onLeave={onLeave}
          onNext={() => void begin()}
        />
      )}
      {step === 3 && (
        <BackupStep
          connection={connection}
          first={first}
          onStart={start}
          onChooseVault={chooseVault}
          onBack={() => setStep(2)}
          onLeave={onLeave}
          onNext={() => setStep(4)}
        />
      )}
      {step === 4 && (
        <DoneStep
          connection={connection}
          rows={first.rows}
          plan={plan}
          protection={protection}
          onBack={() => setStep(chosen.length === 0 ? 2 : 3)}
          onDone={onLeave}
        />
      )}
    </main>
  );
}

/** Nothing is under a schedule yet. */
function isNew(protection: ProtectionView | null): boolean {
  return protection === null || (protection.defaults.length === 0 && protection.indexes.length === 0);
}
