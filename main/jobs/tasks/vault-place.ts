import { Fault } from '../../faults/fault.ts';
import { idFromBackups, readCatalog, type Catalog } from '../../vault/catalog.ts';
import { lockVault, openVault, type WritableVault } from '../../vault/vault.ts';

/** Where a vault lies. */
export interface VaultPlace {
  /** Absolute. */
  readonly dir: string;
  /** The id that the vault there had the last time; null: not known. */
  readonly expected: string | null;
  /** A person named it in this very request, see WriteWish. */
  readonly named?: boolean;
  /** Folder of this machine for what lets unchanged points be known by their text; absent: there is none. */
  readonly textsIn?: string;
}

/** So long another process may take to finish what it does. Jobs of this one wait for each other before they begin. */
const WAIT_MS = 5_000;

/** Does `work` as the only writer of a vault. Throws VAULT_GONE, VAULT_BUSY, VAULT_NEWER, NOT_A_VAULT. */
export async function withVault<T>(
  { dir, ...known }: VaultPlace,
  wish: { readonly purpose: string; readonly create: boolean; readonly signal: AbortSignal; readonly waitMs?: number },
  work: (vault: WritableVault, catalog: Catalog) => Promise<T>,
): Promise<T> {
  const vault = await lockVault(dir, { waitMs: WAIT_MS, ...wish, ...known, idFromBackups });
  try {
    return await work(vault, await readCatalog(dir));
  } finally {
    await vault.release();
  }
}

/**
 * Does `work`, which reads, while nobody else deletes what it reads. Where the vault cannot be had for that (it is read-only
 * or full, or another process writes to it and does not end soon) the work is done all the same, and gets the reason in the
 * vault's place. Throws VAULT_GONE where there is none, NOT_A_VAULT.
 */
export async function holdingVault<T>(
  place: VaultPlace,
  { purpose, signal }: { readonly purpose: string; readonly signal: AbortSignal },
  work: (vault: WritableVault | Fault, catalog: Catalog) => Promise<T>,
): Promise<T> {
  const { dir, ...known } = place;
  const wish = { ...known, ...{ purpose, signal, idFromBackups }, create: false, waitMs: WAIT_MS };
  const vault = await lockVault(dir, wish).catch((error: unknown) => {
    signal.throwIfAborted();
    return Fault.from(error);
  });
  try {
    return await work(vault, await catalogIn(place));
  } finally {
    if (!(vault instanceof Fault)) await vault.release();
  }
}

/** What a vault holds, for reading. Throws VAULT_GONE where there is none, NOT_A_VAULT. */
export async function catalogIn({ dir }: VaultPlace): Promise<Catalog> {
  if ((await openVault(dir)) === null) throw new Fault('VAULT_GONE', { path: dir });
  return readCatalog(dir);
}
