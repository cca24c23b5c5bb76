import { Choice } from './field.tsx';
import { Message } from './message.tsx';

interface OtherModelsProps {
  /** What the points come from: "file", "backup" */
  readonly from: string;
  readonly own: string;
  readonly index: string;
  /** "Import anyway" */
  readonly allow: string;
  readonly allowed: boolean;
  readonly onAllow: (allowed: boolean) => void;
}

/** Says that the vectors would be mixed with those of another model, which has to be allowed. */
export function OtherModels({ from, own, index, allow, allowed, onAllow }: OtherModelsProps) {
  return (
    <Message tone="warning" title="Made with different models">
      <p>
        The {from} was made with <strong>{own}</strong>, this index with <strong>{index}</strong>. Vectors of different
        models cannot be compared: searches over a mix find the wrong things.
      </p>
      <Choice kind="checkbox" label={allow} checked={allowed} onChange={onAllow} />
    </Message>
  );
}
