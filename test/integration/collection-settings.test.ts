import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openControl, type Control } from '../../main/qdrant/control.ts';
import { exactSettings, type CollectionSettings } from '../../main/qdrant/collection-settings.ts';
import { printExact } from '../../main/qdrant/exact-json.ts';
import { settingsFromFile } from '../../main/qdrant/settings-from-file.ts';
import { startProxy } from '../support/proxy.ts';
import { startQdrant, type Qdrant } from '../support/qdrant.ts';

let qdrant: Qdrant;
let control: Control;
beforeAll(async () => {
  qdrant = await startQdrant();
  control = openControl({ url: qdrant.url });
});
afterAll(() => qdrant.stop());

const put = async (path: string, body: string, method = 'PUT'): Promise<void> => {
  const response = await fetch(`${qdrant.url}${path}`, {
    method,
    body,
    headers: { 'content-type': 'application/json' },
  });
  expect(response.status, await response.clone().text()).toBe(200);
};

/** The server's own text of everything that a recreated collection must share with its model. */
const serverText = async (name: string): Promise<string> => {
  const text = await (await fetch(`${qdrant.url}/collections/${name}`)).text();
  return /"config":(.*),"payload_schema"/.exec(text)?.[1] ?? text;
};

/** As a file holds it: through JSON text and the reader of files. */
const throughFile = (settings: CollectionSettings): CollectionSettings =>
  settingsFromFile(JSON.parse(JSON.stringify(settings)));

async function roundTrip(name: string): Promise<CollectionSettings> {
  const settings = await control.settings(name);
  const copy = `${name}-copy`;
  const { notices } = await control.create(copy, throughFile(settings));
  const more = await control.createPayloadIndexes(copy, throughFile(settings));
  expect([...notices, ...more]).toEqual([]);
  expect(await serverText(copy)).toBe(await serverText(name));
  const again = await control.settings(copy);
  expect(again).toEqual({ ...settings, aliases: [] });
  return settings;
}

const EVERYTHING = `{
  "vectors": {
    "text": {"size": 4, "distance": "Cosine", "on_disk": true, "datatype": "float16",
      "hnsw_config": {"m": 8, "ef_construct": 50, "full_scan_threshold": 20, "max_indexing_threads": 2, "on_disk": true, "payload_m": 4, "inline_storage": false},
      "quantization_config": {"scalar": {"type": "int8", "quantile": 1.0, "always_ram": true}}},
    "code": {"size": 8, "distance": "Dot", "multivector_config": {"comparator": "max_sim"}},
    "bytes": {"size": 3, "distance": "Euclid", "datatype": "uint8", "quantization_config": {"product": {"compression": "x16", "always_ram": false}}},
    "__proto__": {"size": 2, "distance": "Manhattan", "quantization_config": {"binary": {"always_ram": true}}}
  },
  "sparse_vectors": {
    "words": {"index": {"full_scan_threshold": 100, "on_disk": true, "datatype": "float16"}, "modifier": "idf"},
    "plain": {}
  },
  "hnsw_config": {"m": 24, "ef_construct": 111, "full_scan_threshold": 18446744073709551615, "max_indexing_threads": 1, "on_disk": true, "payload_m": 5, "inline_storage": true},
  "optimizers_config": {"deleted_threshold": 0.3, "vacuum_min_vector_number": 2000, "default_segment_number": 3, "max_segment_size": 9007199254740993, "memmap_threshold": 30000, "indexing_threshold": 123456, "flush_interval_sec": 7, "max_optimization_threads": 2},
  "wal_config": {"wal_capacity_mb": 16, "wal_segments_ahead": 1, "wal_retain_closed": 2},
  "quantization_config": {"binary": {"always_ram": true, "encoding": "two_bits", "query_encoding": "scalar8bits"}},
  "shard_number": 2, "replication_factor": 2, "write_consistency_factor": 1, "on_disk_payload": false,
  "strict_mode_config": {"enabled": true, "max_query_limit": 100000, "max_timeout": 100, "unindexed_filtering_retrieve": true, "unindexed_filtering_update": true,
    "search_max_hnsw_ef": 100, "search_allow_exact": true, "search_max_oversampling": 2.5, "upsert_max_batchsize": 1000, "max_collection_vector_size_bytes": 18446744073709551615,
    "read_rate_limit": 10000, "write_rate_limit": 10000, "max_collection_payload_size_bytes": 99999999999, "max_points_count": 100000, "filter_max_conditions": 5,
    "condition_max_size": 6, "multivector_config": {"code": {"max_vectors": 5}}, "sparse_config": {"words": {"max_length": 7}}, "max_payload_index_count": 30},
  "metadata": {"1": [2, 18446744073709551615], "2": 1, "a": 9007199254740993, "b": 1.0, "c": -0.0, "d": 1e20, "__proto__": {"x": 1.0}, "deep": {"n": null, "s": "1.0"}, "é": "\\u0000✓"}
}`;

describe('settings come back as they were', () => {
  it('with every setting at once, number for number', async () => {
    await put('/collections/everything', EVERYTHING);
    await put('/collections/everything', '{"params":{"read_fan_out_factor":2}}', 'PATCH');
    const settings = await roundTrip('everything');
    expect(printExact(exactSettings(settings)['metadata'] ?? null)).toContain(
      '"c":-0.0,"d":1e20,"__proto__":{"x":1.0}',
    );
    expect(settings.params).toMatchObject({ read_fan_out_factor: 2, replication_factor: 2 });
    expect(JSON.stringify(settings)).toContain('"18446744073709551615"');
  });

  it.each([
    ['one unnamed vector', '{"vectors":{"size":4,"distance":"Cosine"}}'],
    ['no dense vectors', '{"vectors":{},"sparse_vectors":{"s":{"modifier":"none"}}}'],
    [
      'a name that looks like a setting',
      '{"vectors":{"size":{"size":4,"distance":"Dot"},"on_disk":{"size":2,"distance":"Dot"}}}',
    ],
    ['float16', '{"vectors":{"size":4,"distance":"Cosine","datatype":"float16"}}'],
    ['uint8', '{"vectors":{"size":4,"distance":"Dot","datatype":"uint8"}}'],
    ['float32 said aloud', '{"vectors":{"size":4,"distance":"Dot","datatype":"float32","on_disk":false}}'],
    ['unnamed multivector', '{"vectors":{"size":4,"distance":"Dot","multivector_config":{"comparator":"max_sim"}}}'],
    ...[
      '{"scalar":{"type":"int8"}}',
      '{"scalar":{"type":"int8","quantile":0.95,"always_ram":false}}',
      '{"product":{"compression":"x64"}}',
      '{"binary":{}}',
      '{"binary":{"encoding":"one_and_half_bits","query_encoding":"scalar4bits"}}',
      '{"binary":{"encoding":"one_bit","query_encoding":"binary","always_ram":false}}',
    ].flatMap((quantization) => [
      [`global ${quantization}`, `{"vectors":{"size":4,"distance":"Cosine"},"quantization_config":${quantization}}`],
      [
        `per vector ${quantization}`,
        `{"vectors":{"v":{"size":4,"distance":"Cosine","quantization_config":${quantization}}}}`,
      ],
    ]),
  ])('with %s', async (_what, body) => {
    const name = `c${Math.random().toString(36).slice(2)}`;
    await put(`/collections/${name}`, body);
    await roundTrip(name);
  });
});

describe('payload indexes', () => {
  const schemas: Record<string, string> = {
    keyword: '"keyword"',
    tenant: '{"type":"keyword","is_tenant":true,"on_disk":true}',
    integer: '{"type":"integer","lookup":true,"range":false,"is_principal":false,"on_disk":true}',
    principal: '{"type":"integer","lookup":false,"range":true,"is_principal":true}',
    float: '{"type":"float","is_principal":true,"on_disk":true}',
    geo: '{"type":"geo","on_disk":true}',
    bool: '{"type":"bool","on_disk":true}',
    datetime: '{"type":"datetime","is_principal":true,"on_disk":true}',
    uuid: '{"type":"uuid","is_tenant":true,"on_disk":true}',
    'a.b[].c': `{"type":"text","tokenizer":"multilingual","min_token_len":2,"max_token_len":30,"lowercase":true,"ascii_folding":true,"phrase_matching":true,
      "stopwords":{"languages":["english"],"custom":["foo"]},"on_disk":true,"stemmer":{"type":"snowball","language":"english"}}`,
    '"quoted key"': '{"type":"text","tokenizer":"prefix","stopwords":"german","lowercase":false}',
    __proto__: '{"type":"integer"}',
    pathSegments: '"text"',
  };

  it('of every type come back with all params', async () => {
    await put('/collections/indexed', '{"vectors":{"size":4,"distance":"Cosine"}}');
    const fields = Object.entries(schemas).concat([['__proto__', '{"type":"keyword","on_disk":true}']]);
    for (const [field, schema] of fields) {
      await put(
        '/collections/indexed/index?wait=true',
        `{"field_name":${JSON.stringify(field)},"field_schema":${schema}}`,
      );
    }
    const settings = await roundTrip('indexed');
    expect(Object.keys(settings.payload_indexes).sort()).toEqual(fields.map(([field]) => field).sort());
    expect(settings.payload_indexes['tenant']).toEqual({ type: 'keyword', is_tenant: true, on_disk: true });
  });

  it('lose only the param that the target does not take, and say so', async () => {
    await put('/collections/picky', '{"vectors":{"size":4,"distance":"Cosine"}}');
    const notices = await control.createPayloadIndexes(
      'picky',
      settingsFromFile({
        payload_indexes: {
          words: { type: 'text', tokenizer: 'of tomorrow', lowercase: true, min_token_len: 3 },
          name: { type: 'keyword', prefix: true, on_disk: true },
          new: { type: 'vector', on_disk: true },
        },
      }),
    );
    expect(notices.map((notice) => notice.params)).toEqual([
      { setting: 'payload_indexes.words.tokenizer', wanted: '"of tomorrow"', got: '"word"' },
      { setting: 'payload_indexes.name.prefix', wanted: 'true', got: undefined },
      { setting: 'payload_indexes.new.type', wanted: '"vector"', got: undefined },
      { setting: 'payload_indexes.new.on_disk', wanted: 'true', got: undefined },
    ]);
    const { payload_indexes: got } = await control.settings('picky');
    expect(got['words']).toMatchObject({ lowercase: true, min_token_len: 3 });
    expect(got['name']).toEqual({ type: 'keyword', on_disk: true });
  });
});

describe('aliases', () => {
  it('are set when free and left alone when taken', async () => {
    await put('/collections/owner', '{"vectors":{"size":4,"distance":"Cosine"}}');
    await put('/collections/heir', '{"vectors":{"size":4,"distance":"Cosine"}}');
    await put(
      '/collections/aliases',
      '{"actions":[{"create_alias":{"collection_name":"owner","alias_name":"mine"}}]}',
      'POST',
    );
    const wanted = settingsFromFile({ aliases: ['mine', 'free', 'owner', 'auch/frei ü'] });
    expect(await control.createAliases('heir', wanted)).toEqual([
      { code: 'ALIAS_TAKEN', params: { alias: 'mine', collection: 'owner' } },
      { code: 'ALIAS_TAKEN', params: { alias: 'owner', collection: 'owner' } },
    ]);
    expect((await control.settings('heir')).aliases).toEqual(['auch/frei ü', 'free']);
    expect((await control.settings('owner')).aliases).toEqual(['mine']);
    expect(await control.createAliases('heir', settingsFromFile({ aliases: ['free'] }))).toEqual([]);
  });
});

describe('what is going on', () => {
  it('includes points that a newer server hides', async () => {
    const body = '{"result":{"status":"yellow","config":{},"update_queue":{"length":2,"deferred_points":414}}}';
    const proxy = await startProxy(qdrant.url, [{ fault: { kind: 'answer', status: 200, body } }]);
    try {
      expect(await openControl({ url: proxy.url }).deferredPoints('any')).toBe(414);
    } finally {
      await proxy.stop();
    }
  });

  it('is told: version, names, status, hidden points', async () => {
    expect(await control.version()).toBe(qdrant.version);
    expect(await control.list()).toContain('owner');
    expect(await control.status('owner')).toMatchObject({ status: 'green', optimizer: 'ok', deferredPoints: 0 });
    expect(await control.deferredPoints('owner')).toBe(0);
    await expect(control.settings('nowhere')).rejects.toMatchObject({
      code: 'COLLECTION_NOT_FOUND',
      params: { collection: 'nowhere' },
    });
    await expect(control.count('nowhere')).rejects.toMatchObject({ code: 'COLLECTION_NOT_FOUND' });
  });
});
