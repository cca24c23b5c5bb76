import { explainFault } from '../faults/explain.ts';
import { explainNotice } from '../faults/notices.ts';
import type { Fault } from '../faults/fault.ts';
import type { SettingsDamage } from '../settings/settings-file.ts';
import type { Warning } from './types.ts';

/** What to tell a person whose settings file was damaged, or is not used for some `trouble`; nothing when all is well. */
export function settingsNotices(damage: SettingsDamage | null, trouble: Fault | null = null): Warning[] {
  const notices: Warning[] = [];
  if (damage !== null) {
    const { restored, keptAs } = damage;
    notices.push(explainNotice({ code: 'SETTINGS_REPLACED', params: { restored, keptAs } }));
  }
  if (trouble !== null) {
    const reason = explainFault(trouble).message.replace(/\.$/, '');
    notices.push(explainNotice({ code: 'SETTINGS_NOT_USED', params: { reason } }));
  }
  return notices;
}
