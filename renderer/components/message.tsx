import type { ComponentChildren } from 'preact';
import type { Warning } from '../../preload/api.ts';
import { Icon, type IconName } from './icon.tsx';

type Tone = 'good' | 'warning' | 'bad' | 'plain';
const icons: Record<Tone, IconName> = { good: 'check', warning: 'warning', bad: 'failed', plain: 'file' };

interface MessageProps {
  readonly tone: Tone;
  readonly title: string;
  readonly children?: ComponentChildren;
  readonly actions?: ComponentChildren;
  readonly icon?: IconName;
}

/** A card that says how something stands: by its picture and its words, colour only helps. */
export function Message(props: MessageProps) {
  return (
    <section class={`message message-${props.tone}`} role={props.tone === 'bad' ? 'alert' : undefined}>
      <div class="message-icon">
        <Icon name={props.icon ?? icons[props.tone]} />
      </div>
      <div class="message-text">
        <p class="message-title">{props.title}</p>
        {props.children}
        {props.actions !== undefined && <div class="message-actions">{props.actions}</div>}
      </div>
    </section>
  );
}

export function Warnings({ warnings }: { readonly warnings: readonly Warning[] }) {
  if (warnings.length === 0) return null;
  return (
    <Message tone="warning" title={warnings.length === 1 ? 'One thing to know' : 'Things to know'}>
      <ul class="plain-list">
        {warnings.map((warning) => (
          <li key={`${warning.code} ${warning.message}`}>{warning.message}</li>
        ))}
      </ul>
    </Message>
  );
}
