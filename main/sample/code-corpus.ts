/** A code base that never was: some two thousand pieces of code in four languages, the same ones every time. */
import { createHash } from 'node:crypto';
import { LANGUAGES, type Language, type Words } from './languages.ts';
import { AREAS, QUALITIES, VERBS, type Thing } from './vocabulary.ts';

/** One function, class or type, as an indexer cuts them out of a file. Lines count from 1. */
export interface CodePiece {
  readonly filePath: string;
  readonly content: string;
  readonly type: 'function' | 'class' | 'interface';
  readonly name: string;
  readonly startLine: number;
  readonly endLine: number;
  readonly language: string;
  /** SHA-256 of the whole file, hex. */
  readonly fileHash: string;
  /** One more than the places where the code branches. */
  readonly complexity: number;
}

const FUNCTIONS_PER_FILE = 11;
const LIMITS = [10, 25, 50, 100, 250, 1000];
const BRANCH = /\b(if|for|filter|while|take)\b|&&|\?/g;

/** Every piece of every file, file by file. */
export function* codeCorpus(): Generator<CodePiece> {
  const random = randomNumbers(20_240_501);
  for (const [area, things] of Object.entries(AREAS)) {
    for (const thing of things) {
      for (const language of LANGUAGES) yield* file(area, thing, language, random);
    }
  }
}

type Chunk = Pick<CodePiece, 'content' | 'type' | 'name'>;

function* file(area: string, thing: Thing, language: Language, random: () => number): Generator<CodePiece> {
  const filePath = `src/${area}/${thing.name}_store.${language.extension}`.replace(
    '_',
    language.joined === 'camel' ? '-' : '_',
  );
  const chunks: Chunk[] = [typeOf(area, thing, language), classOf(area, thing, language)];
  // A fixed walk over verbs and qualities with a step that never meets the same pair twice.
  const from = Math.floor(random() * VERBS.length * QUALITIES.length);
  for (let step = 0; step < FUNCTIONS_PER_FILE; step++) {
    chunks.push(functionOf(area, thing, language, from + step * 37, random));
  }
  const header = `${language.comment.slice(0, 2)} ${capital(area)}: what is kept about each ${thing.name}.`;
  const text = [header, ...chunks.map((chunk) => chunk.content)].join('\n\n') + '\n';
  const fileHash = createHash('sha256').update(text).digest('hex');
  let line = 3;
  for (const chunk of chunks) {
    const endLine = line + chunk.content.split('\n').length - 1;
    const complexity = 1 + (chunk.content.match(BRANCH)?.length ?? 0);
    yield { filePath, ...chunk, startLine: line, endLine, language: language.name, fileHash, complexity };
    line = endLine + 2;
  }
}

function typeOf(area: string, thing: Thing, language: Language): Chunk {
  const doc = `${language.comment} One ${thing.name} of ${area}, with its ${spaced(thing.fields.join(', '))}.`;
  const content = `${doc}\n${fill(language.type, wordsOf(area, thing, language))}`;
  return { content, type: 'interface', name: capital(thing.name) };
}

function classOf(area: string, thing: Thing, language: Language): Chunk {
  const doc = `${language.comment} Holds every ${thing.name} of ${area} in memory, by its id.`;
  const content = `${doc}\n${fill(language.class, wordsOf(area, thing, language))}`;
  return { content, type: 'class', name: `${capital(thing.name)}Store` };
}

function functionOf(area: string, thing: Thing, language: Language, pair: number, random: () => number): Chunk {
  const verb = at(VERBS, pair);
  const quality = at(QUALITIES, Math.floor(pair / VERBS.length));
  const plural = pluralOf(thing.name);
  const name = join(language, [verb.name, quality.name, ...plural.split(' ')]);
  const limit = String(at(LIMITS, Math.floor(random() * LIMITS.length)));
  const field = at(thing.fields, quality.field);
  const words: Words = {
    ...wordsOf(area, thing, language),
    name,
    limit,
    verb: verb.name,
    topic: `${area}.${quality.name}`,
    field: spell(language, field),
    Field: capital(field),
  };
  const before = language.extras.filter(() => random() < 0.4);
  const step = language.joined === 'pascal' ? '\t' : language.joined === 'camel' ? '  ' : '    ';
  const body = [...before, language.bodies[verb.action]].join('\n').replaceAll(/^(?=.)/gm, step);
  const doc = `${language.comment} ${verb.says} ${plural} ${quality.says}, judged by their ${spaced(field)}; at most ${limit}.`;
  return {
    content: `${doc}\n${fill(
      language.function.replace('$body', () => body),
      words,
    )}`,
    type: 'function',
    name,
  };
}

function wordsOf(area: string, thing: Thing, language: Language): Words {
  const [number, first, second] = thing.fields;
  return {
    area,
    item: thing.name,
    items: spell(language, pluralOf(thing.name)),
    Item: capital(thing.name),
    number: spell(language, number),
    Number: capital(number),
    first: spell(language, first),
    First: capital(first),
    second: spell(language, second),
    Second: capital(second),
  };
}

/** `$ItemStore` is `$Item` and a word after it, so the longest known name wins. */
function fill(template: string, words: Words): string {
  const names = Object.keys(words).sort((a, b) => b.length - a.length);
  return template.replaceAll(new RegExp(`\\$(${names.join('|')})`, 'g'), (_match, name: string) => words[name] ?? '');
}

function join(language: Language, parts: readonly string[]): string {
  if (language.joined === 'snake') return parts.join('_');
  const [first = '', ...rest] = parts;
  return (language.joined === 'pascal' ? capital(first) : first) + rest.map(capital).join('');
}

/** `dueDate` as the language spells it. */
function spell(language: Language, name: string): string {
  return language.joined === 'snake' ? spaced(name).replaceAll(' ', '_') : name;
}

function spaced(name: string): string {
  return name.replaceAll(/([a-z])([A-Z])/g, (_match, end: string, start: string) => `${end} ${start.toLowerCase()}`);
}

function pluralOf(name: string): string {
  if (name.endsWith('y')) return `${name.slice(0, -1)}ies`;
  return name.endsWith('s') ? `${name}es` : `${name}s`;
}

function capital(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}

function at<T>(list: readonly T[], index: number): T {
  const found = list[index % list.length];
  if (found === undefined) throw new RangeError('The list is empty.');
  return found;
}

/** Numbers in [0, 1) that are the same for the same seed (a 32-bit xorshift). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
