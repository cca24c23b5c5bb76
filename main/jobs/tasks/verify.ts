import { findBackup, readCatalog, type Catalog, type StoredBackup } from '../../vault/catalog.ts';
import { writeState } from '../../vault/backup-state.ts';
import type { WritableVault } from '../../vault/vault.ts';
import { checkSurroundings, Verifier, type CheckedBackup, type Damage } from '../../vault/verify.ts';
import { ProgressMeter } from '../progress-meter.ts';
import type { TaskContext } from '../task-context.ts';
import { catalogIn, withVault, type VaultPlace } from './vault-place.ts';

export interface VerifyTask {
  readonly vault: VaultPlace;
  /** null: all. */
  readonly backup: string | null;
  readonly full: boolean;
}

export interface VerifyOutcome {
  readonly backups: readonly CheckedBackup[];
  /** Of the vault itself. */
  readonly damage: readonly Damage[];
  /** Files of no backup, relative to the vault. */
  readonly leftovers: readonly string[];
}

/** Reads backups and says what is wrong with them. Damage is an answer, not a throw. */
export async function verifyBackups(
  { vault, backup, full }: VerifyTask,
  { signal, report }: TaskContext,
): Promise<VerifyOutcome> {
  const meter = new ProgressMeter(report);
  meter.begin('preparing');
  const catalog = await catalogIn(vault);
  const lost = await checkSurroundings(vault.dir, catalog);
  const broken = lost.lost.filter(({ name }) => backup === null || name === backup);
  const chosen = backup === null ? catalog.backups : broken.length > 0 ? [] : [findBackup(catalog, backup)];
  const totals = totalsOf(chosen);
  meter.begin('verifying', full ? { points: totals.rows, bytes: totals.bytes } : { bytes: totals.bytes });
  const passed = { bytes: 0, points: 0 };
  const verifier = new Verifier(vault.dir, {
    full,
    signal,
    passed: (bytes, points) => meter.at((passed.points += points), (passed.bytes += bytes)),
  });
  const all: CheckedBackup[] = [];
  const began = new Date().toISOString();
  const thorough = new Verifier(vault.dir, { full: true, signal });
  const read = new Set<string>();
  for (const one of chosen) {
    signal.throwIfAborted();
    let found = await verifier.check(one);
    // What was found damaged and looks whole again is read in full: nothing less can clear it.
    const doubtful = !full && one.state.verified_at === null && one.stateDamage === null;
    if (doubtful && found.damage.length === 0) found = await thorough.check(one);
    if (full || doubtful) read.add(one.manifest.name);
    all.push(found);
  }
  const checked = await withoutDeleted(vault.dir, all);
  await noteFound(vault, checked, { at: began, read, signal });
  return {
    backups: [...checked, ...broken],
    damage: backup === null ? lost.damage : [],
    leftovers: backup === null ? lost.leftovers : [],
  };
}

/** Without those that somebody deleted meanwhile, as rotation does: that their files are gone is no damage. */
async function withoutDeleted(dir: string, checked: readonly CheckedBackup[]): Promise<readonly CheckedBackup[]> {
  if (checked.every(({ damage }) => damage.length === 0)) return checked;
  const catalog = await readCatalog(dir);
  const { lost } = await checkSurroundings(dir, catalog);
  const there = new Set([...catalog.backups.map(({ manifest }) => manifest.name), ...lost.map(({ name }) => name)]);
  return checked.filter(({ name, damage }) => damage.length === 0 || there.has(name));
}

/** What has to be read, each file once. */
function totalsOf(backups: readonly StoredBackup[]): { bytes: number; rows: number } {
  const files = new Map<string, { bytes: number; rows: number }>();
  for (const { folder, manifest } of backups) {
    for (const { sha256, bytes, rows } of manifest.segments) files.set(`${folder} ${sha256}`, { bytes, rows });
    for (const { sha256, bytes } of manifest.companions) files.set(`${folder} ${sha256}`, { bytes, rows: 0 });
  }
  const all = [...files.values()];
  return {
    bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
    rows: all.reduce((sum, { rows }) => sum + rows, 0),
  };
}

/**
 * That they were found whole or damaged is for rotation to know, and no reason to fail: a vault may be read-only, or in use.
 * A light check finds damage, and makes nobody sure of the rest: `read` are those that were read in full.
 */
async function noteFound(
  place: VaultPlace,
  checked: readonly CheckedBackup[],
  { at, read, signal }: { readonly at: string; readonly read: ReadonlySet<string>; readonly signal: AbortSignal },
): Promise<void> {
  const found = new Map<string, string | null>();
  for (const { name, damage } of checked)
    if (damage.length > 0) found.set(name, null);
    else if (read.has(name)) found.set(name, at);
  if (found.size === 0) return;
  const note = async ({ check }: WritableVault, { backups }: Catalog): Promise<void> => {
    for (const { folder, manifest, state, stateDamage } of backups) {
      const verified = found.get(manifest.name);
      // A state that is damaged stays so, for the next to see; it counts as not verified.
      if (verified === undefined || verified === state.verified_at || stateDamage !== null) continue;
      await check();
      await writeState(folder, manifest.name, { ...state, verified_at: verified });
    }
  };
  await withVault(place, { purpose: 'verification', create: false, signal }, note).catch(() => undefined);
  signal.throwIfAborted();
}
