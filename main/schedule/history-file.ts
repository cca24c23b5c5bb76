import { appendFile, open, stat, type FileHandle } from 'node:fs/promises';
import { Fault } from '../faults/fault.ts';
import { codeOf, fileFault } from '../files/file-faults.ts';
import { readEnd } from '../files/read-whole.ts';
import { writePrivateFile } from '../settings/private-file.ts';
import { Histories, indexKey, recordSchema, type HistoryRecord } from './history.ts';

/** Lines from which on the file is written anew without the oldest, and how many then stay. */
const MOST_LINES = 50_000;
const KEPT_LINES = 40_000;
/** Of a longer file the end is read: what is in front of it is older than anybody asks for. */
const MOST_BYTES = 64 << 20;

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
  /** Lines are taken away by the one program that runs the schedules. */
  #kept = false;

  /** One that cannot be read counts as empty; `trouble` says so. */
  static async open(path: string): Promise<HistoryFile> {
    const read = await readEnd(path, MOST_BYTES).catch((error: unknown) => {
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
    return new HistoryFile(path, records, { torn: text !== '' && !text.endsWith('\n'), size: read.length });
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

  /** This program runs the schedules from now on, and keeps the file from growing. */
  async keep(): Promise<void> {
    await this.refresh();
    this.#kept = true;
    this.#shorten();
  }

  /** A connection was given another name: what is known of its indexes goes along. */
  async rename(from: string, to: string): Promise<void> {
    await this.refresh();
    const moved = this.#records.map((record) =>
      record.index.connection === from ? { ...record, index: { ...record.index, connection: to } } : record,
    );
    this.#rewrite(moved);
    this.histories = new Histories(moved);
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
    this.#shorten();
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
    if (!this.#kept || this.#records.length <= MOST_LINES) return;
    const keyOf = (record: HistoryRecord): string => `${record.kind} ${indexKey(record.index)}`;
    const newest = new Map(this.#records.map((record) => [keyOf(record), record]));
    const from = this.#records.length - KEPT_LINES;
    this.#rewrite(this.#records.filter((record, n) => n >= from || newest.get(keyOf(record)) === record));
  }

  #rewrite(kept: HistoryRecord[]): void {
    const text = kept.map((record) => `${JSON.stringify(record)}\n`).join('');
    try {
      writePrivateFile(this.#path, text);
      this.#records = kept;
      this.#torn = false;
      this.#size = Buffer.byteLength(text);
    } catch {
      // It is as it was; the next record tries again.
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
