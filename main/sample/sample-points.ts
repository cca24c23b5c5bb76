/** The sample index: what "Try it with sample data" fills the built-in server with. */
import { codeCorpus } from './code-corpus.ts';
import { hashingEmbedder, HASHING_DIMENSIONS } from './hashing-embedder.ts';

export const SAMPLE_COLLECTION = 'sample-code-index';
/** Size of its one unnamed cosine vector. */
export const SAMPLE_DIMENSIONS = HASHING_DIMENSIONS;
/** Named after what it is, so that nobody takes these vectors for a model's. */
export const SAMPLE_MODEL = 'vectorkeep-hashing-384';

/** How many points `samplePoints` gives. */
export const SAMPLE_COUNT = 2080;

/**
 * The points as JSON text, `{"id":1,"vector":[…384 numbers…],"payload":{…}}`, about 5 KB each, ids from 1. Payload as a
 * code index has it: filePath, content, type, name, startLine, endLine, language, fileHash, complexity. The vectors come
 * from the hashing embedder and say nothing about meaning. The same text on every call.
 */
export function* samplePoints(): Generator<string> {
  let id = 0;
  for (const payload of codeCorpus()) {
    id++;
    const vector = hashingEmbedder(`${payload.filePath}\n${payload.name}\n${payload.content}`);
    yield JSON.stringify({ id, vector, payload });
  }
}
