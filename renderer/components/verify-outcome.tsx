import type { ComponentChildren } from 'preact';
import type { VerifyResult } from '../../preload/api.ts';
import { formatCount, formatDuration, formatQuantity } from '../format.ts';
import { Facts } from './facts.tsx';
import { Message } from './message.tsx';

const SHOWN = 5;

interface VerifyOutcomeProps {
  readonly result: VerifyResult;
  /** Friendly name of a backup. */
  readonly nameOf: (backupName: string) => string;
  /** What helps where something is damaged. */
  readonly actions?: ComponentChildren;
}

/** Which backups are whole, and of those that are not, which file is damaged and how. */
export function VerifyOutcome({ result, nameOf, actions }: VerifyOutcomeProps) {
  const damaged = result.backups.filter(({ ok }) => !ok);
  const whole = result.backups.length - damaged.length;
  const how = result.full ? 'Every point was read and compared.' : 'The checksum of every file was compared.';
  const problems = [
    ...damaged.map(({ backupName, problems: own }) => ({ title: nameOf(backupName), problems: own })),
    ...(result.problems.length === 0 ? [] : [{ title: 'The folder of backups itself', problems: result.problems }]),
  ];
  return (
    <div class="outcome">
      {problems.length === 0 && (
        <Message tone="good" title={wholeSentence(whole)}>
          <p>{how}</p>
        </Message>
      )}
      {problems.length > 0 && (
        <Message tone="bad" title={damagedSentence(damaged.length, result.backups.length)} actions={actions}>
          {problems.map((each) => (
            <section key={each.title} class="damage">
              <h3>{each.title}</h3>
              <ul class="problems">
                {each.problems.slice(0, SHOWN).map((problem) => (
                  <li key={`${problem.path} ${problem.message}`}>
                    {problem.message}
                    {!problem.message.includes(problem.path) && <p class="path muted">{problem.path}</p>}
                  </li>
                ))}
              </ul>
              {each.problems.length > SHOWN && (
                <p class="muted">and {formatQuantity(each.problems.length - SHOWN, 'more problem')}</p>
              )}
            </section>
          ))}
          {whole > 0 && <p>{whole === 1 ? 'The other one is whole.' : `The other ${formatCount(whole)} are whole.`}</p>}
        </Message>
      )}
      <Facts
        facts={[
          { name: 'Checked', value: result.full ? 'every point' : 'checksums of files' },
          { name: 'Time', value: formatDuration(result.durationMs) },
          ...(result.leftovers.length === 0
            ? []
            : [
                {
                  name: 'Left over',
                  value: `${formatQuantity(result.leftovers.length, 'file')} that no backup needs`,
                },
              ]),
        ]}
      />
    </div>
  );
}

function wholeSentence(whole: number): string {
  if (whole === 0) return 'There is no backup yet';
  return whole === 1 ? 'This backup is whole' : `All ${formatCount(whole)} backups are whole`;
}

function damagedSentence(damaged: number, all: number): string {
  if (damaged === 0) return 'The folder of backups is damaged';
  if (all === 1) return 'This backup is damaged';
  return `${formatCount(damaged)} of ${formatCount(all)} backups ${damaged === 1 ? 'is' : 'are'} damaged`;
}
