import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

interface FieldProps {
  readonly label: string;
  readonly hint?: string;
  /** What is wrong with the value; read out with the field. */
  readonly problem?: string | null;
}

interface TextFieldProps extends FieldProps {
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly kind?: 'text' | 'address' | 'secret';
  readonly placeholder?: string;
  readonly autoFocus?: boolean;
  readonly maxLength?: number;
  /** What stands elsewhere as an error is about this field. */
  readonly faulty?: boolean;
}

export function TextField(props: TextFieldProps) {
  const { label, hint, problem, value, onInput, kind = 'text' } = props;
  const id = useId();
  const common = {
    id,
    value,
    placeholder: props.placeholder,
    autoFocus: props.autoFocus ?? false,
    maxLength: props.maxLength ?? 255,
    autoComplete: 'off',
    autoCapitalize: 'off',
    spellcheck: false,
    'aria-invalid': (problem !== null && problem !== undefined) || props.faulty === true,
    'aria-describedby': `${id}-hint`,
    onInput: (event: { readonly currentTarget: { readonly value: string } }) => onInput(event.currentTarget.value),
  } as const;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {kind === 'secret' ? (
        <input type="password" {...common} />
      ) : (
        // Not type=url: the browser's own bubbles would speak in other words than ours.
        <input type="text" inputMode={kind === 'address' ? 'url' : 'text'} {...common} />
      )}
      <FieldNotes id={id} hint={hint} problem={problem} />
    </div>
  );
}

interface SelectFieldProps extends FieldProps {
  readonly value: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly onChange: (value: string) => void;
}

export function SelectField(props: SelectFieldProps) {
  const { label, hint, problem, value, options, onChange } = props;
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} value={value} aria-describedby={`${id}-hint`} onChange={(e) => onChange(e.currentTarget.value)}>
        {options.map((option) => (
          <option key={option.value} value={option.value} selected={option.value === value}>
            {option.label}
          </option>
        ))}
      </select>
      <FieldNotes id={id} hint={hint} problem={problem} />
    </div>
  );
}

function FieldNotes(props: {
  readonly id: string;
  readonly hint?: string | undefined;
  readonly problem?: string | null | undefined;
}) {
  return (
    <div id={`${props.id}-hint`} class="field-notes">
      {props.problem !== null && props.problem !== undefined && <p class="field-problem">{props.problem}</p>}
      {props.hint !== undefined && <p class="field-hint">{props.hint}</p>}
    </div>
  );
}

interface ChoiceProps {
  readonly kind: 'checkbox' | 'radio';
  readonly label: ComponentChildren;
  readonly hint?: ComponentChildren;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  /** Groups radio buttons. */
  readonly group?: string;
  readonly disabled?: boolean;
  /** What it was set to is not answered yet: it says so, keeps the focus, and cannot be changed meanwhile. */
  readonly busy?: boolean;
}

/** A tick or a radio button with its words; the whole of it can be pressed. */
export function Choice(props: ChoiceProps) {
  const id = useId();
  const busy = props.busy === true || undefined;
  return (
    <div class="choice">
      <input
        id={id}
        type={props.kind}
        name={props.group}
        checked={props.checked}
        disabled={props.disabled ?? false}
        aria-disabled={busy}
        aria-busy={busy}
        aria-describedby={props.hint === undefined ? undefined : `${id}-hint`}
        onClick={(event) => {
          if (busy) event.preventDefault();
        }}
        onChange={(event) => props.onChange(event.currentTarget.checked)}
      />
      <label for={id}>{props.label}</label>
      {props.hint !== undefined && (
        <p id={`${id}-hint`} class="choice-hint">
          {props.hint}
        </p>
      )}
    </div>
  );
}

interface ChoicesProps<Id extends string> {
  readonly group: string;
  readonly options: readonly {
    readonly id: Id;
    readonly label: ComponentChildren;
    readonly hint?: ComponentChildren;
  }[];
  readonly chosen: string;
  readonly onChoose: (id: Id) => void;
}

/** One of several. */
export function Choices<Id extends string>({ group, options, chosen, onChoose }: ChoicesProps<Id>) {
  return (
    <>
      {options.map(({ id, label, hint }) => (
        <Choice
          key={id}
          kind="radio"
          group={group}
          label={label}
          hint={hint}
          checked={chosen === id}
          onChange={() => onChoose(id)}
        />
      ))}
    </>
  );
}

export function ChoiceGroup(props: { readonly legend: string; readonly children: ComponentChildren }) {
  return (
    <fieldset class="choice-group">
      <legend>{props.legend}</legend>
      {props.children}
    </fieldset>
  );
}
