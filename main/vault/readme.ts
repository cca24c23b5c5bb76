/** README.txt of every vault: for whoever finds the folder and not the program. Its checksum is in vault.json. */
export const README = `This folder holds backups of vector indexes (Qdrant collections), made by Vectorkeep.
You can check, open and restore them without that program. Please change nothing in here by hand.

WHAT IS HERE
  vault.json                          says that this is a vault, and its id
  NAME-1a2b3c4d/                      one folder for each index
    backups/BACKUP.json               a backup: which rows of which segments it consists of, and the index's settings
    backups/BACKUP.sha256             checksums of everything that this backup needs
    backups/BACKUP.state.json         whether it is pinned, and when it was last verified
    segments/<sha256>.parquet         points; several backups share them; a file's name is the SHA-256 of its content
    companions/<sha256>               files of the indexer that were backed up along with the index

CHECK A BACKUP
  cd NAME-1a2b3c4d
  sha256sum -c backups/BACKUP.sha256

OPEN A BACKUP
  The segments are ordinary Parquet files: id, hash, payload (JSON text), vector (list of 32-bit floats) or
  "vector:NAME" where vectors have names; sparse vectors as "sparse:NAME.indices" and "sparse:NAME.values".
  A backup is all rows of its segments but those that its file lists as "dead", as ranges of row numbers
  counted from 0 ("0-3,7" means rows 0, 1, 2, 3 and 7). With DuckDB, all points of a backup:

    create table segments as
      select unnest(segments, recursive := true)
      from read_json('backups/BACKUP.json', maximum_object_size = 1000000000,
                     columns = {segments: 'STRUCT(sha256 VARCHAR, dead VARCHAR)[]'});
    create table dead as
      select sha256, unnest(range(cast(split_part(part, '-', 1) as bigint),
             cast(coalesce(nullif(split_part(part, '-', 2), ''), part) as bigint) + 1)) as row
      from (select sha256, unnest(string_split(dead, ',')) as part from segments where dead <> '');
    set variable files = (select list('segments/' || sha256 || '.parquet') from segments);
    select points.* exclude (filename, file_row_number)
    from read_parquet(getvariable('files'), filename = true, file_row_number = true, union_by_name = true) points
    join segments on points.filename = 'segments/' || segments.sha256 || '.parquet'
    where not exists (select 1 from dead where dead.sha256 = segments.sha256 and dead.row = points.file_row_number);

  The same with pandas: pandas.read_parquet('segments/<sha256>.parquet') and dropping the dead rows.
  A backup without segments is one of an empty index.

PUT IT BACK
  Each row is a point of Qdrant: PUT /collections/NAME/points with {"points":[{"id":…,"vector":…,"payload":…}]}.
  An id of digits alone is a number, any other a string. The vector is the list itself where it is the unnamed one,
  else {"NAME": list, …}, a sparse one {"NAME": {"indices": list, "values": list}}.
  "settings" in the backup's file is what the collection was made with: vectors, payload indexes, aliases.
`;
