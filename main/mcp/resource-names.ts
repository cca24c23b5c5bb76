/** Addresses of what agents can read besides calling tools. Pure. */

/** Of the manifest of a backup. */
export const backupUri = (name: string): string => `vectorkeep://backups/${encodeURIComponent(name)}`;

/** Of a piece of work that an agent began. */
export const jobUri = (id: string): string => `vectorkeep://jobs/${encodeURIComponent(id)}`;
