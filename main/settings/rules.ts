/** Rules about which index is backed up when. Pure functions over the settings. */
import type { Schedule } from '../../preload/protection.ts';
import type { ProtectionRule, Settings } from './schema.ts';

/** Far more than anybody has indexes; only a bound on the file. */
const MOST_RULES = 2000;

const withRules = (settings: Settings, rules: readonly ProtectionRule[]): Settings => ({
  ...settings,
  protection: { ...settings.protection, rules: [...rules] },
});

/**
 * With this schedule for an index, or with `collection` null for all of the connection. `schedule` null: none of its own any
 * more. One that is set as it was goes on as it did.
 */
export function withRule(
  settings: Settings,
  { connection, collection }: { readonly connection: string; readonly collection: string | null },
  schedule: Schedule | null,
  now: Date,
): Settings {
  const { rules } = settings.protection;
  const old = rules.find((rule) => rule.connection === connection && rule.collection === collection);
  const others = rules.filter((rule) => rule !== old);
  if (schedule === null) return withRules(settings, others);
  if (old !== undefined && JSON.stringify(old.schedule) === JSON.stringify(schedule)) return settings;
  return withRules(
    settings,
    [...others, { connection, collection, schedule, since: now.toISOString() }].slice(-MOST_RULES),
  );
}

/** A connection was given another name. */
export function withRulesRenamed(settings: Settings, from: string, to: string): Settings {
  const { rules } = settings.protection;
  if (from === to || !rules.some(({ connection }) => connection === from)) return settings;
  const renamed = (rule: ProtectionRule): ProtectionRule => ({ ...rule, connection: to });
  return withRules(
    settings,
    rules.map((rule) => (rule.connection === from ? renamed(rule) : rule)),
  );
}

/** A connection is gone. */
export function withoutRulesOf(settings: Settings, name: string): Settings {
  const { rules } = settings.protection;
  const others = rules.filter(({ connection }) => connection !== name);
  return others.length === rules.length ? settings : withRules(settings, others);
}
