import { describe, expect, it } from 'vitest';
import { vaultGround } from '../support/backups.ts';
import { callNow } from '../support/meanwhile.ts';
import { call, create, pointTexts, upsert } from '../support/server-text.ts';

const ground = vaultGround();
const { backUp, restore } = ground;

const IDS = Array.from({ length: 600 }, (_, id) => id);
const CONFIG =
  '{"vectors":{"a":{"size":2,"distance":"Dot"},"b":{"size":1,"distance":"Dot","multivector_config":{"comparator":"max_sim"}}},"sparse_vectors":{"s":{}}}';
const VECTORS = '"a":[1,2],"b":[[1.5],[2]],"s":{"indices":[1,9],"values":[1,2]}';
const texts = (vectors: string, payload: string, ids = IDS): string[] =>
  ids.map((id) => `{"id":${id},"vector":{${vectors}},"payload":${payload}}`);

/** A backup with every kind of part, and an index in which all points are otherwise. */
async function changedIndex(collection: string): Promise<string> {
  await create(ground.url, collection, CONFIG);
  await upsert(ground.url, collection, texts(VECTORS, '{"k":{"x":[1,null]},"text":"é","gone":null}'));
  await upsert(ground.url, collection, texts('"a":[1,2]', '{"k":1}', [0, 7]));
  const { name } = await backUp({ collection });
  await upsert(ground.url, collection, texts('"a":[5,5],"b":[[5]]', '{"k":2,"theirs":true,"gone":1}'));
  return name;
}

describe('a merge', () => {
  it('is verified when every part that the backup has is there', async () => {
    const backup = await changedIndex('whole');
    const done = await restore({ backup, collection: 'whole', onConflict: 'merge' });
    expect(done).toMatchObject({ verified: true, plan: { updated: 600 }, differences: { count: 600 } });
    const after = await pointTexts(ground.url, 'whole');
    expect(after.get('7')).toContain('"theirs":true');
    expect(after.get('8')).toContain('"theirs":true');
    expect(after.get('8')).not.toContain('"gone"');
  });

  it.each([
    ['PUT', 'vectors', '{"points":[{"id":8,"vector":{"s":{"indices":[1],"values":[1]}}}]}', false],
    ['PUT', 'vectors', '{"points":[{"id":8,"vector":{"a":[1,3]}}]}', false],
    ['POST', 'vectors/delete', '{"points":[8],"vector":["b"]}', false],
    ['POST', 'payload', '{"points":[8],"payload":{"text":"e"}}', false],
    ['POST', 'payload/delete', '{"points":[8],"keys":["k"]}', false],
    ['POST', 'payload', '{"points":[8],"payload":{"gone":1}}', false],
    ['POST', 'payload', '{"points":[8],"payload":{"more":1}}', true],
    // Of this point the backup has only one vector.
    ['PUT', 'vectors', '{"points":[{"id":7,"vector":{"b":[[9]]}}]}', true],
  ])('that somebody undoes in part is not: %s %s %s', async (method, path, body, verified) => {
    const collection = 'undone';
    const backup = await changedIndex(collection);
    let done = false;
    const outcome = await restore(
      { backup, collection, onConflict: 'merge', safetyCopy: false },
      {
        onProgress: (phase) => {
          if (phase !== 'finishing' || done) return;
          done = true;
          callNow(ground.url, method, `/collections/${collection}/points/${path}?wait=true`, body);
        },
      },
    );
    expect(outcome).toMatchObject({ verified, differences: { count: 600 } });
    await call(ground.url, 'DELETE', `/collections/${collection}`);
  });
});
