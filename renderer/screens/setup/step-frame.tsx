import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { STEPS, type Step } from '../../setup-plan.ts';
import { Button } from '../../components/button.tsx';
import { Mark } from '../../components/icon.tsx';

interface StepFrameProps {
  readonly step: Step;
  readonly title: string;
  readonly lead: ComponentChildren;
  readonly children?: ComponentChildren;
  /** What leads on; the primary one last. */
  readonly actions?: ComponentChildren;
  readonly onBack?: () => void;
  /** To Home, with what was set so far; undefined: nothing is left to do. */
  readonly onLeave?: (() => void) | undefined;
  readonly leaveLabel?: string;
  /** Beside Back, what stops the work that goes on. */
  readonly stop?: ComponentChildren;
  /** When set, Enter in a field leads on. */
  readonly onSubmit?: () => void;
}

/** The ways from a page in the middle. */
export interface StepWays {
  readonly onBack: () => void;
  readonly onLeave: () => void;
  readonly onNext: () => void;
}

/** One page of the setup: how far it is, a heading that takes the focus, what is asked, and the ways on. */
export function StepFrame(props: StepFrameProps) {
  const { step, title, lead, children, actions, onBack, onLeave, leaveLabel = 'Not now', stop, onSubmit } = props;
  const heading = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => {
    heading.current?.focus();
    window.scrollTo(0, 0);
  }, [step]);
  return (
    <form
      class="setup-step"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit?.();
      }}
    >
      <ProgressLine step={step} />
      <header class="setup-head">
        <div class="setup-title">
          {(step === 0 || step === STEPS.length - 1) && <Mark />}
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
        </div>
        <p class="lead">{lead}</p>
      </header>
      {children}
      <footer class="setup-actions">
        {onBack !== undefined && <Button onClick={onBack}>Back</Button>}
        {stop}
        <span class="spacer" />
        {onLeave !== undefined && (
          <Button look="quiet" onClick={onLeave}>
            {leaveLabel}
          </Button>
        )}
        {actions}
      </footer>
    </form>
  );
}

function ProgressLine({ step }: { readonly step: Step }) {
  return (
    <div class="setup-progress">
      <p class="setup-count">
        {step + 1} of {STEPS.length}
      </p>
      <ol>
        {STEPS.map((name, index) => (
          <li
            key={name}
            class={index < step ? 'setup-past' : undefined}
            aria-current={index === step ? 'step' : undefined}
          >
            {name}
          </li>
        ))}
      </ol>
    </div>
  );
}
