/** What a person is told of by a notification. Pure; `notifications.ts` shows it. */
import type { IndexRef, Place, ProtectedIndex, ProtectionView } from '../../preload/api.ts';
import { ago } from '../schedule/sentence.ts';
import { shortQuotes, shorten } from './short-text.ts';

export interface Alert {
  /** What it tells; each is told once. */
  readonly keys: readonly string[];
  readonly title: string;
  readonly body: string;
  /** Where the window goes when it is clicked. */
  readonly place: Place;
  /** A button: backs these up. */
  readonly button: { readonly label: string; readonly indexes: readonly IndexRef[] } | null;
}

export interface AlertMoment {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** The program began or the machine woke only just now: what became overdue meanwhile is about to be made up for. */
  readonly settling: boolean;
}

type Kind = 'failed' | 'overdue' | 'drill' | 'shrank' | 'recreated' | 'gone';

/**
 * A trouble of an index. `good`: when its last good backup was taken, or, where none was known, the moment in which it was told;
 * after a newer one it is over. A vault that could not be read for a while, and then shows old backups, is no success.
 */
interface Trouble {
  readonly kind: Kind;
  readonly connection: string;
  readonly collection: string;
  readonly good: string;
}

/**
 * What is to be shown, and which keys count as told from then on, those of `show` among them. A trouble is told again only after
 * a success: a newer good backup; a test that went well; for an index that changed, that the change is accepted or undone.
 */
export function alertsOf(
  view: Pick<ProtectionView, 'indexes'>,
  told: readonly string[],
  moment: AlertMoment,
): { readonly show: readonly Alert[]; readonly told: readonly string[] } {
  const indexes = view.indexes.filter(({ schedule }) => schedule.kind !== 'off');
  const byIndex = new Map(indexes.map((index) => [idOf('', index), index]));
  const kept: string[] = [];
  const known = new Set<string>();
  for (const key of told) {
    const trouble = parse(key);
    const index = trouble === null ? undefined : byIndex.get(idOf('', trouble));
    if (trouble === null || index === undefined || isOver(trouble, index)) continue;
    kept.push(key);
    known.add(idOf(trouble.kind, index));
  }

  // Runs come one after another: one that waits for its turn is being seen to.
  const patient = moment.settling || indexes.some(({ health }) => health === 'running');
  const found = new Map<Kind, { readonly index: ProtectedIndex; readonly keys: readonly string[] }[]>();
  for (const index of indexes) {
    const fresh = troublesOf(index).filter((kind) => !known.has(idOf(kind, index)));
    for (const kind of fresh) {
      // That a backup failed says already why it is overdue.
      if (kind === 'overdue' && (patient || fresh.includes('failed'))) continue;
      const kinds = kind === 'failed' && fresh.includes('overdue') ? [kind, 'overdue' as const] : [kind];
      const one = { index, keys: kinds.map((each) => keyOf(each, index, moment.now)) };
      found.set(kind, [...(found.get(kind) ?? []), one]);
    }
  }
  const show = [...found].map(([kind, those]): Alert => {
    const words = wordsOf(
      kind,
      those.map(({ index }) => index),
      moment.now,
    );
    return { keys: those.flatMap(({ keys }) => keys), ...words };
  });
  return { show, told: [...kept, ...show.flatMap(({ keys }) => keys)] };
}

function troublesOf({ failure, overdueSince, tested, change }: ProtectedIndex): Kind[] {
  return [
    ...(failure === null ? [] : ['failed' as const]),
    ...(overdueSince === null ? [] : ['overdue' as const]),
    ...(tested?.ok === false ? ['drill' as const] : []),
    ...(change === null ? [] : [change.what]),
  ];
}

function isOver({ kind, good }: Trouble, { lastGood, tested, change }: ProtectedIndex): boolean {
  if (kind === 'drill') return tested?.ok === true;
  if (kind === 'failed' || kind === 'overdue') return lastGood !== null && lastGood.at > good;
  return change === null;
}

type Words = Omit<Alert, 'keys'>;

function wordsOf(kind: Kind, indexes: readonly ProtectedIndex[], now: number): Words {
  const [first] = indexes;
  const again = (label: string) => ({
    label,
    indexes: indexes.map(({ connection, collection }) => ({ connection, collection })),
  });
  const many = indexes.length > 1 || first === undefined;
  const safe = 'Your earlier backups are not affected.';
  switch (kind) {
    case 'failed':
      return {
        title: many ? `The backups of ${indexes.length} indexes failed` : `The backup of ${named(first)} failed`,
        body: many ? `${listed(indexes)}. ${safe}` : failureWords(first, now),
        place: 'home',
        button: again('Try again'),
      };
    case 'overdue':
      return {
        title: many ? `${indexes.length} indexes are overdue` : `${named(first)} is overdue`,
        body: many ? `${listed(indexes)}. ${safe}` : `It should have been backed up by now. ${lastWords(first, now)}`,
        place: 'home',
        button: again('Back up now'),
      };
    case 'drill':
      return {
        title: many
          ? `The backups of ${indexes.length} indexes failed their test`
          : `The backup of ${named(first)} failed its test`,
        body: `${many ? `${listed(indexes)}.` : sentence(first.tested?.message ?? '')} Back up now, so that there is one that is whole.`,
        place: 'history',
        button: again('Back up now'),
      };
    case 'shrank':
    case 'recreated':
    case 'gone':
      return {
        title: changeTitle(kind, many ? `${indexes.length} indexes` : named(first), many),
        body: many
          ? `${listed(indexes)}. Their last good backups are kept until you say that this is right.`
          : `${shortQuotes(first.change?.message ?? '')}${first.change?.backup == null ? ' There is no backup of it.' : ''}`,
        place: 'home',
        button: null,
      };
  }
}

/** Of these the backups themselves may be affected, and the hint says what to do. */
const OF_THE_VAULT: ReadonlySet<string> = new Set(['BACKUP_DAMAGED', 'NOT_A_VAULT', 'VAULT_GONE', 'VAULT_NEWER']);

function failureWords(index: ProtectedIndex, now: number): string {
  const { code = '', message = '', hint = '' } = index.failure ?? {};
  return `${shortQuotes(message)} ${OF_THE_VAULT.has(code) ? hint : lastWords(index, now)}`;
}

const lastWords = ({ lastGood }: ProtectedIndex, now: number): string =>
  lastGood === null
    ? 'There is no backup of it yet.'
    : `Your earlier backups are not affected; the last one is of ${ago(Date.parse(lastGood.at), now)}.`;

function changeTitle(kind: 'shrank' | 'recreated' | 'gone', what: string, many: boolean): string {
  if (kind === 'gone') return `${what} ${many ? 'are' : 'is'} gone`;
  if (kind === 'recreated') return `${what} ${many ? 'were' : 'was'} made anew`;
  return `${what} ${many ? 'have' : 'has'} lost points`;
}

const MOST_NAMES = 3;
const LONGEST_NAME = 32;

function listed(indexes: readonly ProtectedIndex[]): string {
  const names = indexes.slice(0, MOST_NAMES).map(({ collection }) => shorten(collection, LONGEST_NAME));
  const others = indexes.length - names.length;
  return others > 0 ? `${names.join(', ')} and ${others} more` : names.join(', ');
}

const named = ({ collection }: ProtectedIndex): string => `“${shorten(collection, LONGEST_NAME)}”`;
const sentence = (text: string): string => (text === '' || text.endsWith('.') ? text : `${text}.`);

const idOf = (kind: Kind | '', { connection, collection }: IndexRef): string =>
  JSON.stringify([kind, connection, collection]);
const keyOf = (kind: Kind, { connection, collection, lastGood }: ProtectedIndex, now: number): string =>
  JSON.stringify([kind, connection, collection, lastGood?.at ?? new Date(now).toISOString()]);

/** null: no key of ours, as a file from elsewhere may hold. */
function parse(key: string): Trouble | null {
  try {
    const parts: unknown = JSON.parse(key);
    if (!Array.isArray(parts) || !parts.every((part) => typeof part === 'string')) return null;
    const [kind, connection, collection, good] = parts;
    if (connection === undefined || collection === undefined || good === undefined || !isKind(kind)) return null;
    return { kind, connection, collection, good };
  } catch {
    return null;
  }
}

const KINDS: readonly string[] = ['failed', 'overdue', 'drill', 'shrank', 'recreated', 'gone'] satisfies Kind[];
const isKind = (kind: string | undefined): kind is Kind => kind !== undefined && KINDS.includes(kind);
