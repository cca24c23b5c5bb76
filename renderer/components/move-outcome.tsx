import type { MoveResult } from '../../preload/api.ts';
import { formatBytes, formatDuration, formatQuantity } from '../format.ts';
import { Message } from './message.tsx';

/** Where the backups are now. */
export function MoveOutcome({ result }: { readonly result: MoveResult }) {
  const { backups, bytes, to, durationMs } = result;
  return (
    <Message tone="good" title={`${formatQuantity(backups, 'backup')} moved and compared`}>
      <p>
        {formatBytes(bytes)} in {formatDuration(durationMs)}. They are kept in <span class="path">{to}</span> from now
        on.
      </p>
    </Message>
  );
}
