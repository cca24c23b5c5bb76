/** How the sample code is spelled in four languages. */
import type { Action } from './vocabulary.ts';

/** The words of one function, class or type; templates name them as `$item`. */
export type Words = Readonly<Record<string, string>>;

export interface Language {
  readonly name: string;
  readonly extension: string;
  /** How names of several words are put together. */
  readonly joined: 'camel' | 'pascal' | 'snake';
  readonly comment: string;
  readonly type: string;
  readonly class: string;
  /** Holds `$body`, indented by one step. */
  readonly function: string;
  readonly bodies: Readonly<Record<Action, string>>;
  /** Steps that may come before a body. */
  readonly extras: readonly string[];
}

const TYPESCRIPT: Language = {
  name: 'typescript',
  extension: 'ts',
  joined: 'camel',
  comment: '//',
  type: `export interface $Item {\n  readonly id: string;\n  readonly $number: number;\n  readonly $first: string;\n  readonly $second: string;\n}`,
  class: `export class $ItemStore {\n  readonly #items = new Map<string, $Item>();\n\n  get(id: string): $Item | undefined {\n    return this.#items.get(id);\n  }\n\n  put($item: $Item): void {\n    this.#items.set($item.id, $item);\n  }\n\n  get size(): number {\n    return this.#items.size;\n  }\n}`,
  function: `export function $name($items: readonly $Item[], store: $ItemStore, limit = $limit): $Item[] {\n$body\n}`,
  bodies: {
    find: `const found = $items.filter(($item) => $item.$field !== undefined && store.get($item.id) !== undefined);\nreturn found.slice(0, limit);`,
    sum: `let total = 0;\nfor (const $item of $items) {\n  if ($item.$number > limit) total += $item.$number;\n}\nreturn total === 0 ? [] : $items.filter(($item) => $item.$number > total / $items.length);`,
    check: `for (const $item of $items) {\n  if ($item.$first === '') throw new Error(\`$item \${$item.id} has no $first\`);\n  if ($item.$number > limit) throw new RangeError(\`$number of $item \${$item.id} is above \${limit}\`);\n}\nreturn [...$items];`,
    store: `const kept: $Item[] = [];\nfor (const $item of $items) {\n  const before = store.get($item.id);\n  if (before?.$field === $item.$field) continue;\n  store.put($item);\n  kept.push($item);\n}\nreturn kept;`,
    convert: `return $items.map(($item) => ({ ...$item, $first: $item.$first.trim().toLowerCase(), $number: Math.min($item.$number, limit) }));`,
    send: `const sent: $Item[] = [];\nfor (const $item of $items) {\n  if (sent.length >= limit) break;\n  if (queue.offer('$topic', $item.$field)) sent.push($item);\n}\nreturn sent;`,
  },
  extras: [
    `if ($items.length === 0) return [];`,
    `log.debug('$name', { count: $items.length, limit });`,
    `const began = performance.now();\nusing timer = metrics.timer('$area.$name', began);`,
    `if (!permissions.allows('$area:$verb')) throw new PermissionError('$area');`,
  ],
};

const PYTHON: Language = {
  name: 'python',
  extension: 'py',
  joined: 'snake',
  comment: '#',
  type: `@dataclass(frozen=True)\nclass $Item:\n    id: str\n    $number: float\n    $first: str\n    $second: str`,
  class: `class $ItemStore:\n    def __init__(self) -> None:\n        self._items: dict[str, $Item] = {}\n\n    def get(self, id: str) -> $Item | None:\n        return self._items.get(id)\n\n    def put(self, $item: $Item) -> None:\n        self._items[$item.id] = $item\n\n    def __len__(self) -> int:\n        return len(self._items)`,
  function: `def $name($items: list[$Item], store: $ItemStore, limit: int = $limit) -> list[$Item]:\n$body`,
  bodies: {
    find: `found = [$item for $item in $items if $item.$field and store.get($item.id)]\nreturn found[:limit]`,
    sum: `total = sum($item.$number for $item in $items if $item.$number > limit)\nif total == 0:\n    return []\nreturn [$item for $item in $items if $item.$number > total / len($items)]`,
    check: `for $item in $items:\n    if not $item.$first:\n        raise ValueError(f"$item {$item.id} has no $first")\n    if $item.$number > limit:\n        raise ValueError(f"$number of $item {$item.id} is above {limit}")\nreturn list($items)`,
    store: `kept = []\nfor $item in $items:\n    before = store.get($item.id)\n    if before is not None and before.$field == $item.$field:\n        continue\n    store.put($item)\n    kept.append($item)\nreturn kept`,
    convert: `return [\n    replace($item, $first=$item.$first.strip().lower(), $number=min($item.$number, limit))\n    for $item in $items\n]`,
    send: `sent = []\nfor $item in $items:\n    if len(sent) >= limit:\n        break\n    if queue.offer("$topic", $item.$field):\n        sent.append($item)\nreturn sent`,
  },
  extras: [
    `if not $items:\n    return []`,
    `logger.debug("$name: %d of at most %d", len($items), limit)`,
    `metrics.counter("$area.$name").increment()`,
    `if not permissions.allows("$area:$verb"):\n    raise PermissionError("$area")`,
  ],
};

const GO: Language = {
  name: 'go',
  extension: 'go',
  joined: 'pascal',
  comment: '//',
  type: `type $Item struct {\n\tID string\n\t$Number float64\n\t$First string\n\t$Second string\n}`,
  class: `type $ItemStore struct {\n\tmu    sync.RWMutex\n\titems map[string]$Item\n}\n\nfunc (s *$ItemStore) Get(id string) ($Item, bool) {\n\ts.mu.RLock()\n\tdefer s.mu.RUnlock()\n\t$item, ok := s.items[id]\n\treturn $item, ok\n}\n\nfunc (s *$ItemStore) Put($item $Item) {\n\ts.mu.Lock()\n\tdefer s.mu.Unlock()\n\ts.items[$item.ID] = $item\n}`,
  function: `func $name($items []$Item, store *$ItemStore, limit int) ([]$Item, error) {\n$body\n}`,
  bodies: {
    find: `var found []$Item\nfor _, $item := range $items {\n\tif _, ok := store.Get($item.ID); ok && len(found) < limit {\n\t\tfound = append(found, $item)\n\t}\n}\nreturn found, nil`,
    sum: `total := 0.0\nfor _, $item := range $items {\n\ttotal += $item.$Number\n}\nif total < $limit {\n\treturn nil, nil\n}\nreturn $items, nil`,
    check: `for _, $item := range $items {\n\tif $item.$First == "" {\n\t\treturn nil, fmt.Errorf("$item %s has no $first", $item.ID)\n\t}\n}\nreturn $items, nil`,
    store: `var kept []$Item\nfor _, $item := range $items {\n\tif before, ok := store.Get($item.ID); ok && before.$Field == $item.$Field {\n\t\tcontinue\n\t}\n\tstore.Put($item)\n\tkept = append(kept, $item)\n}\nreturn kept, nil`,
    convert: `converted := make([]$Item, 0, len($items))\nfor _, $item := range $items {\n\t$item.$First = strings.ToLower(strings.TrimSpace($item.$First))\n\tconverted = append(converted, $item)\n}\nreturn converted, nil`,
    send: `for i, $item := range $items {\n\tif err := queue.Offer("$topic", $item.$Field); err != nil {\n\t\treturn $items[:i], fmt.Errorf("$name: %w", err)\n\t}\n}\nreturn $items, nil`,
  },
  extras: [
    `if len($items) == 0 {\n\treturn nil, nil\n}`,
    `slog.Debug("$name", "count", len($items), "limit", limit)`,
    `defer metrics.Timer("$area.$name").Stop()`,
    `if !permissions.Allows("$area:$verb") {\n\treturn nil, ErrForbidden\n}`,
  ],
};

const RUST: Language = {
  name: 'rust',
  extension: 'rs',
  joined: 'snake',
  comment: '///',
  type: `#[derive(Debug, Clone, PartialEq)]\npub struct $Item {\n    pub id: String,\n    pub $number: f64,\n    pub $first: String,\n    pub $second: String,\n}`,
  class: `#[derive(Default)]\npub struct $ItemStore {\n    items: HashMap<String, $Item>,\n}\n\nimpl $ItemStore {\n    pub fn get(&self, id: &str) -> Option<&$Item> {\n        self.items.get(id)\n    }\n\n    pub fn put(&mut self, $item: $Item) {\n        self.items.insert($item.id.clone(), $item);\n    }\n}`,
  function: `pub fn $name($items: &[$Item], store: &mut $ItemStore, limit: usize) -> Result<Vec<$Item>, Error> {\n$body\n}`,
  bodies: {
    find: `let found = $items.iter().filter(|$item| store.get(&$item.id).is_some());\nOk(found.take(limit).cloned().collect())`,
    sum: `let total: f64 = $items.iter().map(|$item| $item.$number).sum();\nif total < $limit as f64 {\n    return Ok(Vec::new());\n}\nOk($items.to_vec())`,
    check: `for $item in $items {\n    if $item.$first.is_empty() {\n        return Err(Error::missing("$first", &$item.id));\n    }\n}\nOk($items.to_vec())`,
    store: `let mut kept = Vec::new();\nfor $item in $items {\n    if store.get(&$item.id).is_some_and(|before| before.$field == $item.$field) {\n        continue;\n    }\n    store.put($item.clone());\n    kept.push($item.clone());\n}\nOk(kept)`,
    convert: `let convert = |$item: &$Item| $Item { $first: $item.$first.trim().to_lowercase(), ..$item.clone() };\nOk($items.iter().map(convert).collect())`,
    send: `let mut sent = Vec::with_capacity(limit);\nfor $item in $items.iter().take(limit) {\n    queue::offer("$topic", &$item.$field)?;\n    sent.push($item.clone());\n}\nOk(sent)`,
  },
  extras: [
    `if $items.is_empty() {\n    return Ok(Vec::new());\n}`,
    `tracing::debug!(count = $items.len(), limit, "$name");`,
    `let _timer = metrics::timer("$area.$name");`,
    `permissions::require("$area:$verb")?;`,
  ],
};

export const LANGUAGES: readonly Language[] = [TYPESCRIPT, PYTHON, GO, RUST];
