import { useContext } from 'preact/hooks';
import type { ErrorReport } from '../../preload/api.ts';
import { errorDetails, reassurance, type Work } from '../remedies.ts';
import { Session } from '../session.ts';
import { Button } from './button.tsx';
import { Message } from './message.tsx';

export interface Fix {
  readonly label: string;
  readonly run: () => void;
  readonly busy?: boolean;
  /** A way on that mends nothing: never the one that stands out. */
  readonly minor?: boolean;
}

interface ErrorCardProps {
  readonly error: ErrorReport;
  readonly work: Work;
  /** The buttons that mend it, the likeliest first. */
  readonly fixes: readonly Fix[];
}

/** What happened, is my data safe, what mends it, and the details for whoever is asked for help. */
export function ErrorCard({ error, work, fixes }: ErrorCardProps) {
  const { version, copy } = useContext(Session);
  return (
    <Message
      tone="bad"
      title={error.message}
      actions={
        <>
          {fixes.map((fix, index) => (
            <Button
              key={fix.label}
              look={index === 0 && fix.minor !== true ? 'primary' : 'plain'}
              busy={fix.busy ?? false}
              onClick={fix.run}
            >
              {fix.label}
            </Button>
          ))}
          <Button look="quiet" onClick={() => copy(errorDetails(error, version), 'Details copied')}>
            Copy details
          </Button>
        </>
      }
    >
      <p>{reassurance(error, work)}</p>
      <p class="muted">{error.hint}</p>
    </Message>
  );
}
