/** A vault as programs read it that know nothing of us: DuckDB, hyparquet, sha256sum. */
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { parquetReadObjects } from 'hyparquet';

/** A row of a segment: numbers as numbers, lists as arrays, bytes as hexadecimal. */
export type Row = Readonly<Record<string, unknown>>;

/** Runs statements in a folder, as somebody who went there; gives the rows of the last. */
export async function duckdb(folder: string, sql: string): Promise<Row[]> {
  const before = process.cwd();
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  process.chdir(folder);
  try {
    const statements = sql.split(/;\s*(?:\n|$)/).filter((statement) => statement.trim() !== '');
    let rows: Row[] = [];
    for (const statement of statements) rows = (await connection.runAndReadAll(statement)).getRowObjectsJS().map(plain);
    return rows;
  } finally {
    process.chdir(before);
    connection.closeSync();
    instance.closeSync();
  }
}

export async function hyparquet(path: string): Promise<Row[]> {
  const rows = await parquetReadObjects({
    file: new Uint8Array(await readFile(path)).buffer,
    compressors: { GZIP: (bytes) => new Uint8Array(gunzipSync(bytes)) },
  });
  return rows.map(plain);
}

/** What the README of a vault says is to be typed to see all points of a backup. */
export function recipeIn(readme: string, backup: string): string {
  const recipe = /With DuckDB, all points of a backup:\n\n([^]*?)\n\n {2}The same with/.exec(readme)?.[1];
  if (recipe === undefined) throw new Error('There is no recipe for DuckDB in it.');
  return recipe.replaceAll('BACKUP', backup);
}

/** What the shell says to the check that the README of a vault names, run in a collection's folder. */
export function sha256sum(folder: string, backup: string): { readonly status: number | null; readonly output: string } {
  const command = ['-c', `backups/${backup}.sha256`];
  const { status, stdout, stderr } = spawnSync('sha256sum', command, { cwd: folder, encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

/** The vectors of a row by name, '' for the unnamed one, as Qdrant tells them. */
export function vectorsOf(row: Row): Record<string, unknown> {
  const vectors: Record<string, unknown> = {};
  for (const [column, value] of Object.entries(row)) {
    if (value === null) continue;
    const sparse = /^sparse:(.*)\.indices$/s.exec(column)?.[1];
    if (sparse !== undefined) vectors[sparse] = { indices: value, values: row[`sparse:${sparse}.values`] };
    else if (column === 'vector') vectors[''] = value;
    else if (column.startsWith('vector:')) vectors[column.slice('vector:'.length)] = value;
  }
  return vectors;
}

function plain(row: Record<string, unknown>): Row {
  const value = (one: unknown): unknown => {
    if (one === null || one === undefined) return null;
    if (one instanceof Uint8Array) return Buffer.from(one).toString('hex');
    if (Array.isArray(one) || ArrayBuffer.isView(one)) return Array.from(one as ArrayLike<unknown>, value);
    return typeof one === 'bigint' ? Number(one) : one;
  };
  return Object.fromEntries(Object.entries(row).map(([key, one]) => [key, value(one)]));
}
