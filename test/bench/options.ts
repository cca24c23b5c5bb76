import { parseArgs } from 'node:util';

export interface BenchOptions {
  readonly dimensions: readonly number[];
  readonly points: number;
  /** Rounds of every comparison; null: five where a figure is asked for, three elsewhere. */
  readonly rounds: number | null;
  /** Points of the large index whose export may not need more memory; 0: not measured. */
  readonly pointsLarge: number;
  readonly out: string;
}

/** Dimensions at which figures are asked for. */
export const ASKED_DIMENSIONS = 768;

export const USAGE = `npm run bench -- [options]
  --dimensions LIST     sizes of vectors, separated by commas (default 384,768,1536)
  --points N            points of an index (default 20000)
  --rounds N            how often everything is measured (default 5 at 768 dimensions, 3 elsewhere)
  --points-large N      points of the large index for the memory figure, 0 for none (default 200000)
  --quick               768 dimensions, 4000 points, 1 round, no large index: a look, not a measurement
  --out PATH            where the raw figures go (default bench-results.json)
`;

/** Throws an Error of one line for what is no option. */
export function parseOptions(args: readonly string[]): BenchOptions | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      dimensions: { type: 'string' },
      points: { type: 'string' },
      rounds: { type: 'string' },
      'points-large': { type: 'string' },
      quick: { type: 'boolean' },
      out: { type: 'string', default: 'bench-results.json' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) return 'help';
  const quick = values.quick === true;
  const list = (values.dimensions ?? (quick ? String(ASKED_DIMENSIONS) : '384,768,1536')).split(',');
  return {
    dimensions: list.map((text) => wholeNumber('--dimensions', text, 2)),
    points: wholeNumber('--points', values.points ?? (quick ? '4000' : '20000'), 1),
    rounds: values.rounds === undefined ? (quick ? 1 : null) : wholeNumber('--rounds', values.rounds, 1),
    pointsLarge: wholeNumber('--points-large', values['points-large'] ?? (quick ? '0' : '200000'), 0),
    out: values.out,
  };
}

function wholeNumber(name: string, text: string, least: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text.trim()) || value < least) throw new Error(`${name} wants whole numbers from ${least}.`);
  return value;
}
