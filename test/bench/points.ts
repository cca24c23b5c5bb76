/** The index that is measured: random unit vectors, and payloads as an indexer of source code makes them. */
import { randomFrom } from '../support/random.ts';

export interface BenchPoint {
  readonly id: number;
  /** Text of a JSON list: every number with as many digits as a 32-bit float needs, which is what Qdrant answers. */
  readonly vector: string;
  readonly payload: Readonly<Record<string, string | number>>;
}

const WORDS =
  'buffer index vector session cursor token handler request response payload config worker queue stream parser node entry cache result offset schema filter batch segment point'.split(
    ' ',
  );
const FOLDERS = ['src/core', 'src/server/routes', 'src/search', 'lib/storage', 'packages/client/src', 'internal/api'];
const LANGUAGES = ['typescript', 'python', 'rust', 'go'];
const EXTENSIONS = ['ts', 'py', 'rs', 'go'];

/**
 * `count` points of `dimensions` numbers, one after another. Vectors are drawn from a normal distribution and
 * normalised, as embeddings are: about 11.6 bytes a number as text, and as incompressible. Ids are scattered over 31
 * bits; 10 to 40 points share a file.
 */
export function* benchPoints(count: number, dimensions: number): Generator<BenchPoint> {
  const next = randomFrom(dimensions);
  const pick = (list: readonly string[]): string => list[Math.floor(next() * list.length)] ?? '';
  const values = new Float64Array(dimensions);
  let left = 0;
  let file = { path: '', language: '', line: 1 };
  for (let i = 0; i < count; i++) {
    if (left === 0) {
      left = 10 + Math.floor(next() * 31);
      const kind = Math.floor(next() * LANGUAGES.length);
      const path = `${pick(FOLDERS)}/${pick(WORDS)}/${pick(WORDS)}-${pick(WORDS)}-${i}.${EXTENSIONS[kind] ?? ''}`;
      file = { path, language: LANGUAGES[kind] ?? '', line: 1 };
    }
    left--;
    const name = `${pick(WORDS)}_${pick(WORDS)}`;
    const lines = 4 + Math.floor(next() * 6);
    const content = Array.from(
      { length: lines },
      () => `  ${pick(WORDS)}.${pick(WORDS)}(${pick(WORDS)}, ${pick(WORDS)});`,
    );
    const startLine = file.line;
    file.line += lines + 2;
    // An odd factor makes this one-to-one.
    const id = Math.imul(i, 0x2545f491) & 0x7fff_ffff;
    yield {
      id,
      vector: unitVector(values, next),
      payload: {
        id: `chunk_${id.toString(16)}`,
        type: 'function',
        name,
        content: `function ${name}() {\n${content.join('\n')}\n}`,
        filePath: file.path,
        startLine,
        endLine: file.line - 1,
        language: file.language,
        complexity: 1 + Math.floor(next() * 12),
      },
    };
  }
}

/** Nine significant digits name every 32-bit float; the server rounds to the nearest and answers the shortest text. */
function unitVector(values: Float64Array, next: () => number): string {
  let squares = 0;
  for (let i = 0; i < values.length; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - next()));
    const angle = 2 * Math.PI * next();
    values[i] = radius * Math.cos(angle);
    values[i + 1] = radius * Math.sin(angle);
  }
  for (const value of values) squares += value * value;
  const scale = 1 / Math.sqrt(squares);
  let text = '';
  for (const value of values) text += `${text === '' ? '[' : ','}${(value * scale).toPrecision(9)}`;
  return `${text}]`;
}
