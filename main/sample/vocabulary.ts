/** What the sample code is about: parts of a shop, the things in them, and what is done with those. */

export type Action = 'find' | 'sum' | 'check' | 'store' | 'convert' | 'send';

export interface Verb {
  readonly name: string;
  /** As a doc comment begins: "Finds". */
  readonly says: string;
  readonly action: Action;
}

export interface Thing {
  readonly name: string;
  readonly fields: readonly [string, string, string];
}

export const AREAS: Readonly<Record<string, readonly Thing[]>> = {
  billing: [
    { name: 'invoice', fields: ['amount', 'dueDate', 'currency'] },
    { name: 'payment', fields: ['amount', 'method', 'settledAt'] },
    { name: 'refund', fields: ['amount', 'reason', 'approvedBy'] },
    { name: 'subscription', fields: ['plan', 'renewsAt', 'seats'] },
  ],
  accounts: [
    { name: 'user', fields: ['email', 'displayName', 'lastLogin'] },
    { name: 'session', fields: ['token', 'expiresAt', 'device'] },
    { name: 'permission', fields: ['scope', 'grantedAt', 'role'] },
    { name: 'password', fields: ['hash', 'changedAt', 'attempts'] },
  ],
  catalogue: [
    { name: 'product', fields: ['price', 'title', 'weight'] },
    { name: 'category', fields: ['depth', 'slug', 'position'] },
    { name: 'review', fields: ['rating', 'author', 'postedAt'] },
    { name: 'discount', fields: ['percentage', 'startsAt', 'code'] },
  ],
  shipping: [
    { name: 'parcel', fields: ['weight', 'trackingCode', 'carrier'] },
    { name: 'address', fields: ['postcode', 'street', 'country'] },
    { name: 'delivery', fields: ['distance', 'arrivesAt', 'driver'] },
    { name: 'warehouse', fields: ['capacity', 'city', 'dock'] },
  ],
  search: [
    { name: 'query', fields: ['score', 'terms', 'language'] },
    { name: 'document', fields: ['length', 'title', 'indexedAt'] },
    { name: 'synonym', fields: ['weight', 'word', 'replacement'] },
    { name: 'suggestion', fields: ['frequency', 'prefix', 'locale'] },
  ],
  storage: [
    { name: 'file', fields: ['size', 'path', 'checksum'] },
    { name: 'backup', fields: ['size', 'takenAt', 'origin'] },
    { name: 'thumbnail', fields: ['width', 'format', 'source'] },
    { name: 'upload', fields: ['progress', 'fileName', 'startedAt'] },
  ],
  messaging: [
    { name: 'email', fields: ['retries', 'subject', 'recipient'] },
    { name: 'notification', fields: ['priority', 'channel', 'readAt'] },
    { name: 'template', fields: ['version', 'locale', 'body'] },
    { name: 'conversation', fields: ['unread', 'topic', 'openedAt'] },
  ],
  monitoring: [
    { name: 'metric', fields: ['value', 'unit', 'recordedAt'] },
    { name: 'alert', fields: ['severity', 'rule', 'raisedAt'] },
    { name: 'trace', fields: ['duration', 'service', 'operation'] },
    { name: 'incident', fields: ['impact', 'owner', 'resolvedAt'] },
  ],
  network: [
    { name: 'connection', fields: ['latency', 'host', 'protocol'] },
    { name: 'certificate', fields: ['daysLeft', 'issuer', 'domain'] },
    { name: 'route', fields: ['hops', 'gateway', 'interface'] },
    { name: 'webhook', fields: ['failures', 'endpoint', 'secret'] },
  ],
  planning: [
    { name: 'task', fields: ['effort', 'assignee', 'deadline'] },
    { name: 'milestone', fields: ['completion', 'title', 'targetDate'] },
    { name: 'calendar', fields: ['slots', 'timezone', 'owner'] },
    { name: 'report', fields: ['pages', 'period', 'audience'] },
  ],
};

export const VERBS: readonly Verb[] = [
  { name: 'find', says: 'Finds', action: 'find' },
  { name: 'list', says: 'Lists', action: 'find' },
  { name: 'collect', says: 'Collects', action: 'find' },
  { name: 'count', says: 'Counts', action: 'sum' },
  { name: 'total', says: 'Adds up', action: 'sum' },
  { name: 'validate', says: 'Validates', action: 'check' },
  { name: 'reject', says: 'Rejects', action: 'check' },
  { name: 'save', says: 'Saves', action: 'store' },
  { name: 'archive', says: 'Archives', action: 'store' },
  { name: 'merge', says: 'Merges', action: 'store' },
  { name: 'format', says: 'Formats', action: 'convert' },
  { name: 'encode', says: 'Encodes', action: 'convert' },
  { name: 'send', says: 'Sends', action: 'send' },
  { name: 'publish', says: 'Publishes', action: 'send' },
];

/** Each with the field that decides: 0 is the number, 1 and 2 are texts. */
export const QUALITIES: readonly { readonly name: string; readonly says: string; readonly field: 0 | 1 | 2 }[] = [
  { name: 'overdue', says: 'that are past their time', field: 0 },
  { name: 'duplicate', says: 'that occur more than once', field: 1 },
  { name: 'pending', says: 'that still wait for an answer', field: 0 },
  { name: 'largest', says: 'above the configured limit', field: 0 },
  { name: 'recent', says: 'of the last thirty days', field: 2 },
  { name: 'orphaned', says: 'that nothing refers to any more', field: 1 },
  { name: 'shared', says: 'that more than one team can see', field: 2 },
  { name: 'cached', says: 'that are already held in memory', field: 0 },
  { name: 'failed', says: 'whose last attempt did not succeed', field: 1 },
  { name: 'imported', says: 'that came from another system', field: 2 },
];
