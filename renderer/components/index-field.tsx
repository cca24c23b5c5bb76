import type { CollectionSummary } from '../../preload/api.ts';
import { formatQuantity } from '../format.ts';
import { SelectField } from './field.tsx';

interface IndexFieldProps {
  readonly value: string;
  readonly collections: readonly CollectionSummary[];
  readonly onChange: (name: string) => void;
}

/** One of the indexes that are there. */
export function IndexField({ value, collections, onChange }: IndexFieldProps) {
  return (
    <SelectField
      label="Index"
      value={value}
      onChange={onChange}
      options={collections.map(({ name, points }) => ({
        value: name,
        label: `${name} (${formatQuantity(points, 'point')})`,
      }))}
    />
  );
}
