import { explainNotice } from '../faults/explain.ts';
import type { SettingsDamage } from '../settings/settings-file.ts';
import type { Warning } from './types.ts';

/** What to tell a person whose settings file could not be used; nothing when all is well. */
export function settingsNotices(damage: SettingsDamage | null): Warning[] {
  if (damage === null) return [];
  const { restored, keptAs } = damage;
  return [explainNotice({ code: 'SETTINGS_REPLACED', params: { restored, keptAs } })];
}
