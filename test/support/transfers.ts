/** Small collections made over REST, for tests that look at the window and not at the data. */

export interface SmallCollection {
  readonly name: string;
  readonly points: number;
  readonly size?: number;
  /** Characters of text in each payload; makes transfers last. */
  readonly text?: number;
  readonly apiKey?: string;
}

/** Makes a collection of one unnamed vector with points 1 to `points`, each `{ n, from: 'server', text }`. */
export async function makeCollection(url: string, options: SmallCollection): Promise<void> {
  const { name, points, size = 4, text = 10, apiKey } = options;
  await rest(url, 'PUT', `/collections/${name}`, { vectors: { size, distance: 'Dot' } }, apiKey);
  for (let from = 1; from <= points; from += 500) {
    const count = Math.min(500, points - from + 1);
    await putPoints(url, name, from, count, { size, text, ...(apiKey === undefined ? {} : { apiKey }) });
  }
}

/** Writes points `from` to `from + count - 1`. */
export async function putPoints(
  url: string,
  name: string,
  from: number,
  count: number,
  options: { readonly size?: number; readonly text?: number; readonly apiKey?: string; readonly payload?: object } = {},
): Promise<void> {
  const { size = 4, text = 10, apiKey, payload } = options;
  const points = Array.from({ length: count }, (_, index) => ({
    id: from + index,
    vector: Array.from({ length: size }, (_unused, axis) => (from + index + axis) / 7),
    payload: payload ?? { n: from + index, from: 'server', text: 'x'.repeat(text) },
  }));
  await rest(url, 'PUT', `/collections/${name}/points?wait=true`, { points }, apiKey);
}

/** One REST call; throws with the answer when it is refused. Gives `result`. */
export async function rest(
  url: string,
  method: string,
  path: string,
  body?: object,
  apiKey?: string,
): Promise<unknown> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...(apiKey === undefined ? {} : { 'api-key': apiKey }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return (JSON.parse(text) as { result: unknown }).result;
}

/** Exact number of points. */
export async function countPoints(url: string, name: string): Promise<number> {
  const result = await rest(url, 'POST', `/collections/${name}/points/count`, { exact: true });
  return (result as { count: number }).count;
}
