import { appendFile, open, stat, type FileHandle } from 'node:fs/promises';
import { Fault } from '../faults/fault.ts';
import { codeOf, fileFault } from '../files/file-faults.ts';
import { readWhole } from '../files/read-whole.ts';
import { writePrivateFile } from '../settings/private-file.ts';
import { Histories, indexKey, recordSchema, type HistoryRecord } from './history.ts';

/** Lines from which on the file is written anew without the oldest, and how many then stay. */
const MOST_LINES = 50_000;
const KEPT_LINES = 40_000;
const LARGEST = 64 << 20;

/**
 * `history.jsonl`: what the scheduler did and why it did not, one JSON record a line, oldest first. A line that is cut, as the
 * last one is after a crash, or that nobody here understands, is passed over.
 */
export class HistoryFile {
  histories: Histories;
  /** Why what was noted last is in memory alone; null: it is on the disk. */
  trouble: Fault | null = null;
  readonly #path: string;
  #records: HistoryRecord[];
  /** Of the file, when it was last read or written here. */
  #size: number;
  /** The file does not end with a line: what is appended begins a new one. */
  #torn: boolean;
  #writing: Promise<void> = Promise.resolve();

  /** One that cannot be read counts as empty; `trouble` says so. */
  static async open(path: string): Promise<HistoryFile> {
    const read = await readWhole(path, LARGEST).catch((error: unknown) => {
      if (error instanceof Fault) return error;
      throw error;
    });
    if (read instanceof Fault) {
      const none = new HistoryFile(path, [], { torn: false, size: 0 });
      if (read.code !== 'FILE_NOT_FOUND') none.trouble = read;
      return none;
    }
    const text = read.toString('utf8');
    const records = text.split('\n').flatMap(parseLine);
    const file = new HistoryFile(path, records, {
      torn: text !== '' && !text.endsWith('\n'),
      size: read.length,
    });
    if (records.length > MOST_LINES) file.#shorten();
    return file;
  }

  private constructor(path: string, records: HistoryRecord[], { torn, size }: { torn: boolean; size: number }) {
    this.#path = path;
    this.#records = records;
    this.#torn = torn;
    this.#size = size;
    this.histories = new Histories(records);
  }

  /** Oldest first. */
  get records(): readonly HistoryRecord[] {
    return this.#records;
  }

  /** Reads it again where another program has written to it. */
  async refresh(): Promise<void> {
    await this.#writing;
    const size = await stat(this.#path).then(
      (found) => found.size,
      () => 0,
    );
    if (size === this.#size) return;
    const read = await HistoryFile.open(this.#path);
    if (read.trouble !== null) return;
    this.#records = read.#records;
    this.histories = read.histories;
    this.#torn = read.#torn;
    this.#size = read.#size;
  }

  /** It is known from now on, and on the disk when this resolves; where it cannot be, `trouble` says why. Never rejects. */
  async note(record: HistoryRecord): Promise<void> {
    this.#records.push(record);
    this.histories.add(record);
    this.#writing = this.#writing.then(() => this.#append(`${JSON.stringify(record)}\n`));
    await this.#writing;
  }

  async #append(line: string): Promise<void> {
    let file: FileHandle | null = null;
    try {
      file = await open(this.#path, 'a', 0o600);
      await appendFile(file, this.#torn ? `\n${line}` : line);
      await file.datasync();
      this.#size = (await file.stat()).size;
      this.#torn = false;
      this.trouble = null;
    } catch (error) {
      // Part of the line may be there.
      this.#torn = true;
      this.trouble =
        codeOf(error) === '' ? new Fault('WRITE_FAILED', { path: this.#path }) : fileFault(error, this.#path);
    } finally {
      await file?.close().catch(() => undefined);
    }
  }

  /** The newest lines, and the newest of each kind of each index whatever its age: they say how far its slots are dealt with. */
  #shorten(): void {
    const keyOf = (record: HistoryRecord): string => `${record.kind} ${indexKey(record.index)}`;
    const newest = new Map(this.#records.map((record) => [keyOf(record), record]));
    const from = this.#records.length - KEPT_LINES;
    const kept = this.#records.filter((record, n) => n >= from || newest.get(keyOf(record)) === record);
    const text = kept.map((record) => `${JSON.stringify(record)}\n`).join('');
    try {
      writePrivateFile(this.#path, text);
      this.#records.splice(0, Infinity, ...kept);
      this.#torn = false;
      this.#size = Buffer.byteLength(text);
    } catch {
      // It is as it was; the next start tries again.
    }
  }
}

function parseLine(line: string): HistoryRecord[] {
  try {
    const parsed = recordSchema.safeParse(JSON.parse(line));
    return parsed.success ? [parsed.data] : [];
  } catch {
    return [];
  }
}
