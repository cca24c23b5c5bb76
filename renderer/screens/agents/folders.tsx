import { useContext, useEffect, useRef } from 'preact/hooks';
import type { EndpointView } from '../../../preload/api.ts';
import { ask } from '../../client.ts';
import { Button } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import { SettingFailure } from '../../components/setting-failure.tsx';
import { Session } from '../../session.ts';
import { useSetting } from '../../use-setting.ts';
import { Section } from '../settings/section.tsx';

/** Where agents may read and write files. `folders`: the export folder first. */
export function FolderSection({ folders }: { readonly folders: readonly string[] }) {
  const { copy } = useContext(Session);
  const list = useRef<HTMLUListElement>(null);
  /** Which row went by its own button. */
  const removed = useRef<number | null>(null);
  const [usual = '', ...allowed] = folders;
  const allow = useSetting<null, EndpointView | null>({
    send: () => ask('endpoint:allow-folder', undefined),
    said: ({ answer }) => (answer === null ? null : 'Agents may use that folder'),
  });
  const forbid = useSetting({
    send: (path: string) => {
      removed.current = folders.indexOf(path);
      return ask('endpoint:forbid-folder', { path });
    },
    said: () => 'Agents may no longer use that folder',
  });
  // The button that was pressed went with its row: the focus goes to that of the next.
  useEffect(() => {
    const row = removed.current;
    removed.current = null;
    if (row === null) return;
    const buttons = list.current?.querySelectorAll('button') ?? [];
    buttons[Math.min(row, buttons.length - 1)]?.focus();
  }, [folders.length]);
  return (
    <Section
      id="folders"
      title="Folders"
      lead="Agents read and write export files in these folders and nowhere else."
      actions={
        <Button icon="plus" busy={allow.asked !== null} onClick={() => allow.set(null)}>
          Allow a folder…
        </Button>
      }
    >
      <SettingFailure setting={allow} work="reading" />
      <SettingFailure setting={forbid} work="reading" />
      <ul ref={list} class="card rows folder-list" aria-label="Folders of agents">
        <li class="folder-row">
          <Icon name="folder" />
          <div>
            <p class="path">{usual}</p>
            <p class="muted small">The export folder. It is always allowed.</p>
          </div>
          <Button look="quiet" label="Copy path of the export folder" onClick={() => copy(usual, 'Path copied')}>
            Copy path
          </Button>
        </li>
        {allowed.map((folder) => (
          <li key={folder} class="folder-row">
            <Icon name="folder" />
            <p class="path">{folder}</p>
            <Button look="quiet" label={`Remove ${folder}`} onClick={() => forbid.set(folder)}>
              Remove
            </Button>
          </li>
        ))}
      </ul>
    </Section>
  );
}
