import fc from 'fast-check';
import { expect, it } from 'vitest';
import { findAcceptedBody } from '../../../main/qdrant/accepted-body.ts';
import { coreOf, createBody } from '../../../main/qdrant/create-body.ts';
import { exactSettings } from '../../../main/qdrant/collection-settings.ts';
import type { ExactObject } from '../../../main/qdrant/exact-json.ts';
import { settingsFromFile } from '../../../main/qdrant/settings-from-file.ts';

const body = {
  vectors: {
    size: 4,
    distance: 'Dot',
    datatype: 'float16',
    quantization_config: { scalar: { type: 'int8', quantile: 1 } },
  },
  hnsw_config: { m: 1, on_disk: true },
  metadata: { a: { b: 1 } },
  on_disk_payload: true,
};

/** A server that refuses any body in which one of these words appears as a key or value. */
const refusing = (words: readonly string[]) => (attempted: ExactObject) =>
  Promise.resolve(!words.some((word) => JSON.stringify(attempted).includes(`"${word}"`)));

it.each([
  [['float16'], { ...body, vectors: { ...body.vectors, datatype: undefined } }],
  [['metadata'], { ...body, metadata: undefined }],
  [['b'], { ...body, metadata: undefined }],
  [['m', 'on_disk_payload'], { ...body, hnsw_config: { on_disk: true }, on_disk_payload: undefined }],
  // One setting must go, and what is left of its section is refused too.
  [['scalar'], { ...body, vectors: { ...body.vectors, quantization_config: {} } }],
  [['quantization_config', 'int8'], { ...body, vectors: { ...body.vectors, quantization_config: undefined } }],
])('a server that refuses %s gets all the rest', async (words, expected) => {
  const found = await findAcceptedBody(body, coreOf(body), refusing(words), refusing(words));
  expect(JSON.parse(JSON.stringify(found?.best))).toEqual(JSON.parse(JSON.stringify(expected)));
});

it('a server that refuses what cannot be left out gets nothing', async () => {
  expect(await findAcceptedBody(body, coreOf(body), refusing(['Dot']), refusing(['Dot']))).toBeNull();
});

it('the best body is taken, and holds every setting that is not refused by itself', async () => {
  const words = ['float16', 'int8', 'm', 'on_disk', 'metadata', 'on_disk_payload', 'quantile'];
  await fc.assert(
    fc.asyncProperty(fc.subarray(words), async (refused) => {
      const server = refusing(refused);
      const found = (await server(body)) ? { best: body } : await findAcceptedBody(body, coreOf(body), server, server);
      expect(found).not.toBeNull();
      const text = JSON.stringify(found?.best);
      for (const word of words) expect(text.includes(`"${word}"`), `${word} of ${text}`).toBe(!refused.includes(word));
    }),
  );
});

it('a file with thousands of vectors is settled with few attempts', async () => {
  const vectors = Object.fromEntries(
    Array.from({ length: 5000 }, (_, index) => [`v${index}`, { size: 1, on_disk: true }]),
  );
  let attempts = 0;
  const refuse = (): Promise<boolean> => {
    attempts++;
    return Promise.resolve(false);
  };
  const large = { vectors, hnsw_config: { m: 1 } };
  expect(await findAcceptedBody(large, coreOf(large), refuse, refuse)).toBeNull();
  expect(attempts).toBeLessThan(10);
});

it('a body takes nothing from a file that is not a setting of the new collection', () => {
  const settings = settingsFromFile({
    vectors: { size: 2 },
    params: {
      shard_number: 3,
      init_from: { collection: 'secret' },
      hnsw_config: { m: 99 },
      read_fan_out_factor: 2,
      on_disk_payload: null,
    },
    other: { init_from: { collection: 'secret' }, vectors: { size: 9 }, future: { a: 1 } },
    hnsw: { m: 5, on_disk: null },
    metadata: { kept: null },
  });
  expect(createBody(exactSettings(settings))).toEqual({
    vectors: { size: 2, distance: 'Cosine' },
    future: { a: 1 },
    shard_number: 3,
    hnsw_config: { m: 5 },
    metadata: { kept: null },
  });
});
