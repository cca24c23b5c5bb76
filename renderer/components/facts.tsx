import type { ComponentChildren } from 'preact';

export interface Fact {
  readonly name: string;
  readonly value: ComponentChildren;
}

/** Names and values; `pairs` puts two beside each other where there is room. */
export function Facts({ facts, pairs = false }: { readonly facts: readonly Fact[]; readonly pairs?: boolean }) {
  return (
    <dl class={pairs ? 'facts facts-pairs' : 'facts'}>
      {facts.map((fact) => (
        <div key={fact.name} class="fact">
          <dt>{fact.name}</dt>
          <dd>{fact.value}</dd>
        </div>
      ))}
    </dl>
  );
}
