import type { BackupList } from '../../preload/api.ts';
import { formatBytes, formatQuantity } from '../format.ts';
import { Facts } from './facts.tsx';

/** The folder of backups: where it is, and how much it takes. */
export function VaultFacts({ list }: { readonly list: Pick<BackupList, 'vault' | 'vaultBytes' | 'backups'> }) {
  return (
    <Facts
      facts={[
        { name: 'Folder', value: <span class="path">{list.vault}</span> },
        {
          name: 'Size',
          value:
            list.backups.length === 0
              ? 'no backup yet'
              : `${formatBytes(list.vaultBytes)}, ${formatQuantity(list.backups.length, 'backup')} of all indexes`,
        },
      ]}
    />
  );
}
