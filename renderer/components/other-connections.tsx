import { useContext } from 'preact/hooks';
import { ask } from '../client.ts';
import { quoteName } from '../format.ts';
import type { OtherConnection } from '../index-cards.ts';
import { standingOf } from '../protection-words.ts';
import { Session } from '../session.ts';
import { Button } from './button.tsx';
import { ShapeMark } from './health.tsx';

/** Named of each connection; the rest is counted. */
const NAMED = 3;

/** What the sentence counts too: protected indexes on a Qdrant that is not the one in use. */
export function OtherConnections({ others }: { readonly others: readonly OtherConnection[] }) {
  const { say } = useContext(Session);
  if (others.length === 0) return null;
  const use = (name: string): void => {
    void ask('connections:select', { name }).then((reply) => {
      if (reply.ok) window.scrollTo({ top: 0 });
      else say(reply.error.message);
    });
  };
  return (
    <section class="others group" aria-labelledby="others-title">
      <h2 id="others-title">On other connections</h2>
      <ul class="card rows">
        {others.map(({ connection, shape, words, troubled }) => (
          <li key={connection} class="other">
            <ShapeMark shape={shape} />
            <div class="other-text">
              <h3 title={connection}>{connection}</h3>
              <p class="muted">{words}</p>
              {troubled.slice(0, NAMED).map((index) => (
                <p key={index.collection} class="muted">
                  {quoteName(index.collection)}: {standingOf(index).label.toLowerCase()}
                </p>
              ))}
              {troubled.length > NAMED && <p class="muted">and {troubled.length - NAMED} more</p>}
            </div>
            <Button label={`Show ${connection}`} onClick={() => use(connection)}>
              Show
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
