/**
 * Collections with all that Qdrant has: every kind of id, vector, payload, setting and index. What goes somewhere and comes
 * back, in a file or a backup, is tried with these.
 */
import { call, create, upsert } from './server-text.ts';

export const uuid = (n: number): string => `"00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}"`;

/** Text of a point; `id` as it stands in JSON. */
export const pointText = (id: string | number, vector: string, payload = '{}'): string =>
  `{"id":${id},"vector":${vector},"payload":${payload}}`;

export const PAYLOADS = [
  '{}',
  '{"int64":9223372036854775807,"min":-9223372036854775808,"u64":18446744073709551615,"past":9007199254740993}',
  '{"float":1.0,"minus":-0.0,"large":1e20,"tiny":1e-300,"exact":0.1,"zero":0,"sum":0.30000000000000004}',
  '{"__proto__":{"a":1},"constructor":"x","toString":null,"":"empty key","a.b":{"c.d":[]}}',
  '{"nested":{"a":[1,[2,[3,{"b":[null,true,false,{}]}]]]},"list":[[],[[]],{}]}',
  '{"text":"é ✓ 𝒳 漢字 \\u0000 \\u001f \\"quoted\\" \\\\ / \\n\\t\\r\\b\\f \\u2028 \\u2029"}',
  '{"id":7,"vector":[9],"payload":{"points":[],"next_page_offset":5}}',
  `{"code":${JSON.stringify('const x = "\u{1F600}" + "\\u{1F600}";\n\t'.repeat(900))}}`,
  '{"next_page_offset":null,"z":"\\"next_page_offset\\":17}"}',
];

/** Ids of both kinds up to the last u64, payloads of every sort. Gives the ids in the order in which Qdrant scrolls. */
export async function makeIds(url: string, name: string): Promise<readonly string[]> {
  await create(url, name, '{"vectors":{"size":3,"distance":"Dot"}}');
  const numbers = ['0', '1', '2', '9007199254740991', '9007199254740992', '9007199254740993', '18446744073709551614'];
  const ids = [...numbers, '18446744073709551615', uuid(0), uuid(1), '"ffffffff-ffff-ffff-ffff-ffffffffffff"'];
  const points = ids.map((id, n) => pointText(id, `[${n},1e-7,-3.4028235e38]`, PAYLOADS[n % PAYLOADS.length]));
  await upsert(url, name, points);
  return ids;
}

/** Named, sparse and multivectors in every datatype: 256 points, each with some of them, in every combination. */
export async function makeMixed(url: string, name: string): Promise<void> {
  await create(
    url,
    name,
    `{"vectors":{"a":{"size":2,"distance":"Cosine"},"half":{"size":3,"distance":"Euclid","datatype":"float16"},
      "bytes":{"size":4,"distance":"Manhattan","datatype":"uint8"},"rows":{"size":2,"distance":"Dot","multivector_config":{"comparator":"max_sim"}},
      "é \\" x":{"size":1,"distance":"Dot"}},
      "sparse_vectors":{"words":{"modifier":"idf"},"other":{"index":{"datatype":"float16"}}}}`,
  );
  const points = Array.from({ length: 256 }, (_, n) => {
    const parts = [
      '"a":[3,4]',
      '"half":[0.1,65504,-1e-5]',
      '"bytes":[0,127,255,1]',
      '"rows":[[1,2],[3,4],[5.5,6]]',
      `"é \\" x":[${n % 3 === 0 ? '7' : '-0.0'}]`,
      '"words":{"indices":[7,3,4294967295],"values":[0.5,-1,1e-3]}',
      '"other":{"indices":[],"values":[]}',
    ];
    const chosen = parts.filter((_part, bit) => (n >> bit) & 1);
    return pointText(n % 2 === 0 ? n : uuid(n), `{${chosen.join(',')}}`, PAYLOADS[n % PAYLOADS.length]);
  });
  await upsert(url, name, points);
}

const KINDS = {
  'sparse-only': ['{"sparse_vectors":{"s":{}}}', '{"s":{"indices":[1],"values":[2]}}'],
  multi: ['{"vectors":{"size":2,"distance":"Dot","multivector_config":{"comparator":"max_sim"}}}', '[[1,2],[3,4]]'],
  half: ['{"vectors":{"size":2,"distance":"Cosine","datatype":"float16"}}', '[0.3,0.7]'],
  bytes: ['{"vectors":{"size":2,"distance":"Euclid","datatype":"uint8"}}', '[3,255]'],
  manhattan: ['{"vectors":{"size":2,"distance":"Manhattan"}}', '[-0.0,1e-45]'],
  cosine: ['{"vectors":{"size":2,"distance":"Cosine"}}', '[0.1,-7]'],
  'no-vectors': ['{"vectors":{}}', '{}'],
} as const;
type Kind = keyof typeof KINDS;
export const ONE_KIND = Object.keys(KINDS) as Kind[];

/** Vectors of one kind alone, which some points lack: 70 points, and one of nothing but zeros where the distance is Cosine. */
export async function makeOneKind(url: string, name: string, kind: Kind): Promise<void> {
  const [config, vector] = KINDS[kind];
  await create(url, name, config);
  const points = Array.from({ length: 70 }, (_, n) => pointText(n, n % 7 === 6 ? '{}' : vector, `{"n":${n}}`));
  await upsert(url, name, [...points, ...(config.includes('Cosine') ? [pointText(99, '[0,0]')] : [])]);
}

/** So many points that a page ends right before them, with them, or right behind them. */
export const PAGE_ENDS = [0, 1, 63, 64, 65, 128, 129];

export async function makeSize(url: string, name: string, size: number): Promise<void> {
  await create(url, name, '{"vectors":{"size":2,"distance":"Cosine"}}');
  const points = Array.from({ length: size }, (_, n) => pointText(n, `[${n + 1},1]`));
  await upsert(url, name, points);
}

/** Settings, quantization, payload indexes of every type with params, the aliases `live` and `über`; 400 points. */
export async function makeSettings(url: string, name: string): Promise<void> {
  await create(
    url,
    name,
    `{"vectors":{"size":8,"distance":"Cosine","on_disk":true,"hnsw_config":{"m":8},"quantization_config":{"scalar":{"type":"int8","quantile":0.99,"always_ram":true}}},
      "hnsw_config":{"m":24,"payload_m":5},"optimizers_config":{"indexing_threshold":123456},"quantization_config":{"binary":{"always_ram":true}},
      "on_disk_payload":false,"shard_number":2,"metadata":{"model":"text-embedding-3-small","n":1.0,"__proto__":{"x":9007199254740993}},
      "strict_mode_config":{"enabled":true,"max_query_limit":1000,"upsert_max_batchsize":500}}`,
  );
  const indexes = [
    '{"type":"keyword","is_tenant":true,"on_disk":true}',
    '{"type":"integer","lookup":true,"range":false,"is_principal":true,"on_disk":true}',
    '{"type":"float","on_disk":true}',
    '{"type":"geo","on_disk":true}',
    '{"type":"text","tokenizer":"prefix","min_token_len":2,"max_token_len":9,"lowercase":false,"phrase_matching":true,"stopwords":{"languages":["english"],"custom":["foo"]}}',
    '"bool"',
    '{"type":"datetime","is_principal":true}',
    '{"type":"uuid","is_tenant":true}',
    '"keyword"',
  ];
  for (const [n, schema] of indexes.entries()) {
    const body = `{"field_name":"f${n}.x[].y","field_schema":${schema}}`;
    await call(url, 'PUT', `/collections/${name}/index?wait=true`, body);
  }
  const alias = (of: string): string => `{"create_alias":{"alias_name":"${of}","collection_name":"${name}"}}`;
  await call(url, 'POST', '/collections/aliases', `{"actions":[${alias('live')},${alias('über')}]}`);
  const points = Array.from({ length: 400 }, (_, n) => pointText(n, '[1,2,3,4,5,6,7,8]', `{"f0":"${n}"}`));
  await upsert(url, name, points);
}
